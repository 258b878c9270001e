"""Accumulators (累计): what a person's year has used up, read, locked and changed for many persons at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yijie.domain.transaction import execute, fetch, from_json

Year = tuple[str, str, str, int]
"""(person number, home region, insurance, year)"""


@dataclass(frozen=True, slots=True)
class Used:
    """Accumulators of a year at a version; version 0 is a year in which nothing happened yet."""

    version: int
    amounts: Mapping[str, int]

    def plus(self, deltas: Mapping[str, int], sign: int = 1) -> dict[str, int]:
        """The amounts after deltas are added (``sign`` 1) or taken back (-1); names that fall to zero are dropped."""
        names = sorted({*self.amounts, *deltas})
        after = {name: self.amounts.get(name, 0) + sign * deltas.get(name, 0) for name in names}
        return {name: amount for name, amount in after.items() if amount}


NOTHING = Used(0, {})

READ = """
SELECT a.person_number, a.home_region, a.insurance, a.year, a.version, a.amounts
FROM unnest(%s::text[], %s::text[], %s::text[], %s::smallint[]) AS k (person_number, home_region, insurance, year)
JOIN decision_accumulator a USING (person_number, home_region, insurance, year)
"""


def read(years: Sequence[Year]) -> dict[Year, Used]:
    """Accumulators of years, without locking; years never used are at version 0."""
    return _read(years, "")


def lock(years: Sequence[Year]) -> dict[Year, Used]:
    """Accumulators of years, locked in a fixed order until the transaction ends; missing rows are made to be locked."""
    wanted = sorted(set(years))
    held = _read(wanted, LOCK)
    missing = [year for year in wanted if held[year] is NOTHING]
    if missing:
        execute(
            "INSERT INTO decision_accumulator (person_number, home_region, insurance, year, version, amounts)"
            " SELECT k.*, 0, '{}' FROM unnest(%s::text[], %s::text[], %s::text[], %s::smallint[]) AS k"
            " ON CONFLICT DO NOTHING",
            _columns(missing),
        )
        held |= _read(missing, LOCK)
    return held


LOCK = "ORDER BY a.person_number, a.home_region, a.insurance, a.year FOR NO KEY UPDATE OF a"


def _read(years: Sequence[Year], locking: str) -> dict[Year, Used]:
    rows = fetch(f"{READ} {locking}", _columns(years))
    held = {(row[0], row[1], row[2], row[3]): Used(row[4], from_json(row[5])) for row in rows}
    return {year: held.get(year, NOTHING) for year in years}


def _columns(years: Sequence[Year]) -> list[list[str | int]]:
    return [list(column) for column in zip(*years, strict=True)] or [[], [], [], []]
