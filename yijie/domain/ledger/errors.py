"""What can keep a posting from being made."""

from yijie.kernel.errors import YijieError


class AccountShort(YijieError):
    """A personal account holds less than was to be taken from it."""

    code = "ledger.account_short"
    zh = "个人账户余额不足，请重新预结算后再结算"
    en = "the personal account holds too little; quote again, then settle"
