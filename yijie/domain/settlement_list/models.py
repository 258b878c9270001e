"""Tables of settlement list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SettlementList(models.Model):
    """One version of a settlement's list. ``body`` is what the hospital declared, in the words of the interface."""

    class State(models.TextChoices):
        """审核状态 of 4102."""

        DRAFT = "0", "未提交"
        SUBMITTED = "1", "已提交"
        APPROVED = "2", "审核通过"
        RETURNED = "3", "审核不通过"

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    settlement = models.BigIntegerField("结算")
    encounter = models.BigIntegerField("就诊")
    person_number = models.CharField("人员编号", max_length=30)
    version = models.IntegerField("版本")
    state = models.CharField("审核状态", max_length=1, choices=State.choices, default=State.DRAFT)
    passed = models.BooleanField("质控通过")
    findings = models.JSONField("质控结果")
    quality_version = models.CharField("质控版本", max_length=60)
    month = models.CharField("结算年月", max_length=6)
    body = models.JSONField("申报内容")
    operator = models.CharField("经办人", max_length=50)
    uploaded_at = models.DateTimeField("上传时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    ended_at = models.DateTimeField("失效时间", null=True)

    class Meta:
        verbose_name = "结算清单"
        indexes = [models.Index(fields=["institution", "month"], name="settlement_list_month")]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "version"], name="settlement_list_version_once"),
            models.UniqueConstraint(
                fields=["settlement"], condition=Q(ended_at__isnull=True), name="settlement_list_current_once"
            ),
            models.CheckConstraint(
                condition=Q(passed=True) | Q(state__in=["0", "3"]), name="settlement_list_submitted_when_passed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {self.version}"
