"""The sample institutions: the same twelve in every pool, and four in Beijing that must be refused."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from yijie.domain.institution import InstitutionRow
from yijie.kernel.codes import HospitalLevel
from yijie.kernel.identity import credit_check
from yijie.kernel.region import pool_of

from .pools import POOLS, County, Pool, seats

HOSPITAL, PHARMACY = "1", "2"
"""定点医疗服务机构类型: hospital or clinic, retail pharmacy."""

SINCE = date(2020, 1, 1)
"""Start of the sample agreements. They have no end, so that the samples stay of use."""

ENDED_ON = date(2024, 12, 31)
NOT_BEFORE = date(2099, 1, 1)

BEIJING_TERTIARY = "H11010500001"
BEIJING_SECONDARY = "H11010500002"
BEIJING_COMMUNITY = "H11010500003"
BEIJING_PHARMACY = "P11010500001"
SHANGHAI_TERTIARY = "H31010400001"
SHANGHAI_PHARMACY = "P31010400001"
GUANGZHOU_TERTIARY = "H44010400001"
GUANGZHOU_PHARMACY = "P44010400001"
SHENZHEN_TERTIARY = "H44030400001"
SHENZHEN_PHARMACY = "P44030400001"
CHENGDU_TERTIARY = "H51010700001"
CHENGDU_SECONDARY = "H51010700002"
CHENGDU_COMMUNITY = "H51010700003"
CHENGDU_PHARMACY = "P51010700001"
HANGZHOU_TERTIARY = "H33010600001"
HANGZHOU_PHARMACY = "P33010600001"
WUHAN_TERTIARY = "H42010600001"
WUHAN_PHARMACY = "P42010600001"

NOT_OPEN_FOR_REMOTE = "H11011200001"
SUSPENDED = "H11011200002"
AGREEMENT_ENDED = "H11011200003"
AGREEMENT_NOT_BEGUN = "H11011200004"
SPECIAL_CASES = frozenset({NOT_OPEN_FOR_REMOTE, SUSPENDED, AGREEMENT_ENDED, AGREEMENT_NOT_BEGUN})

ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""Weights of the organisation code's check character (GB 11714-1997), digits 9–17 of the credit code."""


class Slot(NamedTuple):
    """One institution of the layout: in which seat county, its number there, its name and what it is."""

    seat: int
    number: int
    name: str
    grade: str
    level: HospitalLevel
    kind: str = HOSPITAL
    remote_inpatient: bool = True
    remote_outpatient: bool = True


LAYOUT = (
    Slot(0, 1, "{city}样例第一人民医院", "2", HospitalLevel.TERTIARY),
    Slot(1, 1, "{city}样例中医医院", "2", HospitalLevel.TERTIARY),
    Slot(2, 1, "{city}样例肿瘤医院", "3", HospitalLevel.TERTIARY),
    Slot(0, 2, "{city}{county}样例人民医院", "5", HospitalLevel.SECONDARY),
    Slot(3, 1, "{city}{county}样例妇幼保健院", "6", HospitalLevel.SECONDARY),
    Slot(1, 2, "{city}{county}样例医院", "8", HospitalLevel.PRIMARY),
    Slot(0, 3, "{city}{county}样例社区卫生服务中心", "11", HospitalLevel.COMMUNITY, HOSPITAL, False, True),
    Slot(1, 3, "{city}{county}样例社区卫生服务中心", "11", HospitalLevel.COMMUNITY, HOSPITAL, False, True),
    Slot(2, 2, "{city}{county}样例社区卫生服务中心", "11", HospitalLevel.COMMUNITY, HOSPITAL, False, False),
    Slot(0, 1, "{city}样例大药房{county}店", "11", HospitalLevel.PRIMARY, PHARMACY, False, True),
    Slot(1, 1, "{city}样例大药房{county}店", "11", HospitalLevel.PRIMARY, PHARMACY, False, True),
    Slot(2, 1, "{city}样例平价药店{county}店", "11", HospitalLevel.PRIMARY, PHARMACY, False, True),
)

REFUSED = (
    Slot(4, 1, "{city}{county}样例康复医院", "5", HospitalLevel.SECONDARY, HOSPITAL, False, False),
    Slot(4, 2, "{city}{county}样例暂停医院", "5", HospitalLevel.SECONDARY),
    Slot(4, 3, "{city}{county}样例到期医院", "5", HospitalLevel.SECONDARY),
    Slot(4, 4, "{city}{county}样例新建医院", "5", HospitalLevel.SECONDARY),
)
"""Beijing's special cases, for the error paths: no remote opening, suspended, agreement ended, agreement not begun."""


def code_of(kind: str, county: str, number: int) -> str:
    """A national institution code: H or P, county, five digits."""
    return f"{'P' if kind == PHARMACY else 'H'}{county}{number:05d}"


def credit_code(kind: str, county: str, number: int) -> str:
    """A unified social credit code with both of its check characters right; the organisation does not exist.

    Hospitals are registered as public institutions (12), pharmacies as companies (91).
    """
    organisation = f"{'P' if kind == PHARMACY else 'H'}{county}{number}"
    values = [int(c, 36) for c in organisation]
    check = (11 - sum(v * w for v, w in zip(values, ORG_WEIGHTS, strict=True)) % 11) % 11
    first17 = f"{'91' if kind == PHARMACY else '12'}{county}{organisation}{'X' if check == 10 else check}"
    return first17 + credit_check(first17)


def _row(pool: Pool, slot: Slot) -> InstitutionRow:
    county: County = seats(pool.code)[slot.seat]
    code = code_of(slot.kind, county.code, slot.number)
    return InstitutionRow(
        code=code,
        name=slot.name.format(city=pool.city, county=county.name),
        region=county.code,
        kind=slot.kind,
        grade=slot.grade,
        level=slot.level.value,
        credit_code=credit_code(slot.kind, county.code, slot.number),
        agreement_since=NOT_BEFORE if code == AGREEMENT_NOT_BEGUN else SINCE,
        agreement_until=ENDED_ON if code == AGREEMENT_ENDED else None,
        suspended=code == SUSPENDED,
        remote_inpatient=slot.remote_inpatient,
        remote_outpatient=slot.remote_outpatient,
        sample=True,
    )


@cache
def institutions() -> tuple[InstitutionRow, ...]:
    """All sample institutions, by code."""
    usual = [_row(pool, slot) for pool in POOLS for slot in LAYOUT]
    refused = [_row(POOLS[0], slot) for slot in REFUSED]
    return tuple(sorted(usual + refused))


@cache
def serving(pool: str, *levels: HospitalLevel) -> tuple[InstitutionRow, ...]:
    """The hospitals and centres of a pool at the given levels, without the special cases, by code."""
    return tuple(
        row
        for row in institutions()
        if pool_of(row.region) == pool
        and row.kind == HOSPITAL
        and row.level in levels
        and row.code not in SPECIAL_CASES
    )
