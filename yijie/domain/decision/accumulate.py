"""Accumulators (累计): what a person's year has used up, read, locked and changed for many persons at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yijie.domain.transaction import execute, fetch, from_json, json_text

Year = tuple[str, str, str, int]
"""(person number, home region, insurance, year)"""


@dataclass(frozen=True, slots=True)
class Used:
    """Accumulators of a year at a version; version 0 is a year in which nothing happened yet.

    ``held`` is the attempt whose hold is open: nothing else may be decided until it ends.
    """

    version: int
    amounts: Mapping[str, int]
    held: int | None = None

    def plus(self, deltas: Mapping[str, int], sign: int = 1) -> dict[str, int]:
        """The amounts after deltas are added (``sign`` 1) or taken back (-1); names that fall to zero are dropped."""
        names = sorted({*self.amounts, *deltas})
        after = {name: self.amounts.get(name, 0) + sign * deltas.get(name, 0) for name in names}
        return {name: amount for name, amount in after.items() if amount}


NOTHING = Used(0, {})

KEYS = "json_to_recordset(%s::json) AS k (person_number text, home_region text, insurance text, year smallint)"

READ = f"""
SELECT a.person_number, a.home_region, a.insurance, a.year, a.version, a.amounts, a.held
FROM {KEYS} JOIN decision_accumulator a USING (person_number, home_region, insurance, year)
"""

LOCK = f"""
INSERT INTO decision_accumulator AS a (person_number, home_region, insurance, year, version, amounts)
SELECT k.person_number, k.home_region, k.insurance, k.year, 0, '{{}}' FROM {KEYS} ORDER BY 1, 2, 3, 4
ON CONFLICT (person_number, home_region, insurance, year) DO UPDATE SET version = a.version
RETURNING a.person_number, a.home_region, a.insurance, a.year, a.version, a.amounts, a.held
"""
"""A year that was never used gets a row so that it can be locked; one that has a row is locked by touching it."""


def read(years: Sequence[Year]) -> dict[Year, Used]:
    """Accumulators of years, without locking; years never used are at version 0."""
    held = _fetched(READ, years)
    return {year: held.get(year, NOTHING) for year in years}


def lock(years: Sequence[Year]) -> dict[Year, Used]:
    """Accumulators of years, locked in a fixed order until the transaction ends."""
    return _fetched(LOCK, years)


FORGET = f"""
DELETE FROM decision_accumulator a USING {KEYS}
WHERE (a.person_number, a.home_region, a.insurance, a.year) = (k.person_number, k.home_region, k.insurance, k.year)
  AND a.version = 0
"""


def forget(years: Sequence[Year]) -> None:
    """Take rows back that were only made to be locked: a year in which a decision was refused was not used."""
    if years:
        execute(FORGET, [_keys(years)])


def _fetched(statement: str, years: Sequence[Year]) -> dict[Year, Used]:
    rows = fetch(statement, [_keys(years)])
    return {(row[0], row[1], row[2], row[3]): Used(row[4], from_json(row[5]), row[6]) for row in rows}


def _keys(years: Sequence[Year]) -> str:
    names = ("person_number", "home_region", "insurance", "year")
    return json_text([dict(zip(names, year, strict=True)) for year in years])
