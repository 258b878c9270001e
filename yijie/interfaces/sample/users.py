"""Sample users of the sample nation: one of each role, so that every page can be tried at once."""

from __future__ import annotations

from yijie.domain.access import Role, SampleUser, ensure_sample_users

from .institutions import BEIJING_TERTIARY, CHENGDU_TERTIARY

PASSWORD = "yijie-sample-2026"  # noqa: S105  printed by the demonstration; the users exist in the sample nation only

USERS = (
    SampleUser("desk.beijing", "赵敏", Role.HOSPITAL_DESK, BEIJING_TERTIARY),
    SampleUser("office.beijing", "钱进", Role.HOSPITAL_OFFICE, BEIJING_TERTIARY),
    SampleUser("chief.beijing", "高峰", Role.HOSPITAL_OFFICE, BEIJING_TERTIARY),
    SampleUser("desk.chengdu", "孙丽", Role.HOSPITAL_DESK, CHENGDU_TERTIARY),
    SampleUser("benefit.chengdu", "李娜", Role.BENEFIT_OFFICER, "510100"),
    SampleUser("review.chengdu", "周杰", Role.REVIEW_OFFICER, "510100"),
    SampleUser("supervisor.chengdu", "吴刚", Role.SUPERVISOR, "510100"),
    SampleUser("clearing.beijing", "郑洁", Role.CLEARING_OFFICER, "110000"),
    SampleUser("supervisor.beijing", "王强", Role.SUPERVISOR, "110000"),
    SampleUser("auditor.chengdu", "冯静", Role.AUDITOR, "510100"),
    SampleUser("auditor.nation", "陈立", Role.AUDITOR, "000000"),
    SampleUser("hub.nation", "褚伟", Role.HUB_OPERATOR, "000000"),
    SampleUser("admin.nation", "卫东", Role.ADMINISTRATOR, "000000"),
    SampleUser("chief.nation", "蒋华", Role.ADMINISTRATOR, "000000"),
    SampleUser("admin.chengdu", "沈燕", Role.ADMINISTRATOR, "510100"),
)


def ensure_users() -> None:
    """Make the sample users that are missing."""
    ensure_sample_users(list(USERS), PASSWORD)
