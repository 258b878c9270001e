"""Tables of catalogue."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yijie.kernel.codes import ItemClass


class Item(models.Model):
    """An entry of the national catalogues under its national code (医疗目录编码)."""

    code = models.CharField("医疗目录编码", max_length=50, primary_key=True)
    name = models.CharField("名称", max_length=200)
    list_type = models.CharField("目录类别", max_length=6, help_text="101 西药, 102 饮片, 201 服务, 301 耗材 …")
    charge_category = models.CharField("收费项目类别", max_length=6, help_text="01 床位费 … 14 其他费")
    specification = models.CharField("规格", max_length=200, blank=True)
    dosage_form = models.CharField("剂型", max_length=200, blank=True)
    maker = models.CharField("生产企业", max_length=200, blank=True)
    unit = models.CharField("计价单位", max_length=20, blank=True)
    basic_drug = models.BooleanField("基本药物", default=False)
    negotiated = models.BooleanField("谈判药品", default=False)
    paediatric = models.BooleanField("儿童用药", default=False)
    sample = models.BooleanField("样例数据", default=False)

    class Meta:
        verbose_name = "目录项目"

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Term(models.Model):
    """On which terms a care region covers an item from a date on: class, first self-pay, ceilings, restriction."""

    region = models.CharField("就医地", max_length=6, help_text="province code")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_constraint=False, related_name="terms")
    since = models.DateField("生效日期")
    until = models.DateField("失效日期", null=True, blank=True, help_text="last day on which the term holds")
    item_class = models.CharField("收费项目等级", max_length=2, choices=[(c.value, c.name) for c in ItemClass])
    first_self_pay = models.DecimalField("先行自付比例", max_digits=5, decimal_places=4, default=0)
    first_self_pay_resident = models.DecimalField("居民先行自付比例", max_digits=5, decimal_places=4, default=0)
    ceiling_1 = models.DecimalField("一级限价", max_digits=16, decimal_places=6, null=True, blank=True)
    ceiling_2 = models.DecimalField("二级限价", max_digits=16, decimal_places=6, null=True, blank=True)
    ceiling_3 = models.DecimalField("三级限价", max_digits=16, decimal_places=6, null=True, blank=True)
    restricted = models.BooleanField("限制使用", default=False)
    restriction = models.CharField("限制条件", max_length=500, blank=True)

    class Meta:
        verbose_name = "目录支付条件"
        constraints = [
            models.UniqueConstraint(fields=["region", "item", "since"], name="term_once"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="term_ends_later"),
            models.CheckConstraint(
                condition=Q(first_self_pay__range=(0, 1), first_self_pay_resident__range=(0, 1)),
                name="term_share_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.item_id} {self.since}"
