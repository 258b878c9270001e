"""Taking a decision back: only the newest living one of a person's year, restoring the accumulators exactly."""

from __future__ import annotations

from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.kernel.errors import invariant
from yijie.kernel.ids import public_id

from . import accumulate
from .errors import DecisionUnknown, LaterDecisionLives


def void(settlement: int) -> None:
    """Void the decision of a settlement: its deltas are taken back under a new version.

    Raises :class:`LaterDecisionLives`, which names the settlements to void first, unless it is the newest that lives.
    """
    rows = fetch(
        "SELECT person_number, home_region, insurance, year, version, deltas FROM decision_decision"
        " WHERE settlement = %s AND state = 'confirmed' FOR UPDATE",
        [settlement],
    )
    if not rows:
        raise DecisionUnknown(settlement=settlement)
    [(person, home, insurance, year, version, deltas)] = rows
    key = (person, home, insurance, year)
    used = accumulate.lock([key])[key]
    later = fetch(
        "SELECT care_region, settlement FROM decision_decision WHERE person_number = %s AND home_region = %s"
        " AND insurance = %s AND year = %s AND version > %s AND state IN ('held', 'confirmed') ORDER BY version DESC",
        [*key, version],
    )
    if later:
        raise LaterDecisionLives(year=year, numbers="、".join(public_id(*named) for named in later[:4]))
    after = used.plus(from_json(deltas), sign=-1)
    moved = execute(
        "UPDATE decision_accumulator SET version = %s, amounts = %s WHERE person_number = %s AND home_region = %s"
        " AND insurance = %s AND year = %s AND version = %s",
        [used.version + 1, json_text(after), *key, used.version],
    )
    invariant(moved == 1, "decision.versions_without_gaps", settlement=settlement)
    execute(
        "UPDATE decision_decision SET state = 'voided', void_version = %s"
        " WHERE settlement = %s AND state = 'confirmed'",
        [used.version + 1, settlement],
    )
