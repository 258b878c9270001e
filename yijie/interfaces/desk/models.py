"""Tables of the pages themselves: what a desk has sent and not yet heard of, changes that wait for a second person."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """A settlement that a desk asked for: stored before it is sent, so that a lost answer is found again."""

    class State(models.TextChoices):
        """sent → settled | refused | withdrawn; no other edges."""

        SENT = "sent", "结果未知"
        SETTLED = "settled", "已结算"
        REFUSED = "refused", "未办理"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("医药机构", max_length=12)
    encounter = models.CharField("就诊", max_length=30)
    person_number = models.CharField("人员编号", max_length=30)
    person_name = models.CharField("姓名", max_length=50)
    infno = models.CharField("交易编号", max_length=10)
    msgid = models.CharField("报文ID", max_length=40)
    total = models.BigIntegerField("总费用（分）")
    body = models.BinaryField("报文")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.SENT)
    settlement = models.CharField("结算编号", max_length=30, blank=True)
    said = models.CharField("答复", max_length=500, blank=True)
    sent_at = models.DateTimeField("发送时间")
    sent_by = models.CharField("经办人", max_length=150)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "结算办理"
        indexes = [models.Index(fields=["institution", "state"], name="desk_attempt_open")]
        constraints = [
            models.UniqueConstraint(fields=["institution", "infno", "msgid"], name="desk_attempt_message_once")
        ]

    def __str__(self) -> str:
        return f"{self.msgid} {self.state}"


class Change(models.Model):
    """Rows of reference data that one person proposes and another applies or refuses."""

    class State(models.TextChoices):
        """proposed → applied | refused; no other edges."""

        PROPOSED = "proposed", "待复核"
        APPLIED = "applied", "已生效"
        REFUSED = "refused", "未采纳"

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("地区", max_length=6, help_text="000000 where the rows are the nation's")
    table = models.CharField("数据", max_length=20)
    rows = models.JSONField("内容", help_text="as in the sheet: column → text")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    note = models.CharField("说明", max_length=200, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.CharField("提出人", max_length=150)
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.CharField("办理人", max_length=150, blank=True)

    class Meta:
        verbose_name = "基础数据变更"
        indexes = [models.Index(fields=["state", "proposed_at"], name="change_open")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="proposed") | ~models.Q(decided_by=models.F("proposed_by")),
                name="change_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.state}"
