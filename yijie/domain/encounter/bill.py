"""What is to be settled: the sums of a charge batch's live lines, and the marks that a settlement leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import now
from yijie.kernel.money import Fen

from .alone import one_stay_at_once, require_not_staying
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
SELECT encounter_id, batch, count(*), sum(amount)::bigint, sum(not_covered)::bigint, sum(over_ceiling)::bigint,
       sum(first_self_pay)::bigint, sum(eligible)::bigint,
       coalesce(sum(eligible) FILTER (WHERE item_class = '02'), 0)::bigint
FROM encounter_fee_line
WHERE month = ANY(%s) AND encounter_id = ANY(%s) AND revoked_at IS NULL
GROUP BY encounter_id, batch
"""


def bills(encounters: Sequence[Record]) -> dict[tuple[int, str], Bill]:
    """Bills by (encounter id, batch), in one statement; a batch without live lines is absent.

    Read after the encounters are locked: an upload that held the lock before is then seen whole.
    """
    months = sorted({encounter.month for encounter in encounters})
    rows = fetch(SUMS, [months, [encounter.id for encounter in encounters]])
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
    rows = [
        {"id": mark.encounter.id, "settled": {mark.batch: mark.settlement}, "step": int(mark.mid_stay)}
        for mark in marks
    ]
    execute(
        """UPDATE encounter_encounter e SET settled = e.settled || m.settled, segment = e.segment + m.step,
               state = CASE WHEN m.step = 1 THEN e.state ELSE 'settled' END
           FROM json_to_recordset(%s::json) AS m (id bigint, settled jsonb, step smallint) WHERE e.id = m.id""",
        [json_text(rows)],
    )


def mark_certified(encounter: Record, batch: str, certificate: str) -> None:
    """Record that a batch is claimed by a certificate of failed settlement, or (empty) that it is not any more."""
    certified = {k: v for k, v in (encounter.certified | {batch: certificate}).items() if v}
    execute(
        "UPDATE encounter_encounter SET details = details || %s::jsonb WHERE id = %s",
        [json_text({"certified": certified}), encounter.id],
    )


def mark_voided(encounter: Record, batch: str, *, mid_stay: bool) -> None:
    """Take a settlement's mark back: the batch is open again.

    After a mid-stay settlement its interval is open again too, and lines charged since then join it.
    """
    if mid_stay:
        _move_lines(encounter, encounter.segment_batch(), batch)
    state = encounter.state if mid_stay else ("discharged" if encounter.stay else "open")
    if encounter.stay:
        require_not_staying(encounter.institution, record_number=encounter.record_number, besides=encounter.id)
    with one_stay_at_once():
        execute(
            "UPDATE encounter_encounter SET settled = settled - %s::text, segment = segment - %s, state = %s"
            " WHERE id = %s",
            [batch, int(mid_stay), state, encounter.id],
        )


MOVE = """
WITH moved AS (
    UPDATE encounter_fee_line SET revoked_at = %(at)s
    WHERE month = %(month)s AND encounter_id = %(encounter)s AND batch = %(source)s AND revoked_at IS NULL RETURNING *
)
INSERT INTO encounter_fee_line (month, encounter_id, serial, original, batch, charged_at, item, own_code, price,
    quantity, amount, not_covered, over_ceiling, first_self_pay, eligible, item_class, charge_category, share, ceiling,
    restricted, approval, details, uploaded_at)
SELECT month, encounter_id, serial, original, %(target)s, charged_at, item, own_code, price, quantity, amount,
       not_covered, over_ceiling, first_self_pay, eligible, item_class, charge_category, share, ceiling, restricted,
       approval, details,
       greatest(uploaded_at + interval '1 microsecond',
                %(at)s - (count(*) OVER () - row_number() OVER (ORDER BY uploaded_at)) * interval '1 microsecond')
FROM moved
"""


def _move_lines(encounter: Record, source: str, target: str) -> None:
    """Bring live lines into another batch; the old rows stay, revoked, for whoever asks how things stood before."""
    execute(
        MOVE,
        {"at": now(), "month": encounter.month, "encounter": encounter.id, "source": source, "target": target},
    )


def reopen_for_charges(encounter: Record) -> None:
    """A visit whose batches are settled takes new charges again."""
    if encounter.state == "settled" and not encounter.stay:
        execute("UPDATE encounter_encounter SET state = 'open' WHERE id = %s", [encounter.id])
