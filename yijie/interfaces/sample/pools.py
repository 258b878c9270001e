"""The seven pools of the sample nation and their counties."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from yijie.kernel.region import province_of

from .source import rows

HAN = "01"
"""民族代码 of the Han; the others come from GB/T 3304."""


class Pool(NamedTuple):
    """A pool (统筹区): who lives there and which contribution tiers its policy knows."""

    code: str
    city: str
    weight: int
    card_letter: str
    minorities: tuple[str, ...]
    employee_tiers: tuple[str, ...] = ()
    resident_tiers: tuple[str, ...] = ()

    @property
    def care_region(self) -> str:
        """The province-level code whose catalogue terms hold here."""
        return province_of(self.code)


class County(NamedTuple):
    """A county-level region of a pool."""

    code: str
    name: str


POOLS = (
    Pool("110000", "北京", 20, "A", ("11", "03", "02")),
    Pool("310000", "上海", 20, "B", ("03", "11")),
    Pool("440100", "广州", 14, "C", ("08", "13", "03")),
    Pool("440300", "深圳", 14, "D", ("08", "12", "13"), employee_tiers=("一档", "二档")),
    Pool("510100", "成都", 12, "E", ("04", "07", "33", "03"), resident_tiers=("高档", "低档")),
    Pool("330100", "杭州", 10, "F", ("22", "03"), resident_tiers=("一档", "二档")),
    Pool("420100", "武汉", 10, "G", ("15", "03")),
)
"""Weights are shares of the people in per cent."""

CARE_REGIONS = tuple(sorted({pool.care_region for pool in POOLS}))
"""The six province-level regions whose terms the sample catalogue states."""

BY_CODE = {pool.code: pool for pool in POOLS}


@cache
def counties(pool: str) -> tuple[County, ...]:
    """All counties of a pool, by code."""
    return tuple(County(row["code"], row["name"]) for row in rows("counties.csv") if row["pool"] == pool)


@cache
def seats(pool: str) -> tuple[County, ...]:
    """The counties of a pool in which the sample institutions lie, the chief one first."""
    seated = [row for row in rows("counties.csv") if row["pool"] == pool and row["seat"]]
    return tuple(County(row["code"], row["name"]) for row in sorted(seated, key=lambda row: row["seat"]))
