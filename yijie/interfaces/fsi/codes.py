"""Where national codes and the domain's words meet: kinds of care, fund codes, clearing types."""

from __future__ import annotations

from yijie.kernel.codes import CareKind, Fund, Insurance
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text
from yijie.kernel.region import same_province


class CareNotOffered(YijieError):
    """A medical type for which this node settles nothing."""

    code = "fsi.care_not_offered"
    zh = "医疗类别 {medical_type} 暂不支持在线结算，请改用支持的医疗类别，或自费后回参保地报销"
    en = "medical type {medical_type} is not settled here; use another or claim at home"


class CareUnfit(YijieError):
    """A medical type of stays for a visit, or the other way round."""

    code = "fsi.care_unfit"
    zh = "医疗类别 {medical_type}（med_type）不适用于{kind}，请改为{kind}的医疗类别，如 {example}"
    en = "medical type {medical_type} does not fit: this is {kind}; use one such as {example}"


CARE = {
    "11": CareKind.OUTPATIENT,
    "1103": CareKind.OUTPATIENT,
    "12": CareKind.OUTPATIENT,
    "13": CareKind.OUTPATIENT,
    "1301": CareKind.OUTPATIENT,
    "9903": CareKind.OUTPATIENT,
    "990101": CareKind.OUTPATIENT,
    "990103": CareKind.OUTPATIENT,
    "14": CareKind.CHRONIC,
    "18": CareKind.CHRONIC,
    "9904": CareKind.CHRONIC,
    "9901": CareKind.TWO_DISEASES,
    "41": CareKind.PHARMACY,
    "51": CareKind.MATERNITY,
    "52": CareKind.MATERNITY,
    "2106": CareKind.MATERNITY,
    "2107": CareKind.MATERNITY,
    "21": CareKind.INPATIENT,
    "2101": CareKind.INPATIENT,
    "2102": CareKind.INPATIENT,
    "21303": CareKind.INPATIENT,
    "2105": CareKind.INPATIENT,
    "2109": CareKind.INPATIENT,
    "22": CareKind.INPATIENT,
    "28": CareKind.INPATIENT,
    "71": CareKind.INPATIENT,
}
"""med_type (医疗类别) → kind of care. 21 is the national base value of what Hunan writes as 2101."""

EMERGENCY_TYPES = frozenset({"13", "1301"})
TRAUMA_TYPES = frozenset({"22", "9903"})


STAY_TYPES = frozenset(
    {"21", "2101", "2102", "21303", "2105", "2106", "2107", "2109", "22", "28", "52", "71"} | EMERGENCY_TYPES
)
"""Medical types of an admission (2401); an emergency may be a visit or end in a bed."""


def care_of(medical_type: str, *, stay: bool | None = None) -> CareKind:
    """The kind of care of a medical type; refuses types this node does not settle.

    With ``stay`` also those that are no admission (or, where it is false, nothing but one).
    """
    care = CARE.get(medical_type)
    if care is None:
        raise CareNotOffered(medical_type=medical_type)
    if stay and medical_type not in STAY_TYPES:
        raise CareUnfit(
            medical_type=medical_type,
            kind=Text("住院", "a stay"),
            example=Text("2101 普通住院、52 生育住院", "2101 ordinary stay, 52 maternity stay"),
        )
    if stay is False and medical_type in STAY_TYPES - EMERGENCY_TYPES:
        raise CareUnfit(
            medical_type=medical_type,
            kind=Text("门诊", "a visit"),
            example=Text("11 普通门诊、14 门诊慢特病", "11 ordinary visit, 14 chronic or special disease"),
        )
    return CareKind.INPATIENT if stay and medical_type in EMERGENCY_TYPES else care


ACCOUNT_TYPE = "310200"
"""城镇职工基本医疗保险个人账户基金"""
OTHER_PAYERS = {"personal_account": ACCOUNT_TYPE, "hospital": "630100"}
"""Payers that are no fund: the personal account and the hospital itself (医院减免金)."""


def fund_type(payer: str, insurance: str, care: CareKind) -> str:
    """fund_pay_type (基金支付类型) of a payer under an insurance for a kind of care."""
    if payer in OTHER_PAYERS:
        return OTHER_PAYERS[payer]
    resident = insurance == Insurance.RESIDENT
    outpatient = care in (CareKind.OUTPATIENT, CareKind.PHARMACY)
    pooled = {
        (False, False): "310100",
        (False, True): "310102",
        (True, False): "390100",
        (True, True): "390102",
    }[resident, outpatient]
    return {
        Fund.POOLED: pooled,
        Fund.LARGE_AMOUNT: "330100",
        Fund.MAJOR_ILLNESS: "390200" if resident else "310300",
        Fund.COMPANY: "370100",
        Fund.CIVIL_SERVANT: "320100",
        Fund.AID: "610100",
        Fund.DISABLED: "350100",
        Fund.OTHER: "999997",
    }[Fund(payer)]


FUND_FIELDS = {
    Fund.POOLED: "hifp_pay",
    Fund.LARGE_AMOUNT: "hifob_pay",
    Fund.MAJOR_ILLNESS: "hifmi_pay",
    Fund.COMPANY: "hifes_pay",
    Fund.CIVIL_SERVANT: "cvlserv_pay",
    Fund.AID: "maf_pay",
    Fund.DISABLED: "hifdm_pay",
    Fund.OTHER: "oth_pay",
}
"""The national field that carries each fund's payment."""

FUND_NAMES = {
    Fund.POOLED: "基本医疗保险统筹基金",
    Fund.LARGE_AMOUNT: "职工大额医疗费用补助基金",
    Fund.MAJOR_ILLNESS: "大病保险资金",
    Fund.COMPANY: "企业补充医疗保险基金",
    Fund.CIVIL_SERVANT: "公务员医疗补助基金",
    Fund.AID: "医疗救助基金",
    Fund.DISABLED: "伤残人员医疗保障基金",
    Fund.OTHER: "其他基金",
}

OTHER_CLEARING = "99"
"""clr_type 其他, of care that has no type of its own."""

CLEARING_TYPES = {
    CareKind.INPATIENT: "21",
    CareKind.OUTPATIENT: "11",
    CareKind.CHRONIC: "14",
    CareKind.TWO_DISEASES: "15",
    CareKind.PHARMACY: "41",
    CareKind.MATERNITY: "53",
}
"""clr_type (清算类别): the base values that all provinces read."""


def clearing_type_of(care: str) -> str:
    """clr_type under which a kind of care settles."""
    return CLEARING_TYPES.get(CareKind(care), OTHER_CLEARING)


def cares_of(clearing_type: str) -> set[str]:
    """Kinds of care that settle under a clearing type; 99 is every one that has no type of its own."""
    return {care.value for care in CareKind if clearing_type_of(care) == clearing_type}


BY_ITEM = "1"
"""clr_way (清算方式) 按项目"""


LOCAL, IN_PROVINCE, FROM_ANOTHER_PROVINCE = "0", "1", "2"
"""out_type (异地标志): 本地就医, 省内异地, 跨省异地转入"""


def out_type(home_region: str, care_region: str) -> str:
    """out_type of care, as seen from where it was given."""
    if home_region == care_region:
        return LOCAL
    return IN_PROVINCE if same_province(home_region, care_region) else FROM_ANOTHER_PROVINCE
