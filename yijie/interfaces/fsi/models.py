"""Tables of the interface itself: messages with their answers, and sign-ins."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    """A writing message that took effect, or a tombstone; its key lives as long as what it did can be undone."""

    class State(models.TextChoices):
        """What the platform remembers of a message id."""

        DONE = "done", "已办理"
        REVERSED = "reversed", "已冲正"
        TOMBSTONE = "tombstone", "先行冲正"

    pk = models.CompositePrimaryKey("institution", "infno", "msgid")
    institution = models.CharField("机构编号", max_length=30)
    infno = models.CharField("交易编号", max_length=10)
    msgid = models.CharField("发送方报文ID", max_length=40)
    content_hash = models.BinaryField("内容摘要", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DONE)
    person_number = models.CharField("人员编号", max_length=30, blank=True)
    subject = models.BigIntegerField("办理对象", null=True, help_text="settlement or encounter the message made")
    output = models.TextField("交易输出", blank=True)
    operator = models.CharField("经办人", max_length=50, blank=True)
    received_at = models.DateTimeField("受理时间")

    class Meta:
        verbose_name = "接口报文"
        indexes = [models.Index(fields=["subject"], name="message_subject")]

    def __str__(self) -> str:
        return f"{self.institution} {self.infno} {self.msgid}"


class SignIn(models.Model):
    """An operator's sign-in at an institution (9001)."""

    number = models.CharField("签到编号", max_length=30, primary_key=True)
    institution = models.CharField("机构编号", max_length=30)
    operator = models.CharField("操作员", max_length=20)
    mac = models.CharField("MAC 地址", max_length=20)
    ip = models.CharField("IP 地址", max_length=20)
    signed_in_at = models.DateTimeField("签到时间")
    signed_out_at = models.DateTimeField("签退时间", null=True)

    class Meta:
        verbose_name = "接口签到"

    def __str__(self) -> str:
        return self.number
