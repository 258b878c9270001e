"""What earlier settlements of a stay have moved: a later one goes on where they ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yijie.domain.transaction import fetch, from_json
from yijie.kernel.errors import invariant


@dataclass(frozen=True, slots=True)
class Interval:
    """A settled interval of a stay: what it moved, by the names of accumulators, and the day up to which it went."""

    moved: dict[str, int]
    until: date


def stays_so_far(settlements: Sequence[int]) -> dict[int, Interval]:
    """The decided intervals by settlement; the home region decided each of them itself and knows them all."""
    if not settlements:
        return {}
    rows = fetch(
        """SELECT settlement, deltas, ("case"::json ->> 'service_to')::date FROM decision_decision"""
        " WHERE settlement = ANY(%s) AND state IN ('held', 'confirmed')",
        [list(settlements)],
    )
    found = {settlement: Interval(from_json(deltas), until) for settlement, deltas, until in rows}
    invariant(found.keys() == set(settlements), "decision.intervals_known", asked=list(settlements))
    return found
