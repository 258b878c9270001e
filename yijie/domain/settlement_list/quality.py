"""Quality control of a settlement list: what contradicts itself, the stay, or the settlement.

The rules are those of 医疗保障基金结算清单填写规范 (医保办发〔2021〕34号) that can be checked from the list itself.
An error must be corrected before the list is submitted; a warning may stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from yijie.kernel.money import Fen, yuan

VERSION = "YJ-2026-11-22"
ERROR, WARNING = "1", "2"
WESTERN = "1"
DURATION = re.compile(r"\d{1,3}/\d{1,2}/\d{1,2}")
"""天/小时/分钟"""
NEWBORN_DAYS = 28
WEIGHT_G = (100, 9999)
TRANSFERRED = frozenset({"2", "3"})
DIED = "5"
MALE, FEMALE = "1", "2"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """诊断: sort (1 western), code, whether it is the principal one."""

    sort: str
    code: str
    principal: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """手术操作."""

    code: str
    principal: bool
    began: datetime | None = None
    ended: datetime | None = None
    anaesthesia: str = ""
    anaesthetist: str = ""
    anaesthesia_began: datetime | None = None
    anaesthesia_ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class IntensiveCare:
    """重症监护."""

    entered: datetime
    left: datetime


@dataclass(frozen=True, slots=True)
class Transfusion:
    """输血: kind, amount, unit."""

    kind: str
    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A list as quality control sees it, with what the platform knows of the stay and its settlement."""

    sex: str
    birth: date
    stay: bool
    encounter_began: datetime
    encounter_ended: datetime | None
    paid: Mapping[str, Fen]
    """fund → what it paid, of the settlement"""
    declared_paid: Mapping[str, Fen]
    """fund → what the list says"""
    admitted: datetime | None
    discharged: datetime | None
    settled_from: date
    settled_to: date
    diagnoses: Sequence[Diagnosis]
    operations: Sequence[Operation] = ()
    intensive: Sequence[IntensiveCare] = ()
    transfusions: Sequence[Transfusion] = ()
    nursing_days: Decimal = Decimal(0)
    birth_weight: Decimal | None = None
    admission_weight: Decimal | None = None
    durations: Mapping[str, str] = field(default_factory=dict)
    """field → ventilator or coma time as written"""
    discharge_way: str = ""
    receiver: str = ""
    readmission: bool = False
    readmission_purpose: str = ""
    doctor: str = ""
    nurse: str = ""
    payment_method: str = ""


class Finding(NamedTuple):
    """What is wrong: the interface's field, how grave, in words, and the value that stands there."""

    field: str
    level: str
    why: str
    value: str = ""


Findings = Iterator[Finding]


def check(facts: ListFacts) -> list[Finding]:
    """Everything that is wrong with a list, in the order of its sections."""
    return [finding for rule in RULES for finding in rule(facts)]


def _times(facts: ListFacts) -> Findings:
    if not facts.stay:
        return
    for name, said, known in (
        ("adm_time", facts.admitted, facts.encounter_began),
        ("dscg_time", facts.discharged, facts.encounter_ended),
    ):
        if said is None:
            yield Finding(name, ERROR, "住院清单必填")
        elif known is not None and said.date() != known.date():
            yield Finding(name, ERROR, f"与住院登记日期 {known.date()} 不符", f"{said.date()}")
    if facts.admitted and facts.discharged and facts.discharged < facts.admitted:
        yield Finding("dscg_time", ERROR, "出院时间早于入院时间", f"{facts.discharged}")
    if facts.settled_to < facts.settled_from:
        yield Finding("setl_end_date", ERROR, "结算结束日期早于开始日期", f"{facts.settled_to}")


def _diagnoses(facts: ListFacts) -> Findings:
    western = [one for one in facts.diagnoses if one.sort == WESTERN]
    principal = [one for one in western if one.principal]
    if len(principal) != 1:
        yield Finding("maindiag_flag", ERROR, f"西医主诊断应有且仅有 1 个，现有 {len(principal)} 个")
    for code, times in Counter(one.code for one in facts.diagnoses).items():
        if times > 1:
            yield Finding("diag_code", ERROR, f"诊断重复 {times} 次", code)
    for one in principal:
        if one.code[:1] in "VWXY":
            yield Finding("diag_code", ERROR, "损伤中毒外因编码（V–Y）不能作主诊断", one.code)
        if one.code[:1] == "Z" and facts.operations == ():
            yield Finding("diag_code", WARNING, "主诊断为 Z 编码且无手术操作，请确认", one.code)


FEMALE_ONLY = re.compile(r"O|N7[0-7]|N8[0-9]|N9[0-8]|C5[1-8]|D2[5-8]")
MALE_ONLY = re.compile(r"N4[0-9]|N5[01]|C6[0-3]|D29")
"""ICD-10 categories of organs that only one sex has; pregnancy and childbirth are chapter O."""


def _sex(facts: ListFacts) -> Findings:
    for one in facts.diagnoses:
        if one.sort != WESTERN:
            continue
        if facts.sex == MALE and FEMALE_ONLY.match(one.code):
            yield Finding("diag_code", ERROR, "男性患者的诊断为女性疾病", one.code)
        if facts.sex == FEMALE and MALE_ONLY.match(one.code):
            yield Finding("diag_code", ERROR, "女性患者的诊断为男性疾病", one.code)


def _operations(facts: ListFacts) -> Findings:
    principal = sum(one.principal for one in facts.operations)
    if facts.operations and principal != 1:
        yield Finding("oprn_oprt_type", ERROR, f"主要手术操作应有且仅有 1 个，现有 {principal} 个")
    for one in facts.operations:
        if one.began and one.ended and one.ended < one.began:
            yield Finding("oprn_oprt_endtime", ERROR, f"手术 {one.code} 结束早于开始", f"{one.ended}")
        if one.anaesthesia_began and one.anaesthesia_ended and one.anaesthesia_ended < one.anaesthesia_began:
            yield Finding("anst_endtime", ERROR, f"手术 {one.code} 麻醉结束早于开始", f"{one.anaesthesia_ended}")
        if one.began and facts.admitted and one.began < facts.admitted:
            yield Finding("oprn_oprt_begntime", WARNING, f"手术 {one.code} 早于入院", f"{one.began}")
        if one.ended and facts.discharged and one.ended > facts.discharged:
            yield Finding("oprn_oprt_endtime", ERROR, f"手术 {one.code} 晚于出院", f"{one.ended}")
        if one.anaesthesia and not one.anaesthetist:
            yield Finding("anst_dr_code", WARNING, f"手术 {one.code} 有麻醉方式而无麻醉医师")


def _intensive_care(facts: ListFacts) -> Findings:
    for one in facts.intensive:
        if one.left < one.entered:
            yield Finding("scs_cutd_exit_time", ERROR, "退出重症监护早于进入", f"{one.left}")
        if facts.admitted and one.entered < facts.admitted:
            yield Finding("scs_cutd_inpool_time", ERROR, "进入重症监护早于入院", f"{one.entered}")
        if facts.discharged and one.left > facts.discharged:
            yield Finding("scs_cutd_exit_time", ERROR, "退出重症监护晚于出院", f"{one.left}")


def _days(facts: ListFacts) -> Findings:
    if facts.admitted and facts.discharged:
        stayed = max((facts.discharged.date() - facts.admitted.date()).days, 1)
        if facts.nursing_days > stayed + 1:
            yield Finding("lv1_nurscare_days", WARNING, f"护理天数合计超过住院 {stayed} 天", f"{facts.nursing_days}")
    for name, written in facts.durations.items():
        if written and not DURATION.fullmatch(written):
            yield Finding(name, ERROR, "应写作 天/小时/分钟，如 1/12/30", written)


def _newborn(facts: ListFacts) -> Findings:
    began = (facts.admitted or facts.encounter_began).date()
    if not 0 <= (began - facts.birth).days <= NEWBORN_DAYS:
        return
    for name, weight in (("nwb_bir_wt", facts.birth_weight), ("nwb_adm_wt", facts.admission_weight)):
        if not weight:
            yield Finding(name, ERROR, f"出生 {NEWBORN_DAYS} 天内的患者必填")
        elif not WEIGHT_G[0] <= weight <= WEIGHT_G[1]:
            yield Finding(name, ERROR, f"体重应在 {WEIGHT_G[0]}–{WEIGHT_G[1]} 克", f"{weight}")


def _leaving(facts: ListFacts) -> Findings:
    if facts.stay and not facts.discharge_way:
        yield Finding("dscg_way", ERROR, "住院清单必填")
    if facts.discharge_way in TRANSFERRED and not facts.receiver:
        yield Finding("acp_medins_name", ERROR, "转院须填写拟接收机构")
    if facts.readmission and not facts.readmission_purpose:
        yield Finding("days_rinp_pup_31", ERROR, "有 31 天内再住院计划须填写目的")
    if facts.readmission and facts.discharge_way == DIED:
        yield Finding("days_rinp_flag_31", ERROR, "离院方式为死亡，不应有再住院计划")


def _transfusions(facts: ListFacts) -> Findings:
    for one in facts.transfusions:
        if one.kind and (one.amount <= 0 or not one.unit):
            yield Finding("bld_amt", ERROR, "有输血品种须有输血量和计量单位", one.kind)


def _money(facts: ListFacts) -> Findings:
    for fund, said in facts.declared_paid.items():
        paid = facts.paid.get(fund, 0)
        if said != paid:
            yield Finding("fund_payamt", ERROR, f"基金 {fund} 与结算支付 {yuan(paid)} 元不符", yuan(said))


def _people(facts: ListFacts) -> Findings:
    if facts.stay and not facts.doctor:
        yield Finding("chfpdr_code", WARNING, "未填写主诊医师代码")
    if facts.stay and not facts.nurse:
        yield Finding("resp_nurs_code", WARNING, "未填写责任护士代码")
    if not facts.payment_method:
        yield Finding("hi_paymtd", WARNING, "未填写医保支付方式")


Rule = Callable[[ListFacts], Findings]
RULES: tuple[Rule, ...] = (
    _times,
    _diagnoses,
    _sex,
    _operations,
    _intensive_care,
    _days,
    _newborn,
    _leaving,
    _transfusions,
    _money,
    _people,
)
