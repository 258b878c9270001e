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
