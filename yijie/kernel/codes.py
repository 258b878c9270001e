"""The domain's closed vocabularies. Values are national codes where the nation has one, so that tables read alike.

The codes are those of the national HIS interface's chapter 6 (provincial edition Hunan V1.1.27, 2024-10-14).
"""

from __future__ import annotations

from enum import StrEnum


class Insurance(StrEnum):
    """险种: which insurance relation pays."""

    EMPLOYEE = "310"
    """职工基本医疗保险"""
    RESIDENT = "390"
    """城乡居民基本医疗保险"""
    MATERNITY = "510"
    """生育保险"""
    LONG_TERM_CARE = "410"
    """长期照护保险"""
    VETERAN_CADRE = "340"
    """离休人员医疗保障"""


class ItemClass(StrEnum):
    """收费项目等级: how much of an item the catalogue covers."""

    A = "01"
    """甲类: covered whole"""
    B = "02"
    """乙类: covered after the patient's first self-pay share"""
    C = "03"
    """丙类: not covered"""


class Approval(StrEnum):
    """医院审批标志: what the hospital office decided about an item whose use the catalogue restricts."""

    NOT_NEEDED = "0"
    """无须审批"""
    GRANTED = "1"
    """审批通过"""
    DENIED = "2"
    """审批不通过"""


class PersonCategory(StrEnum):
    """人员类别 as policies distinguish it; finer national codes belong to the category whose code begins them."""

    WORKING = "11"
    """在职"""
    RETIRED = "12"
    """退休"""
    VETERAN_CADRE = "13"
    """离休"""
    CHILD = "14"
    """未成年居民: newborns, children, pupils"""
    COLLEGE_STUDENT = "1404"
    """大学生"""
    ADULT = "15"
    """成年居民"""
    ELDERLY = "16"
    """老年居民"""

    @classmethod
    def of(cls, code: str) -> PersonCategory | None:
        """Category of a national ``psn_type`` code, the longest beginning deciding: 116003 → 在职, 99 → None."""
        found = [category for category in cls if code.startswith(category.value)]
        return max(found, key=lambda category: len(category.value), default=None)


class SpecialGroup(StrEnum):
    """人员身份类别 on which aid and reductions depend (national ``psn_idet_type``)."""

    PREFERENTIAL = "21"
    """优抚人员"""
    THREE_NONES = "2301"
    """三无人员"""
    REGISTERED_POOR = "2302"
    """建档立卡贫困人员"""
    SUBSISTENCE = "2303"
    """低保救助对象"""
    EXTREMELY_POOR = "2304"
    """特困救助对象"""
    LOW_INCOME = "2305"
    """低收入救助对象"""
    POOR_THROUGH_ILLNESS = "2306"
    """因病致贫救助对象"""
    DISABLED = "2308"
    """残疾人员"""

    @classmethod
    def of(cls, code: str) -> SpecialGroup | None:
        """Group of a national ``psn_idet_type`` code: 2303 → 低保, 2104 → 优抚; None when no policy names it."""
        return next((group for group in cls if code.startswith(group.value)), None)


class Relation(StrEnum):
    """Where the care happens, seen from the pool that insures the person."""

    LOCAL = "local"
    """统筹区内"""
    SAME_PROVINCE = "same_province"
    """省内异地"""
    CROSS_PROVINCE = "cross_province"
    """跨省异地"""


class RemoteSituation(StrEnum):
    """Under which title care outside the pool happens (医保发〔2022〕22号); emergency rescue counts as filed."""

    LOCAL = "local"
    """本地就医"""
    LONG_TERM = "long_term"
    """异地长期居住已备案"""
    REFERRAL = "referral"
    """异地转诊已备案"""
    EMERGENCY = "emergency"
    """异地急诊抢救 (视同已备案)"""
    TEMPORARY = "temporary"
    """其他临时外出已备案"""
    UNFILED = "unfiled"
    """未备案"""


class FilingKind(StrEnum):
    """异地就医备案 kinds of 医保发〔2022〕22号: three of long-term residence, two of temporary stay."""

    RESETTLED_RETIREE = "resettled_retiree"
    """异地安置退休"""
    LONG_TERM_RESIDENT = "long_term_resident"
    """异地长期居住"""
    STATIONED_WORKER = "stationed_worker"
    """常驻异地工作"""
    REFERRAL = "referral"
    """异地转诊"""
    TEMPORARY = "temporary"
    """其他临时外出就医"""

    @property
    def long_term(self) -> bool:
        """Whether the kind belongs to 跨省异地长期居住, valid until revoked."""
        return self in (
            FilingKind.RESETTLED_RETIREE,
            FilingKind.LONG_TERM_RESIDENT,
            FilingKind.STATIONED_WORKER,
        )


class CareKind(StrEnum):
    """What sort of care an encounter is, as policies distinguish it."""

    INPATIENT = "inpatient"
    """住院, with day surgery"""
    OUTPATIENT = "outpatient"
    """普通门诊, with emergency outpatient care"""
    CHRONIC = "chronic"
    """门诊慢特病"""
    TWO_DISEASES = "two_diseases"
    """门诊两病: hypertension and diabetes drugs"""
    PHARMACY = "pharmacy"
    """定点药店购药"""
    MATERNITY = "maternity"
    """生育门诊与生育住院"""
    LONG_TERM_CARE = "long_term_care"
    """长期护理"""


class HospitalLevel(StrEnum):
    """起付线医院等级: what deductible and ratio depend on; community care apart because policies treat it so."""

    COMMUNITY = "community"
    """社区卫生服务机构, 乡镇卫生院"""
    PRIMARY = "1"
    """一级及以下"""
    SECONDARY = "2"
    """二级"""
    TERTIARY = "3"
    """三级"""
    OTHER = "4"
    """其他"""
    UNRATED = "9"
    """未定级"""


class Fund(StrEnum):
    """Payers of a settlement in the order they pay; the value is the name used in policies, ledger and pages."""

    POOLED = "pooled"
    """基本医疗保险统筹基金 (hifp)"""
    LARGE_AMOUNT = "large_amount"
    """职工大额医疗费用补助基金 (hifob)"""
    MAJOR_ILLNESS = "major_illness"
    """居民大病保险资金 (hifmi)"""
    COMPANY = "company"
    """企业补充医疗保险基金 (hifes)"""
    CIVIL_SERVANT = "civil_servant"
    """公务员医疗补助资金 (cvlserv)"""
    AID = "aid"
    """医疗救助基金 (maf)"""
    DISABLED = "disabled"
    """伤残人员医疗保障基金 (hifdm)"""
    OTHER = "other"
    """其他支出, commercial layers among them (oth)"""
