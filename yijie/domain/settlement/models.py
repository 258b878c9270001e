"""Tables of settlement."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

MONEY = (
    "total",
    "not_covered",
    "over_ceiling",
    "first_self_pay",
    "eligible",
    "deductible",
    "pooled",
    "large_amount",
    "major_illness",
    "company",
    "civil_servant",
    "aid",
    "disabled",
    "other",
    "account",
    "cash",
    "hospital_borne",
)
"""Money columns of a settlement, in fen."""

FUNDS = ("pooled", "large_amount", "major_illness", "company", "civil_servant", "aid", "disabled", "other")
"""The columns that are funds, named as in :class:`yijie.kernel.codes.Fund`."""


def _none_below_zero() -> Q:
    return Q(**{f"{name}__gte": 0 for name in MONEY})


def _none_above_zero() -> Q:
    return Q(**{f"{name}__lte": 0 for name in MONEY})


class Settlement(models.Model):
    """A settlement, or the row that voids one: then every amount is the exact negative of the original's."""

    class State(models.TextChoices):
        """received → held → settled → voided, or received | held → aborted (design: a settlement across regions)."""

        RECEIVED = "received", "已受理"
        HELD = "held", "已预占"
        SETTLED = "settled", "已结算"
        VOIDED = "voided", "已撤销"
        ABORTED = "aborted", "已中止"

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("医药机构", max_length=12)
    encounter = models.BigIntegerField("就诊")
    batch = models.CharField("收费批次", max_length=30)
    mid_stay = models.BooleanField("中途结算", default=False)
    person_number = models.CharField("人员编号", max_length=30)
    home_region = models.CharField("参保地", max_length=6)
    insurance = models.CharField("险种", max_length=6)
    category = models.CharField("人员类别", max_length=6)
    care = models.CharField("就诊种类", max_length=20)
    medical_type = models.CharField("医疗类别", max_length=6)
    year = models.SmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=State.choices)
    settled_at = models.DateTimeField("结算时间")
    voids = models.BigIntegerField("撤销的结算", null=True, unique=True)
    voided_at = models.DateTimeField("撤销时间", null=True)
    ratio = models.DecimalField("统筹支付比例", max_digits=5, decimal_places=4, default=0)
    total = models.BigIntegerField("医疗费总额")
    not_covered = models.BigIntegerField("全自费")
    over_ceiling = models.BigIntegerField("超限价")
    first_self_pay = models.BigIntegerField("先行自付")
    eligible = models.BigIntegerField("符合范围")
    deductible = models.BigIntegerField("起付线")
    pooled = models.BigIntegerField("统筹基金")
    large_amount = models.BigIntegerField("大额补助")
    major_illness = models.BigIntegerField("大病保险")
    company = models.BigIntegerField("企业补充")
    civil_servant = models.BigIntegerField("公务员补助")
    aid = models.BigIntegerField("医疗救助")
    disabled = models.BigIntegerField("伤残人员保障")
    other = models.BigIntegerField("其他基金")
    account = models.BigIntegerField("个人账户")
    cash = models.BigIntegerField("现金")
    hospital_borne = models.BigIntegerField("医院负担")
    details = models.JSONField("结算内容", default=dict)

    class Meta:
        verbose_name = "结算"
        indexes = [
            models.Index(fields=["person_number", "settled_at"], name="settlement_person"),
            models.Index(fields=["region", "settled_at"], name="settlement_time"),
            models.Index(fields=["institution", "settled_at"], name="settlement_institution"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "batch"],
                condition=Q(state__in=["held", "settled"], voids__isnull=True),
                name="settlement_lives_once",
            ),
            models.CheckConstraint(
                condition=Q(total=F("not_covered") + F("over_ceiling") + F("first_self_pay") + F("eligible")),
                name="settlement_parts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("pooled")
                    + F("large_amount")
                    + F("major_illness")
                    + F("company")
                    + F("civil_servant")
                    + F("aid")
                    + F("disabled")
                    + F("other")
                    + F("account")
                    + F("cash")
                    + F("hospital_borne")
                ),
                name="settlement_payers_add_up",
            ),
            models.CheckConstraint(
                condition=(Q(voids__isnull=True) & _none_below_zero()) | (Q(voids__isnull=False) & _none_above_zero()),
                name="settlement_signs",
            ),
            models.CheckConstraint(
                condition=Q(state="voided", voided_at__isnull=False) | (~Q(state="voided") & Q(voided_at__isnull=True)),
                name="settlement_voided_when_voided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Resettlement(models.Model):
    """A bureau asks an institution to take a settlement back and settle again; how far it is follows from the books."""

    id = models.BigIntegerField(primary_key=True)
    settlement = models.BigIntegerField("结算", unique=True)
    region = models.CharField("就医地统筹区", max_length=6)
    home_region = models.CharField("参保地", max_length=6)
    institution = models.CharField("医药机构", max_length=12)
    encounter = models.BigIntegerField("就诊")
    person_number = models.CharField("人员编号", max_length=30)
    reason = models.CharField("原因", max_length=200)
    filing = models.BigIntegerField("备案", null=True)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.CharField("经办人", max_length=150)

    class Meta:
        verbose_name = "重新结算"
        indexes = [models.Index(fields=["institution", "asked_at"], name="resettlement_institution")]

    def __str__(self) -> str:
        return f"{self.settlement} {self.reason}"


class Attempt(models.Model):
    """A settlement or void whose home region is held by another node, from the desk's request to its outcome."""

    class Action(models.TextChoices):
        """What the desk asked for."""

        SETTLE = "settle", "结算"
        VOID = "void", "撤销"

    id = models.BigIntegerField(primary_key=True, help_text="number of the settlement, or of the row that voids one")
    action = models.CharField("事项", max_length=10, choices=Action.choices)
    message = models.CharField("请求报文", max_length=90, help_text="institution, transaction number, message id")
    content_hash = models.CharField("内容摘要", max_length=64)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("医药机构", max_length=12)
    encounter = models.BigIntegerField("就诊")
    batch = models.CharField("收费批次", max_length=30)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6)
    home_region = models.CharField("参保地", max_length=6)
    home_node = models.CharField("参保地节点", max_length=20)
    total = models.BigIntegerField("医疗费总额", default=0)
    state = models.CharField("状态", max_length=10, choices=Settlement.State.choices)
    at = models.DateTimeField("受理时间", help_text="the settlement time, should it settle")
    deadline_at = models.DateTimeField("办理期限")
    ended_at = models.DateTimeField("了结时间", null=True)
    reason = models.CharField("未成原因", max_length=500, blank=True)
    details = models.JSONField("办理内容", default=dict, help_text="what manual reimbursement needs if it fails")

    class Meta:
        verbose_name = "异地结算办理"
        indexes = [
            models.Index(fields=["deadline_at"], condition=Q(state="received"), name="attempt_open"),
            models.Index(fields=["encounter"], name="attempt_encounter"),
            models.Index(fields=["message"], name="attempt_message"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "batch"], condition=Q(state="received"), name="attempt_one_of_batch"
            ),
            models.UniqueConstraint(fields=["message"], condition=Q(state="received"), name="attempt_one_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.state}"


class Certificate(models.Model):
    """A certificate of failed settlement, as issued; while it is not withdrawn its batch is not settled directly."""

    id = models.BigIntegerField(primary_key=True)
    encounter = models.BigIntegerField("就诊")
    batch = models.CharField("收费批次", max_length=30)
    issued_at = models.DateTimeField("出具时间")
    content = models.JSONField("内容")
    withdrawn_at = models.DateTimeField("收回时间", null=True)
    withdrawn_for = models.CharField("收回原因", max_length=500, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "结算失败证明"
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "batch"], condition=Q(withdrawn_at__isnull=True), name="certificate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.encounter} {self.batch}"
