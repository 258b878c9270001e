"""What is to be settled: the sums of a charge batch's live lines, and the marks that a settlement leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.money import Fen

from .record import Record


@dataclass(frozen=True, slots=True)
class Bill:
    """Sums over the live lines of one charge batch, in fen; ``class_b`` is the eligible part of class B items."""

    lines: int
    total: Fen
    not_covered: Fen
    over_ceiling: Fen
    first_self_pay: Fen
    eligible: Fen
    class_b: Fen


SUMS = """
SELECT k.encounter, k.batch, count(*), sum(l.amount)::bigint, sum(l.not_covered)::bigint, sum(l.over_ceiling)::bigint,
       sum(l.first_self_pay)::bigint, sum(l.eligible)::bigint,
       coalesce(sum(l.eligible) FILTER (WHERE l.item_class = '02'), 0)::bigint
FROM unnest(%s::date[], %s::bigint[], %s::text[]) AS k (month, encounter, batch)
JOIN encounter_fee_line l ON l.month = k.month AND l.encounter_id = k.encounter AND l.batch = k.batch
WHERE l.month = ANY(%s) AND l.revoked_at IS NULL
GROUP BY k.encounter, k.batch
"""


def bills(charges: Sequence[tuple[Record, str]]) -> dict[tuple[int, str], Bill]:
    """Bills by (encounter id, batch), in one statement; a batch without live lines is absent.

    Read after the encounters are locked: an upload that held the lock before is then seen whole.
    """
    months: list[date] = [encounter.month for encounter, _ in charges]
    rows = fetch(SUMS, [months, [e.id for e, _ in charges], [batch for _, batch in charges], sorted(set(months))])
    return {(row[0], row[1]): Bill(*row[2:]) for row in rows}


@dataclass(frozen=True, slots=True)
class Mark:
    """That a batch of an encounter is settled; a mid-stay settlement opens the next interval."""

    encounter: Record
    batch: str
    settlement: str
    mid_stay: bool


def mark_settled(marks: Sequence[Mark]) -> None:
    """Record settlements on their encounters, in one statement."""
    execute(
        """UPDATE encounter_encounter e SET settled = e.settled || m.settled, segment = e.segment + m.step,
               state = CASE WHEN m.step = 1 THEN e.state ELSE 'settled' END
           FROM unnest(%s::bigint[], %s::jsonb[], %s::smallint[]) AS m (id, settled, step) WHERE e.id = m.id""",
        [
            [mark.encounter.id for mark in marks],
            [json_text({mark.batch: mark.settlement}) for mark in marks],
            [int(mark.mid_stay) for mark in marks],
        ],
    )


def mark_voided(encounter: Record, batch: str, *, mid_stay: bool) -> None:
    """Take a settlement's mark back: the batch is open again.

    After a mid-stay settlement its interval is open again too, and lines charged since then join it.
    """
    if mid_stay:
        execute(
            "UPDATE encounter_fee_line SET batch = %s WHERE month = %s AND encounter_id = %s AND batch = %s",
            [batch, encounter.month, encounter.id, encounter.segment_batch()],
        )
    state = encounter.state if mid_stay else ("discharged" if encounter.stay else "open")
    execute(
        "UPDATE encounter_encounter SET settled = settled - %s::text, segment = segment - %s, state = %s WHERE id = %s",
        [batch, int(mid_stay), state, encounter.id],
    )


def reopen_for_charges(encounter: Record) -> None:
    """A visit whose batches are settled takes new charges again."""
    if encounter.state == "settled" and not encounter.stay:
        execute("UPDATE encounter_encounter SET state = 'open' WHERE id = %s", [encounter.id])
