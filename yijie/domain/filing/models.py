"""Tables of filing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yijie.kernel.codes import FilingKind, Insurance


class Filing(models.Model):
    """A remote-care filing (异地就医备案)."""

    class State(models.TextChoices):
        """Where a request stands."""

        REQUESTED = "requested", "已申请"
        APPROVED = "approved", "已通过"
        REJECTED = "rejected", "未通过"
        REVOKED = "revoked", "已撤销"

    id = models.BigIntegerField(primary_key=True)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6, choices=[(i.value, i.name) for i in Insurance])
    home_region = models.CharField("参保地", max_length=6)
    care_region = models.CharField("就医地", max_length=6)
    institution = models.CharField("限定机构", max_length=12, blank=True, help_text="empty: every one")
    kind = models.CharField("备案类型", max_length=20, choices=[(k.value, k.name) for k in FilingKind])
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.REQUESTED)
    promised = models.BooleanField("承诺制", default=False, help_text="promise instead of papers")
    channel = models.CharField("申请渠道", max_length=20)
    reason = models.CharField("说明", max_length=500, blank=True)
    details = models.JSONField("申报内容", default=dict)
    requested_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    decided_by = models.CharField("经办人", max_length=50, blank=True)

    class Meta:
        verbose_name = "异地就医备案"
        indexes = [models.Index(fields=["person_number", "care_region"], name="filing_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="filing_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_at__isnull=True) | Q(decided_at__isnull=False),
                name="filing_decided_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_number} {self.kind} {self.care_region}"


class FilingStep(models.Model):
    """What happened to a filing, who did it and when; only ever added to."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=50)
    state = models.CharField("状态", max_length=10, choices=Filing.State.choices)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "备案办理记录"

    def __str__(self) -> str:
        return f"{self.filing_id} {self.state}"


class Paper(models.Model):
    """A paper handed in for a filing, kept as it came."""

    id = models.BigIntegerField(primary_key=True)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField(
        "格式", max_length=40, choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/png", "PNG")]
    )
    size = models.IntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField("内容")
    added_at = models.DateTimeField("接收时间")
    added_by = models.CharField("接收人", max_length=150)

    class Meta:
        verbose_name = "备案材料"
        constraints = [models.UniqueConstraint(fields=["filing", "digest"], name="paper_once")]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.name}"


class Designation(models.Model):
    """人员定点备案: the institution a person chose for one sort of business."""

    id = models.BigIntegerField(primary_key=True)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6, blank=True)
    business = models.CharField("业务申请类型", max_length=3)
    rank = models.CharField("定点排序号", max_length=3)
    institution = models.CharField("定点机构", max_length=12)
    institution_name = models.CharField("机构名称", max_length=200)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)
    details = models.JSONField("申报内容", default=dict)

    class Meta:
        verbose_name = "人员定点"
        constraints = [
            models.UniqueConstraint(
                fields=["person_number", "business", "rank"],
                condition=Q(withdrawn_at__isnull=True),
                name="designation_rank_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_number} {self.institution}"


class ChronicFiling(models.Model):
    """人员慢特病备案: a chronic or special disease of a person; it counts once it is approved."""

    class State(models.TextChoices):
        """Where a request stands; what an authority imported is approved."""

        REQUESTED = "requested", "已申请"
        APPROVED = "approved", "已通过"
        REJECTED = "rejected", "未通过"

    id = models.BigIntegerField(primary_key=True)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6)
    disease = models.CharField("病种编码", max_length=30)
    disease_name = models.CharField("病种名称", max_length=300)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, db_default=State.APPROVED)
    details = models.JSONField("申报内容", db_default={})
    requested_at = models.DateTimeField("申请时间", null=True, blank=True)
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    decided_by = models.CharField("经办人", max_length=50, db_default="")

    class Meta:
        verbose_name = "慢特病备案"
        indexes = [models.Index(fields=["person_number"], name="chronic_person")]

    def __str__(self) -> str:
        return f"{self.person_number} {self.disease_name}"


class FiledElsewhere(models.Model):
    """A filing that another node approved for one of our care regions (or, at the hub, for any), as last heard."""

    id = models.BigIntegerField(primary_key=True)
    person_number = models.CharField("人员编号", max_length=30)
    insurance = models.CharField("险种", max_length=6)
    home_region = models.CharField("参保地", max_length=6)
    care_region = models.CharField("就医地", max_length=6)
    kind = models.CharField("备案类型", max_length=20)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True)
    state = models.CharField("状态", max_length=10)
    at = models.DateTimeField("办理时间")
    category = models.CharField("人员类别", max_length=6, blank=True, default="")
    enrolled = models.CharField(
        "参保状态", max_length=1, blank=True, default="", help_text="of the insurance filed for"
    )
    paused_on = models.DateField("暂停日期", null=True)

    class Meta:
        verbose_name = "外地备案"
        indexes = [models.Index(fields=["person_number"], name="filed_elsewhere_person")]

    def __str__(self) -> str:
        return f"{self.person_number} {self.kind} {self.care_region}"
