"""A node's rounds: what waits is delivered, old holds are asked about, attempts past their deadline are aborted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yijie.domain import decision, exchange, settlement
from yijie.domain.exchange import Parcel
from yijie.domain.exchange.contact import note
from yijie.domain.exchange.outbox import waiting_for
from yijie.domain.transaction import fetch, in_transaction
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id

HOLDS_MAX = 100
ASKS_AGAIN_AFTER_SECONDS = 5.0


def send(parcel: Parcel) -> Sequence[dict[str, Any]] | None:
    """Send a parcel; what the receiver said to each row, or None when it did not answer or not take it as a whole."""
    body = {"items": [item for _, item in parcel.items]}
    try:
        outcomes: Sequence[dict[str, Any]] = exchange.ask(parcel.receiver, parcel.kind, body)["outcomes"]
    except YijieError as error:
        note_failure(parcel.receiver, error)
        return None
    return outcomes


def deliver_all() -> int:
    """Deliver what is due to everybody; returns how many rows were heard. A silent receiver holds up nobody else."""
    return sum(exchange.deliver(receiver, send) for receiver in waiting_for())


def expire_attempts() -> int:
    """Abort attempts past their deadline."""
    return in_transaction(settlement.expire)


def ask_about_old_holds() -> int:
    """Ask care nodes what became of attempts that we hold for; returns how many holds ended."""
    due = in_transaction(lambda: decision.old_holds(limit=HOLDS_MAX, again_after=ASKS_AGAIN_AFTER_SECONDS))
    by_node: dict[str, list[int]] = {}
    for hold in due:
        by_node.setdefault(hold.care_node, []).append(hold.attempt)
    return sum(_ask_about(node, sorted(attempts)) for node, attempts in by_node.items())


def _ask_about(node: str, attempts: list[int]) -> int:
    try:
        states = exchange.ask(node, "attempt.ask", {"attempts": attempts}, message_id=str(new_id()))["states"]
    except YijieError as error:
        note_failure(node, error)
        return 0
    in_transaction(lambda: end_holds(node, states))
    return len(states)


def end_holds(node: str, states: Sequence[Sequence[Any]]) -> None:
    """Do what the care node said of its attempts."""
    settled = [attempt for attempt, state in states if state == "settled"]
    aborted = [attempt for attempt, state in states if state == "aborted"]
    if settled:
        decision.confirm_holds(settled, node)
    if aborted:
        decision.cancel_holds(aborted, node)


def note_failure(node: str, error: YijieError) -> None:
    """Remember for the operator what went wrong with a node."""
    note(node, error=error.written())


def note_answer(node: str) -> None:
    """Remember for the operator that a node answered."""
    note(node)


DUE = """
SELECT EXISTS (SELECT FROM settlement_attempt WHERE state = 'received' AND deadline_at <= %(now)s),
       EXISTS (SELECT FROM exchange_outgoing WHERE refused = '' AND due_at <= %(now)s),
       EXISTS (SELECT FROM decision_hold WHERE state = 'held' AND ask_at <= %(now)s)
"""
"""One statement, because it is asked every second and mostly answered no."""


def once() -> int:
    """One round; returns how much was moved."""
    [(expired, waiting, old)] = fetch(DUE, {"now": now()})
    moved = expire_attempts() if expired else 0
    moved += deliver_all() if waiting or expired else 0
    return moved + (ask_about_old_holds() if old else 0)
