"""Tables of archive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One version of a record. ``body`` is what the institution declared, in the words of the interface."""

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    kind = models.CharField("种类", max_length=30)
    key = models.TextField("记录标识")
    version = models.IntegerField("版本")
    person_number = models.CharField("人员编号", max_length=30, blank=True)
    encounter = models.BigIntegerField("就诊", null=True)
    settlement = models.BigIntegerField("结算", null=True)
    at = models.DateTimeField("业务时间")
    body = models.JSONField("申报内容")
    operator = models.CharField("经办人", max_length=50)
    stored_at = models.DateTimeField("上传时间")
    ended_at = models.DateTimeField("失效时间", null=True)
    withdrawn = models.BooleanField("已撤销", default=False)

    class Meta:
        verbose_name = "上传记录"
        indexes = [
            models.Index(fields=["institution", "kind", "at"], name="archive_time"),
            models.Index(fields=["person_number", "kind", "at"], name="archive_person"),
            models.Index(fields=["encounter"], condition=Q(encounter__isnull=False), name="archive_encounter"),
            models.Index(fields=["settlement"], condition=Q(settlement__isnull=False), name="archive_settlement"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "key", "version"], name="archive_version_once"),
            models.UniqueConstraint(
                fields=["institution", "kind", "key"], condition=Q(ended_at__isnull=True), name="archive_current_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(withdrawn=False), name="archive_withdrawn_is_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.kind} {self.key} {self.version}"
