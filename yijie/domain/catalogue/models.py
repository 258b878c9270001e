"""Tables of catalogue."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yijie.kernel.codes import ItemClass


class Release(models.Model):
    """A published change of the national catalogues; its number is the version that increments are counted by."""

    published_at = models.DateTimeField("发布时间")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "目录版本"

    def __str__(self) -> str:
        return f"{self.pk} {self.note}"


class Concept(models.Model):
    """An entry of a national list that is not charged for: a disease, an operation, a test indicator …

    ``columns`` are the values of the list's national file, in its order.
    """

    which = models.CharField("目录", max_length=30)
    code = models.CharField("编码", max_length=50)
    name = models.CharField("名称", max_length=500)
    columns = ArrayField(models.TextField(), verbose_name="文件各列", default=list)
    valid = models.BooleanField("有效", default=True)
    release = models.BigIntegerField("目录版本")

    class Meta:
        verbose_name = "目录条目"
        indexes = [models.Index(fields=["which", "release"], name="concept_release")]
        constraints = [models.UniqueConstraint(fields=["which", "code"], name="concept_once")]

    def __str__(self) -> str:
        return f"{self.which} {self.code}"


class Mapping(models.Model):
    """目录对照: which national item an institution's own item is; a new version ends the one before."""

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    own_code = models.CharField("机构目录编号", max_length=30)
    own_name = models.CharField("机构目录名称", max_length=200)
    list_type = models.CharField("目录类别", max_length=30)
    item = models.CharField("医疗目录编码", max_length=50)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    details = models.JSONField("申报内容", default=dict)
    stored_at = models.DateTimeField("上传时间")
    ended_at = models.DateTimeField("失效时间", null=True)
    withdrawn = models.BooleanField("已撤销", default=False)

    class Meta:
        verbose_name = "目录对照"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "own_code", "list_type", "item"],
                condition=Q(ended_at__isnull=True),
                name="mapping_once",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="mapping_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.own_code} {self.item}"


class OwnItem(models.Model):
    """An item of an institution's own list, to be mapped: what it is called there, of whom, at what price."""

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    own_code = models.CharField("机构目录编号", max_length=30)
    own_name = models.CharField("机构目录名称", max_length=200)
    list_type = models.CharField("目录类别", max_length=6)
    specification = models.CharField("规格", max_length=200, blank=True)
    maker = models.CharField("生产企业", max_length=200, blank=True)
    unit = models.CharField("计价单位", max_length=20, blank=True)
    price = models.DecimalField("单价（元）", max_digits=16, decimal_places=6, null=True, blank=True)
    stored_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "机构自有项目"
        constraints = [models.UniqueConstraint(fields=["institution", "own_code"], name="own_item_once")]

    def __str__(self) -> str:
        return f"{self.own_name} {self.own_code}"


class Acceptance(models.Model):
    """Suggested mappings accepted together by one person, looked over by another, undone together if wrong.

    ``lines`` are the mappings made, each with the items it took the place of.
    """

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("机构编号", max_length=12)
    lines = models.JSONField("对照")
    accepted_at = models.DateTimeField("采纳时间")
    accepted_by = models.CharField("采纳人", max_length=150)
    reviewed_at = models.DateTimeField("复核时间", null=True)
    reviewed_by = models.CharField("复核人", max_length=150, blank=True)
    undone_at = models.DateTimeField("撤回时间", null=True)
    undone_by = models.CharField("撤回人", max_length=150, blank=True)

    class Meta:
        verbose_name = "对照采纳"
        indexes = [models.Index(fields=["institution", "accepted_at"], name="acceptance_institution")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True) | ~Q(reviewed_by=F("accepted_by")), name="acceptance_four_eyes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.accepted_at}"


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
    valid = models.BooleanField("有效", db_default=True)
    release = models.BigIntegerField("目录版本", db_default=0)

    class Meta:
        verbose_name = "目录项目"
        indexes = [models.Index(fields=["list_type", "release"], name="item_release")]

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
