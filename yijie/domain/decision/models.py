"""Tables of decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Decision(models.Model):
    """What a home region decided to pay for a settlement, with everything needed to explain it again."""

    class State(models.TextChoices):
        """held → confirmed → voided, or held → cancelled; no other edges."""

        HELD = "held", "已预占"
        CONFIRMED = "confirmed", "已确认"
        CANCELLED = "cancelled", "已取消"
        VOIDED = "voided", "已撤销"

    id = models.BigIntegerField(primary_key=True)
    settlement = models.BigIntegerField("结算")
    care_region = models.CharField("就医地", max_length=6)
    home_region = models.CharField("参保地", max_length=6)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6)
    year = models.SmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=State.choices)
    version = models.IntegerField("累计版本", help_text="accumulator version that applying this decision made")
    void_version = models.IntegerField("撤销版本", null=True, blank=True)
    deltas = models.JSONField("累计变动", help_text="accumulator name → fen or count added")
    allowances = models.JSONField(
        "津贴", default=list, db_default=[], help_text="sums beside the bill: layer, fund, paid_to, amount"
    )
    policy = models.CharField("待遇政策", max_length=64, help_text="fingerprint of the policy pack it rests on")
    case = models.TextField("计算输入", help_text="JSON of the case as the engine saw it")
    decided_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = "待遇决定"
        constraints = [
            models.UniqueConstraint(fields=["settlement", "year"], name="decision_once"),
            models.UniqueConstraint(
                fields=["person_number", "home_region", "insurance", "year", "version"], name="decision_version_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["voided", "cancelled"], void_version__isnull=False)
                | Q(state__in=["held", "confirmed"], void_version__isnull=True),
                name="decision_undone_has_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {self.state}"


class PolicyPack(models.Model):
    """A policy pack as it was when decisions were made by it, so that any of them can be worked out again."""

    fingerprint = models.CharField("指纹", max_length=64, primary_key=True)
    region = models.CharField("统筹区", max_length=6)
    name = models.CharField("名称", max_length=100)
    files = models.JSONField("文件", help_text="file name → text")
    kept_at = models.DateTimeField("留存时间")

    class Meta:
        verbose_name = "待遇政策留存"

    def __str__(self) -> str:
        return f"{self.name} {self.fingerprint[:8]}"


class Accumulator(models.Model):
    """What a person's year has used up under one insurance: ceilings, deductibles, counts (累计)."""

    pk = models.CompositePrimaryKey("person_number", "home_region", "insurance", "year")
    person_number = models.CharField("人员编号", max_length=30)
    home_region = models.CharField("参保地", max_length=6)
    insurance = models.CharField("险种", max_length=6)
    year = models.SmallIntegerField("年度")
    version = models.IntegerField("版本", default=0)
    amounts = models.JSONField("累计", default=dict, help_text="accumulator name → fen or count")
    held = models.BigIntegerField("未了预占", null=True, help_text="attempt of another node whose hold is open")

    class Meta:
        verbose_name = "年度累计"

    def __str__(self) -> str:
        return f"{self.person_number} {self.insurance} {self.year}"


class Hold(models.Model):
    """What another node's attempt holds of a person's year until that node confirms or cancels it."""

    class State(models.TextChoices):
        """held → confirmed, or held → cancelled; a tombstone is a cancel that came before its hold."""

        HELD = "held", "已预占"
        CONFIRMED = "confirmed", "已确认"
        CANCELLED = "cancelled", "已取消"
        TOMBSTONE = "tombstone", "先行取消"

    class Action(models.TextChoices):
        """What the attempt is for."""

        SETTLE = "settle", "结算"
        VOID = "void", "撤销"

    attempt = models.BigIntegerField("办理编号", primary_key=True)
    action = models.CharField("事项", max_length=10, choices=Action.choices, blank=True)
    settlement = models.BigIntegerField("结算", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    care_node = models.CharField("就医地节点", max_length=20)
    care_region = models.CharField("就医地", max_length=6, blank=True)
    home_region = models.CharField("参保地", max_length=6, blank=True)
    person_number = models.CharField("人员编号", max_length=30, blank=True)
    insurance = models.CharField("险种", max_length=6, blank=True)
    year = models.SmallIntegerField("年度", null=True)
    paid = models.JSONField("应付", default=dict, help_text="fund → fen, and the personal account under account")
    at = models.DateTimeField("结算时间", null=True, help_text="the moment under which the home book posts")
    held_at = models.DateTimeField("预占时间", null=True)
    ask_at = models.DateTimeField("查询时间", null=True, help_text="when the care node is asked what became of it")
    ended_at = models.DateTimeField("了结时间", null=True)

    class Meta:
        verbose_name = "跨节点预占"
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(state="held"), name="hold_open"),
            models.Index(fields=["settlement"], name="hold_settlement"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} {self.action} {self.state}"
