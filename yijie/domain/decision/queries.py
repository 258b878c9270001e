"""What a year has used up, and how a decision came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yijie.domain.transaction import fetch, from_json
from yijie.engines.benefit import benefit_report, evaluate
from yijie.kernel.errors import invariant

from .allowances import allowances_json
from .case import case_from
from .errors import DecisionUnknown
from .policies import kept_pack


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


def explanation_of(settlement: int) -> dict[str, Any]:
    """How a settlement's decision came about, worked out again from the kept case under the kept policy.

    The report's form is that of :func:`yijie.engines.benefit.benefit_report`. What comes out must be what was decided
    then; the accumulator movements, kept with the decision, are compared.
    """
    rows = fetch('SELECT policy, "case", deltas, allowances FROM decision_decision WHERE settlement = %s', [settlement])
    if not rows:
        raise DecisionUnknown(settlement=settlement)
    [(fingerprint, case, deltas, allowances)] = rows
    policy = kept_pack(fingerprint)
    benefit = evaluate(policy, case_from(case))
    invariant(dict(benefit.deltas) == from_json(deltas), "decision.recomputes", settlement=settlement)
    invariant(allowances_json(benefit) == from_json(allowances), "decision.recomputes", settlement=settlement)
    return benefit_report(policy, benefit)
