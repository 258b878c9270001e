"""Tables of encounter. Fee lines are partitioned by the month of their encounter (see the migration)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT

from yijie.kernel.codes import CareKind


class Encounter(models.Model):
    """A registration or an admission up to its discharge (就诊)."""

    class State(models.TextChoices):
        """open ⇄ discharged → settled (and back by a void); open → cancelled."""

        OPEN = "open", "就诊中"
        DISCHARGED = "discharged", "已出院"
        SETTLED = "settled", "已结算"
        CANCELLED = "cancelled", "已撤销"

    id = models.BigIntegerField(primary_key=True)
    region = models.CharField("就医地统筹区", max_length=6)
    institution = models.CharField("医药机构", max_length=12)
    person_number = models.CharField("人员编号", max_length=30)
    home_region = models.CharField("参保地", max_length=6)
    insurance = models.CharField("险种", max_length=6)
    care = models.CharField("就诊种类", max_length=20, choices=[(k.value, k.name) for k in CareKind])
    medical_type = models.CharField("医疗类别", max_length=6)
    level = models.CharField("待遇级别", max_length=10)
    stay = models.BooleanField("住院", help_text="with admission and discharge")
    record_number = models.CharField("住院/门诊号", max_length=30)
    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    emergency = models.BooleanField("急诊抢救", default=False)
    trauma = models.BooleanField("外伤", default=False)
    third_party = models.BooleanField("涉及第三方", default=False)
    disease = models.CharField("病种编码", max_length=30, blank=True)
    segment = models.SmallIntegerField("结算区间", default=1, help_text="grows by one with each mid-stay settlement")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    settled = models.JSONField("已结算批次", default=dict, help_text="charge batch → number of the living settlement")
    details = models.JSONField("登记内容", default=dict, help_text="what the institution declared, as declared")
    discharge = models.JSONField("出院内容", default=dict)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "就诊"
        indexes = [
            models.Index(fields=["person_number", "began_at"], name="encounter_person"),
            models.Index(fields=["institution", "state"], name="encounter_institution"),
            models.Index(
                "institution", KT("details__payer"), condition=Q(details__has_key="payer"), name="encounter_order"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="encounter_ends_later"
            ),
            models.UniqueConstraint(
                fields=["institution", "record_number"],
                condition=Q(stay=True, state__in=["open", "discharged"]),
                name="encounter_admission_once",
            ),
            models.UniqueConstraint(
                fields=["institution", "person_number"],
                condition=Q(stay=True, state="open"),
                name="encounter_in_hospital_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class TraumaCheck(models.Model):
    """What a bureau found about a declared trauma: whether a third party is liable, on which evidence."""

    class Outcome(models.TextChoices):
        """What the check ended with."""

        PAYABLE = "payable", "无第三方责任，可支付"
        EXCLUDED = "excluded", "第三方责任，不予支付"
        ASKED = "asked", "需补充材料"

    id = models.BigIntegerField(primary_key=True)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="trauma_checks")
    outcome = models.CharField("结论", max_length=10, choices=Outcome.choices)
    evidence = models.CharField("依据", max_length=500)
    at = models.DateTimeField("核查时间")
    by = models.CharField("核查人", max_length=150)

    class Meta:
        verbose_name = "外伤核查"

    def __str__(self) -> str:
        return f"{self.encounter_id} {self.outcome}"


class Diagnosis(models.Model):
    """A diagnosis of an encounter; the rank (诊断排序号) is its key within phase and encounter."""

    class Phase(models.TextChoices):
        """出入院诊断类别"""

        ADMISSION = "1", "入院诊断"
        DISCHARGE = "2", "出院诊断"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    phase = models.CharField("出入院诊断类别", max_length=1, choices=Phase.choices)
    rank = models.SmallIntegerField("诊断排序号")
    sort = models.CharField("诊断类别", max_length=3)
    principal = models.BooleanField("主诊断")
    code = models.CharField("诊断代码", max_length=20)
    name = models.CharField("诊断名称", max_length=500)
    condition = models.CharField("入院病情", max_length=500, blank=True)
    department = models.CharField("诊断科室", max_length=50)
    doctor_code = models.CharField("医生编码", max_length=30)
    doctor_name = models.CharField("医生姓名", max_length=50)
    diagnosed_at = models.DateTimeField("诊断时间")

    class Meta:
        verbose_name = "诊断"
        constraints = [models.UniqueConstraint(fields=["encounter", "phase", "rank"], name="diagnosis_rank_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FeeLine(models.Model):
    """One charged item (费用明细), graded when it arrived."""

    pk = models.CompositePrimaryKey("month", "encounter_id", "serial", "uploaded_at")
    month = models.DateField("就诊月份")
    encounter_id = models.BigIntegerField("就诊")
    serial = models.CharField("费用明细流水号", max_length=30)
    original = models.CharField("原费用流水号", max_length=30, blank=True)
    batch = models.CharField("收费批次", max_length=30)
    charged_at = models.DateTimeField("费用发生时间")
    item = models.CharField("医疗目录编码", max_length=50)
    own_code = models.CharField("机构目录编码", max_length=150)
    price = models.DecimalField("单价", max_digits=16, decimal_places=6)
    quantity = models.DecimalField("数量", max_digits=16, decimal_places=4)
    amount = models.BigIntegerField("金额（分）")
    not_covered = models.BigIntegerField("全自费（分）")
    over_ceiling = models.BigIntegerField("超限价（分）")
    first_self_pay = models.BigIntegerField("先行自付（分）")
    eligible = models.BigIntegerField("符合范围（分）")
    item_class = models.CharField("收费项目等级", max_length=2)
    charge_category = models.CharField("收费项目类别", max_length=6)
    share = models.DecimalField("先行自付比例", max_digits=5, decimal_places=4)
    ceiling = models.DecimalField("定价上限", max_digits=16, decimal_places=6, null=True)
    restricted = models.BooleanField("限制使用")
    approval = models.CharField("医院审批标志", max_length=3, blank=True)
    details = models.JSONField("申报内容")
    uploaded_at = models.DateTimeField("上传时间")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        managed = False
        db_table = "encounter_fee_line"
        verbose_name = "费用明细"

    def __str__(self) -> str:
        return f"{self.encounter_id} {self.serial}"
