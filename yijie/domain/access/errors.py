"""What can be wrong about a right."""

from yijie.kernel.errors import YijieError


class NotAllowed(YijieError):
    """The user's roles do not include what was asked."""

    code = "access.not_allowed"
    zh = "您的岗位没有此项权限（需要：{roles}），如需办理请联系本单位管理员"
    en = "your roles do not include this (needed: {roles}); ask your administrator"


class OwnWork(YijieError):
    """Four eyes: whoever prepared something may not also approve it."""

    code = "access.own_work"
    zh = "该业务由您本人经办，须由另一人复核"
    en = "you prepared this yourself; another person must approve it"
