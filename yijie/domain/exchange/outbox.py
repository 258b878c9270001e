"""What is to be said to other nodes: left in the transaction that wants it said, delivered in batches, until heard.

Rows of one receiver and kind travel in one message. A row that is refused becomes a case for a person and holds up
nobody else; a receiver that does not answer is asked again with growing pauses, for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from yijie.domain.transaction import execute, fetch, from_json, in_transaction, json_text
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id

from .asking import error_in

BATCH_MAX = 64
PAUSE_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
CLAIMED_SECONDS = 12.0
"""Rows being sent are out of others' reach this long; longer than an answer may take."""


_something_waits = threading.Event()


def wake() -> None:
    """Something was left and committed: whoever delivers in this process need not wait for the next round."""
    _something_waits.set()


def woken(seconds: float) -> bool:
    """Wait until something waits, at most so long."""
    came = _something_waits.wait(seconds)
    _something_waits.clear()
    return came


@dataclass(frozen=True, slots=True)
class Parcel:
    """Rows of one kind for one receiver that travel together; ``items`` are (row id, body)."""

    receiver: str
    kind: str
    items: tuple[tuple[int, Any], ...]


def leave(receiver: str, kind: str, subjects: Sequence[tuple[int, Any]]) -> None:
    """Leave (subject, body) rows for a receiver in the running transaction, in one statement."""
    rows = [
        {"id": new_id(), "receiver": receiver, "kind": kind, "subject": subject, "body": body}
        for subject, body in subjects
    ]
    moment = now()
    execute(
        "INSERT INTO exchange_outgoing (id, receiver, kind, subject, body, left_at, due_at, tries, refused)"
        " SELECT k.*, %s, %s, 0, '' FROM json_to_recordset(%s::json)"
        " AS k (id bigint, receiver text, kind text, subject bigint, body jsonb)",
        [moment, moment, json_text(rows)],
    )


CLAIM = """
WITH due AS (
    SELECT o.id FROM exchange_outgoing o
    WHERE o.receiver = %(receiver)s AND o.refused = '' AND o.due_at <= %(now)s
      AND o.kind = (SELECT f.kind FROM exchange_outgoing f
                    WHERE f.receiver = %(receiver)s AND f.refused = '' AND f.due_at <= %(now)s
                    ORDER BY f.due_at, f.id LIMIT 1)
    ORDER BY o.due_at, o.id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE exchange_outgoing o SET due_at = %(again)s, tries = o.tries + 1 FROM due WHERE o.id = due.id
RETURNING o.id, o.kind, o.body
"""


def take(receiver: str) -> Parcel | None:
    """Claim what is due for a receiver, at most one parcel; it comes due again by itself if nobody reports back."""
    moment = now()
    parameters = {
        "receiver": receiver,
        "now": moment,
        "again": moment + timedelta(seconds=CLAIMED_SECONDS),
        "batch": BATCH_MAX,
    }
    rows = in_transaction(lambda: fetch(CLAIM, parameters))
    if not rows:
        return None
    return Parcel(receiver, rows[0][1], tuple(sorted((row[0], from_json(row[2])) for row in rows)))


def heard(parcel: Parcel, outcomes: Sequence[dict[str, Any]]) -> None:
    """What the receiver said to each row: done rows are removed, refused ones become cases."""
    refused = {
        number: error_in(outcome["error"]).written()
        for (number, _), outcome in zip(parcel.items, outcomes, strict=True)
        if "error" in outcome
    }
    done = [number for number, _ in parcel.items if number not in refused]

    def work() -> None:
        if done:
            execute("DELETE FROM exchange_outgoing WHERE id = ANY(%s)", [done])
        for number, why in refused.items():
            execute("UPDATE exchange_outgoing SET refused = %s WHERE id = %s", [why[:500], number])

    in_transaction(work)


def unheard(parcel: Parcel) -> None:
    """Nobody answered: each row comes due again after a pause that grows with its tries."""
    steps = list(PAUSE_SECONDS)
    in_transaction(
        lambda: execute(
            "UPDATE exchange_outgoing SET due_at = %s::timestamptz"
            " + make_interval(secs => (%s::float[])[least(tries, %s)]) WHERE id = ANY(%s)",
            [now(), steps, len(steps), [number for number, _ in parcel.items]],
        )
    )


def waiting_for() -> list[str]:
    """Receivers for whom something is due now."""
    rows = fetch("SELECT DISTINCT receiver FROM exchange_outgoing WHERE refused = '' AND due_at <= %s", [now()])
    return [receiver for (receiver,) in rows]


def deliver(receiver: str, send: Callable[[Parcel], Sequence[dict[str, Any]] | None]) -> int:
    """Send what is due for a receiver until nothing is or nobody answers; returns how many rows were heard."""
    count = 0
    while parcel := take(receiver):
        outcomes = send(parcel)
        if outcomes is None:
            unheard(parcel)
            break
        heard(parcel, outcomes)
        count += len(parcel.items)
    return count
