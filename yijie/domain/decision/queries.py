"""What a year has used up, and how a decision came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yijie.domain.transaction import fetch, from_json


@dataclass(frozen=True, slots=True)
class YearUsed:
    """Accumulators of one insurance and year."""

    home_region: str
    insurance: str
    year: int
    amounts: dict[str, int]


def accumulators_of(person_number: str, year: int | None = None) -> list[YearUsed]:
    """Accumulators of a person, newest year first; of one year where it is given."""
    rows = fetch(
        "SELECT home_region, insurance, year, amounts FROM decision_accumulator WHERE person_number = %s"
        " AND (%s::smallint IS NULL OR year = %s) ORDER BY year DESC, home_region, insurance",
        [person_number, year, year],
    )
    return [YearUsed(home, insurance, used_in, from_json(amounts)) for home, insurance, used_in, amounts in rows]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a decision came about: the policy pack with its fingerprint, the case and every step of the engine."""

    policy: str
    case: dict[str, Any]
    trace: list[dict[str, Any]]


def explanation_of(settlement: int) -> Explanation | None:
    """The explanation kept with a settlement's decision."""
    rows = fetch('SELECT policy, "case", trace FROM decision_decision WHERE settlement = %s', [settlement])
    return Explanation(rows[0][0], from_json(rows[0][1]), from_json(rows[0][2])) if rows else None
