"""Approved chronic diseases of generated people, and the institutions they chose."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from yijie.domain.enrolment import EnrolmentRow, PersonRow
from yijie.domain.filing import ChronicRow, DesignationRow
from yijie.kernel.codes import HospitalLevel
from yijie.kernel.dates import age_on
from yijie.kernel.ids import RANDOM_BITS, new_id

from . import AS_OF, OPENED_AT
from .institutions import serving

CHRONIC = (
    ("M03900", "高血压", 38),
    ("M01600", "糖尿病", 26),
    ("M04600", "冠心病", 12),
    ("M05300", "慢性阻塞性肺疾病", 7),
    ("M06900", "类风湿关节炎", 5),
    ("M00500", "恶性肿瘤门诊治疗", 6),
    ("M07803", "慢性肾功能不全（血透治疗）", 3),
    ("M08300", "器官移植抗排异治疗", 2),
    ("M05400", "支气管哮喘", 1),
)
"""National outpatient chronic and special diseases (门诊慢特病病种) with their shares in per cent."""

CHRONIC_PER_MILLE = ((60, 240), (40, 80), (0, 8))
"""From which age on how many have an approved disease."""

FAMILY_DOCTOR, CHOSEN_HOSPITAL = "05", "03"
"""业务申请类型: 家庭医生签约登记, 就医定点医疗机构登记"""

DESIGNATIONS_PER_MILLE = 120
IDS_PER_PERSON = 8


def sample_id(serial: int, which: int) -> int:
    """A number that names a record of a person for ever; ids of one person lie together, below the next person's."""
    return (new_id(OPENED_AT) >> RANDOM_BITS << RANDOM_BITS) + serial * IDS_PER_PERSON + which


def chronic_of(rnd: Random, person: PersonRow, relation: EnrolmentRow, serial: int) -> tuple[ChronicRow, ...]:
    """The approved disease of those who have one, from some day of their relation on."""
    age = age_on(person.birth_date, AS_OF)
    per_mille = next(share for at_least, share in CHRONIC_PER_MILLE if age >= at_least)
    if rnd.randrange(1000) >= per_mille:
        return ()
    disease, name, _ = rnd.choices(CHRONIC, weights=[share for *_, share in CHRONIC])[0]
    return (chronic_row(sample_id(serial, 0), relation, (disease, name), _day_within(rnd, relation)),)


def chronic_row(number: int, relation: EnrolmentRow, disease: tuple[str, str], since: date) -> ChronicRow:
    """An approved disease (code, name) under a relation, without an end."""
    return ChronicRow(number, relation.person_number, relation.insurance, *disease, since, None, None)


def designations_of(rnd: Random, person: PersonRow, relation: EnrolmentRow, serial: int) -> tuple[DesignationRow, ...]:
    """The institution chosen by those who chose one: a family doctor's centre, or a hospital for the old."""
    if rnd.randrange(1000) >= DESIGNATIONS_PER_MILLE:
        return ()
    old = age_on(person.birth_date, AS_OF) >= 60 and rnd.random() < 0.3
    business = CHOSEN_HOSPITAL if old else FAMILY_DOCTOR
    levels = (HospitalLevel.SECONDARY, HospitalLevel.TERTIARY) if old else (HospitalLevel.COMMUNITY,)
    chosen = rnd.choice(serving(relation.region, *levels))
    since = _day_within(rnd, relation)
    return (designation_row(sample_id(serial, 1), relation, business, (chosen.code, chosen.name), since),)


def designation_row(
    number: int, relation: EnrolmentRow, business: str, institution: tuple[str, str], since: date
) -> DesignationRow:
    """A chosen institution (code, name) under a relation, first in rank, without an end."""
    return DesignationRow(
        number, relation.person_number, relation.insurance, business, "1", *institution, since, None, None, "", "{}"
    )


def _day_within(rnd: Random, relation: EnrolmentRow) -> date:
    """A day of a relation, within its last three years."""
    last = relation.paused_on or AS_OF
    days = min((last - relation.since).days, 3 * 365)
    return last - timedelta(days=rnd.randrange(days + 1))
