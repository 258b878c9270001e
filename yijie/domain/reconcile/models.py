"""Tables of reconcile."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Run(models.Model):
    """One comparison of details: how many settlements fell into each class, and sums that explain the difference."""

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    since = models.DateField("对账开始日期")
    until = models.DateField("对账结束日期")
    clearing_type = models.CharField("清算类别", max_length=6)
    file = models.CharField("机构文件", max_length=40)
    answer = models.CharField("结果文件", max_length=40)
    compared_at = models.DateTimeField("对账时间")
    equal = models.IntegerField("一致")
    differing = models.IntegerField("不一致")
    only_here = models.IntegerField("仅中心有")
    only_there = models.IntegerField("仅机构有")
    here_total = models.BigIntegerField("中心总额（分）")
    there_total = models.BigIntegerField("机构总额（分）")
    differing_total = models.BigIntegerField("不一致差额（分）")
    only_here_total = models.BigIntegerField("仅中心有（分）")
    only_there_total = models.BigIntegerField("仅机构有（分）")

    class Meta:
        verbose_name = "对账"
        indexes = [models.Index(fields=["institution", "since"], name="reconcile_institution")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    here_total=F("there_total") + F("differing_total") + F("only_here_total") - F("only_there_total")
                ),
                name="reconcile_explained",
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.since} {self.until}"
