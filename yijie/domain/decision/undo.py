"""Taking a decision back: only the newest living one of a person's year, restoring the accumulators exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.kernel.errors import invariant
from yijie.kernel.ids import public_id

from . import accumulate
from .accumulate import Used, Year
from .errors import DecisionUnknown, HoldOpen, LaterDecisionLives


@dataclass(frozen=True, slots=True)
class Newest:
    """A confirmed decision that nothing rests on, its year locked."""

    settlement: int
    care_region: str
    key: Year
    used: Used
    deltas: dict[str, int]
    decided_at: datetime


def newest(settlement: int, *, holder: int | None = None) -> Newest:
    """The decision of a settlement, its year locked.

    Raises :class:`LaterDecisionLives`, which names the settlements to void first, unless it is the newest that lives,
    and :class:`HoldOpen` while another attempt than ``holder`` holds the year.
    """
    rows = fetch(
        "SELECT care_region, person_number, home_region, insurance, year, version, deltas, decided_at"
        " FROM decision_decision WHERE settlement = %s AND state IN ('confirmed', 'held') FOR UPDATE",
        [settlement],
    )
    if not rows:
        raise DecisionUnknown(settlement=settlement)
    [(care_region, person, home, insurance, year, version, deltas, decided_at)] = rows
    key = (person, home, insurance, year)
    used = accumulate.lock([key])[key]
    if used.held not in (None, holder):
        raise HoldOpen(year=year)
    later = fetch(
        "SELECT care_region, settlement FROM decision_decision WHERE person_number = %s AND home_region = %s"
        " AND insurance = %s AND year = %s AND version > %s AND state IN ('held', 'confirmed') ORDER BY version DESC",
        [*key, version],
    )
    if later:
        raise LaterDecisionLives(year=year, numbers="、".join(public_id(*named) for named in later[:4]))
    return Newest(settlement, care_region, key, used, from_json(deltas), decided_at)


def take_back(decision: Newest, state: str = "voided") -> None:
    """Take a decision's deltas back under a new version: it is ``voided``, or as a hold that ended ``cancelled``."""
    after = decision.used.plus(decision.deltas, sign=-1)
    version = decision.used.version + 1
    moved = execute(
        "UPDATE decision_accumulator SET version = %s, amounts = %s, held = NULL WHERE person_number = %s"
        " AND home_region = %s AND insurance = %s AND year = %s AND version = %s",
        [version, json_text(after), *decision.key, decision.used.version],
    )
    invariant(moved == 1, "decision.versions_without_gaps", settlement=decision.settlement)
    execute(
        "UPDATE decision_decision SET state = %s, void_version = %s"
        " WHERE settlement = %s AND state IN ('confirmed', 'held')",
        [state, version, decision.settlement],
    )


def void(settlement: int) -> None:
    """Void the decision of a settlement: its deltas are taken back under a new version.

    Raises :class:`LaterDecisionLives` unless it is the newest that lives.
    """
    take_back(newest(settlement))
