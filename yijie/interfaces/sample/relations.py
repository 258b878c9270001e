"""Insurance relations of a generated person, the special groups and what the personal account opened with."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from yijie.domain.enrolment import EnrolmentRow, GroupRow, PersonRow
from yijie.domain.ledger import OpeningRow
from yijie.kernel.codes import Insurance

from . import AS_OF
from .pools import POOLS, Pool

NORMAL, PAUSED, ENDED = "1", "2", "4"
"""人员参保状态"""

INSURANCE_BEGAN = {Insurance.EMPLOYEE: date(1998, 12, 14), Insurance.RESIDENT: date(2007, 7, 10)}
"""Days of the State Council documents that began each insurance (国发〔1998〕44号, 国发〔2007〕20号)."""

FIRST_JOB_AT = 20
MOVED_PER_MILLE = 25
MOVED_NOT_BEFORE = date(2012, 1, 1)
PAUSED_PER_MILLE = 20
ENDED_PER_MILLE = 8
CIVIL_SERVANTS_PER_MILLE = 60
COMPANY_SUPPLEMENTS_PER_MILLE = 40
GROUPS_PER_MILLE = {Insurance.EMPLOYEE: 4, Insurance.RESIDENT: 60}
GROUPS = (("2303", 35), ("2304", 10), ("2305", 25), ("2306", 10), ("2308", 14), ("2302", 6))
"""低保, 特困, 低收入, 因病致贫, 残疾, 建档立卡 (返贫监测), with their shares in per cent."""

TRADES = ("电子", "机械", "纺织", "食品", "建材", "物流", "信息技术", "餐饮", "环保", "医药", "汽车", "印刷")
BALANCE_MAX = {"11": 900_000, "12": 1_600_000}
"""Highest opening balance in fen by person category; small balances are more frequent."""


class Stage(NamedTuple):
    """A stage of life: its weight, insurance, person category (人员类别) and ages."""

    weight: int
    insurance: Insurance
    category: str
    youngest: int
    oldest: int


def relations_of(rnd: Random, person: PersonRow, pool: Pool, stage: Stage) -> tuple[EnrolmentRow, ...]:
    """The relations of a person: the one of the stage first, for a few an earlier one that no longer holds."""
    since = _since(rnd, person.birth_date, stage.insurance)
    status, paused_on = _status(rnd, since, stage)
    employed = stage.insurance is Insurance.EMPLOYEE
    civil_servant = employed and _happens(rnd, CIVIL_SERVANTS_PER_MILLE)
    tiers = pool.employee_tiers if employed else pool.resident_tiers
    first = EnrolmentRow(
        person_number=person.number,
        region=pool.code,
        insurance=stage.insurance.value,
        category=stage.category,
        status=status,
        since=since,
        paused_on=paused_on,
        civil_servant=civil_servant,
        company_supplement=employed and not civil_servant and _happens(rnd, COMPANY_SUPPLEMENTS_PER_MILLE),
        tier=rnd.choices(tiers, weights=(4, 1))[0] if tiers else "",
        employer=_employer(rnd, pool, civil_servant) if employed else "",
    )
    if stage.category == "11" and since >= MOVED_NOT_BEFORE and _happens(rnd, MOVED_PER_MILLE):
        return first, _earlier(rnd, first, pool)
    return (first,)


def _earlier(rnd: Random, first: EnrolmentRow, pool: Pool) -> EnrolmentRow:
    """What the person had before: a resident relation at home that ended, or one elsewhere that was paused."""
    left = first.since - timedelta(days=1)
    before = first._replace(
        since=left - timedelta(days=rnd.randrange(400, 1500)),
        paused_on=left,
        civil_servant=False,
        company_supplement=False,
        tier="",
    )
    if rnd.random() < 0.5:
        return before._replace(insurance=Insurance.RESIDENT.value, category="15", status=ENDED, employer="")
    other = rnd.choice([other for other in POOLS if other != pool])
    return before._replace(region=other.code, status=PAUSED, employer=_employer(rnd, other, False))


def _since(rnd: Random, birth: date, insurance: Insurance) -> date:
    """First day of a relation: after the insurance began, not before birth or first job, before the description."""
    own = birth if insurance is Insurance.RESIDENT else date(birth.year + FIRST_JOB_AT, 7, 1)
    earliest = max(INSURANCE_BEGAN[insurance], own)
    latest = AS_OF - timedelta(days=30)
    return earliest + timedelta(days=rnd.randrange(max((latest - earliest).days, 1)))


def _status(rnd: Random, since: date, stage: Stage) -> tuple[str, date | None]:
    """Status of a relation with the day it was paused or ended; pensioners and newborns stay insured."""
    days = (AS_OF - since).days
    if stage.category in ("12", "1401") or days < 60:
        return NORMAL, None
    drawn = rnd.randrange(1000)
    if drawn >= PAUSED_PER_MILLE + ENDED_PER_MILLE:
        return NORMAL, None
    stopped = since + timedelta(days=rnd.randrange(30, days))
    return (PAUSED if drawn < PAUSED_PER_MILLE else ENDED), stopped


def _employer(rnd: Random, pool: Pool, civil_servant: bool) -> str:
    if civil_servant:
        return f"{pool.city}样例机关第{rnd.randrange(1, 40)}处"
    return f"{pool.city}样例{rnd.choice(TRADES)}第{rnd.randrange(1, 200)}公司"


def groups_of(rnd: Random, person: PersonRow, stage: Stage) -> tuple[GroupRow, ...]:
    """The special identity of the few who have one."""
    if not _happens(rnd, GROUPS_PER_MILLE[stage.insurance]):
        return ()
    group = rnd.choices([code for code, _ in GROUPS], weights=[share for _, share in GROUPS])[0]
    since = max(person.birth_date, date(AS_OF.year - 1 - rnd.randrange(5), 1, 1))
    return (GroupRow(person.number, group, "", since, None, "样例"),)


def opening_of(rnd: Random, relation: EnrolmentRow) -> OpeningRow | None:
    """What the personal account of an employee or pensioner opened with; 二档 in Shenzhen has no account."""
    highest = BALANCE_MAX.get(relation.category)
    if highest is None or relation.tier == "二档":
        return None
    return OpeningRow(relation.region, relation.person_number, min(rnd.randrange(highest), rnd.randrange(highest)))


def _happens(rnd: Random, per_mille: int) -> bool:
    return rnd.randrange(1000) < per_mille
