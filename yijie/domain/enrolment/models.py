"""Tables of enrolment."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yijie.kernel.codes import Insurance


class Person(models.Model):
    """An insured person (参保人), known by one national person number."""

    number = models.CharField("人员编号", max_length=30, unique=True)
    region = models.CharField("登记医保区划", max_length=6)
    name = models.CharField("姓名", max_length=50)
    sex = models.CharField("性别", max_length=1, choices=[("1", "男"), ("2", "女")])
    birth_date = models.DateField("出生日期")
    ethnicity = models.CharField("民族", max_length=3, default="01")
    certificate_type = models.CharField("证件类型", max_length=6, default="01")
    certificate_number = models.CharField("证件号码", max_length=50)
    card_number = models.CharField("社会保障卡号", max_length=50, blank=True)
    card_serial = models.CharField("卡识别码", max_length=32, blank=True)
    sample = models.BooleanField("样例数据", default=False)
    changed_at = models.DateTimeField("变更时间", db_default=Now(), help_text="kept by the database")

    class Meta:
        verbose_name = "参保人"
        indexes = [
            models.Index(fields=["card_number"], name="person_card"),
            models.Index(fields=["changed_at"], name="person_changed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["certificate_number", "certificate_type"], name="person_certificate"),
            models.CheckConstraint(condition=Q(region__regex=r"^\d{6}$"), name="person_region_form"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Enrolment(models.Model):
    """An insurance relation (参保关系): one insurance of one person in one pool."""

    class Status(models.TextChoices):
        """人员参保状态"""

        NORMAL = "1", "正常参保"
        PAUSED = "2", "暂停参保"
        ENDED = "4", "终止参保"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    region = models.CharField("统筹区", max_length=6)
    insurance = models.CharField("险种", max_length=6, choices=[(i.value, i.name) for i in Insurance])
    category = models.CharField("人员类别", max_length=6, help_text="national code: 11 在职, 12 退休, 15 居民 …")
    status = models.CharField("参保状态", max_length=1, choices=Status.choices, default=Status.NORMAL)
    since = models.DateField("参保日期")
    paused_on = models.DateField("暂停日期", null=True, blank=True)
    civil_servant = models.BooleanField("公务员", default=False)
    company_supplement = models.BooleanField("企业补充", default=False)
    tier = models.CharField("缴费档次", max_length=10, blank=True)
    employer = models.CharField("单位名称", max_length=200, blank=True)

    class Meta:
        verbose_name = "参保关系"
        constraints = [
            models.UniqueConstraint(fields=["person", "insurance", "region"], name="enrolment_once"),
            models.CheckConstraint(
                condition=Q(paused_on__isnull=True) | Q(paused_on__gte=F("since")), name="enrolment_pause_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.insurance} {self.region}"


class SpecialGroup(models.Model):
    """A special identity (人员身份类别): 特困, 低保, 返贫 …, on which aid depends."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="groups")
    group = models.CharField("身份类别", max_length=6, help_text="national code: 2303 低保, 2304 特困 …")
    grade = models.CharField("等级", max_length=3, blank=True)
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    class Meta:
        verbose_name = "特殊人群身份"
        constraints = [models.UniqueConstraint(fields=["person", "group", "since"], name="special_group_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.group}"


class Credential(models.Model):
    """A one-time token of the medical-insurance electronic credential (医保电子凭证), as a QR code carries it."""

    token = models.CharField("令牌", max_length=50, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    issued_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("失效时间")
    redeemed_at = models.DateTimeField("首次使用时间", null=True, blank=True)
    redeemed_by = models.CharField("使用机构", max_length=12, blank=True)

    class Meta:
        verbose_name = "医保电子凭证令牌"

    def __str__(self) -> str:
        return f"{self.token[:6]}…"
