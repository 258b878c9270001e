"""Orders (异地购药订单): purchases pushed to their payer; paid ones are settled visits like any other."""

from __future__ import annotations

from datetime import date

from yijie.domain.transaction import fetch
from yijie.kernel.ids import parse_public_id

from .record import COLUMNS, Record, as_record, find

ORDERS_MAX = 20
"""Most orders a query answers, each with its lines; the caller narrows the days to see more."""


def find_order(number: str, institution: str) -> Record | None:
    """The order with a public number at an institution, unlocked; None where it has no such order."""
    named = parse_public_id(number)
    rows = named and fetch(
        "SELECT person_number FROM encounter_encounter WHERE id = %s AND institution = %s AND details ? 'payer'",
        [named[1], institution],
    )
    return find(number, institution, rows[0][0]) if rows else None


def orders_of(
    payer: str,
    institution: str,
    batch: str,
    *,
    paid: bool,
    number: str = "",
    since: date | None = None,
    until: date | None = None,
) -> list[Record]:
    """Orders that a payer (see :attr:`Record.payer`) has at an institution, newest first; taken back ones are left out.

    ``paid`` chooses those whose charge batch is settled, or those that wait; ``since`` and ``until`` are days of sale.
    """
    named = parse_public_id(number) if number else None
    rows = fetch(
        f"""SELECT {COLUMNS} FROM encounter_encounter e
        WHERE institution = %(at)s AND details ? 'payer' AND details ->> 'payer' = %(payer)s
          AND state <> 'cancelled' AND (settled ? %(batch)s) = %(paid)s
          AND (%(id)s::bigint IS NULL OR id = %(id)s)
          AND coalesce((began_at AT TIME ZONE 'Asia/Shanghai')::date >= %(since)s::date, true)
          AND coalesce((began_at AT TIME ZONE 'Asia/Shanghai')::date <= %(until)s::date, true)
        ORDER BY began_at DESC, id DESC LIMIT %(limit)s""",
        {
            "at": institution,
            "payer": payer,
            "batch": batch,
            "paid": paid,
            "id": named[1] if named else (-1 if number else None),
            "since": since,
            "until": until,
            "limit": ORDERS_MAX,
        },
    )
    return [as_record(row) for row in rows]
