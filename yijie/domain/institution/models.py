"""Tables of institution."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yijie.kernel.codes import HospitalLevel


class Institution(models.Model):
    """A designated institution (定点医药机构)."""

    class Kind(models.TextChoices):
        """定点医疗服务机构类型"""

        HOSPITAL = "1", "定点医疗机构"
        PHARMACY = "2", "定点零售药店"

    code = models.CharField("机构编号", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=200)
    region = models.CharField("所在医保区划", max_length=6)
    kind = models.CharField("机构类型", max_length=6, choices=Kind.choices)
    grade = models.CharField("医院等级", max_length=6, help_text="national code: 2 三级甲等, 5 二级甲等 …")
    level = models.CharField("待遇级别", max_length=10, choices=[(v.value, v.name) for v in HospitalLevel])
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    agreement_since = models.DateField("协议起始")
    agreement_until = models.DateField("协议终止", null=True, blank=True)
    suspended = models.BooleanField("暂停协议", default=False)
    remote_inpatient = models.BooleanField("开通异地住院", default=False)
    remote_outpatient = models.BooleanField("开通异地门诊", default=False)
    sample = models.BooleanField("样例数据", default=False)

    class Meta:
        verbose_name = "定点医药机构"
        indexes = [models.Index(fields=["region", "kind"], name="institution_region")]
        constraints = [models.CheckConstraint(condition=Q(region__regex=r"^\d{6}$"), name="institution_region_form")]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
