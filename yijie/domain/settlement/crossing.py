"""Settlements and voids whose home region is held by another node: attempts, recorded before anything is asked.

The care side alone decides what becomes of an attempt (docs/decisions/0011): it settles by the one transaction that
writes everything, or aborts by recording the abort. Between :func:`begin` and :func:`conclude` the home node is asked
to hold the benefit; that happens outside any transaction and outside this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yijie.domain import encounter, exchange, ledger
from yijie.domain.decision import BenefitRequest, Granted
from yijie.domain.exchange.kinds import ATTEMPT_SECONDS_MAX
from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id, parse_public_id, public_id

from .errors import AttemptAborted, AttemptOpen, ChangedMeanwhile, SettlementUnknown
from .models import Settlement
from .settling import Asked, Charge, Outcome, Settled, asked_of, care_book, write_care_side
from .state import moved
from .voiding import Voidable, Voided, void_care_side, voidable

State = Settlement.State
REASON_MAX = 500
HOMES_MAX = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What a desk asked for: the message by which it will ask again, the hash of its content, and the charge."""

    message: str
    content_hash: str
    charge: Charge


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is recorded: now its home node may be asked to hold."""

    asked: Asked
    home_node: str

    @property
    def request(self) -> BenefitRequest:
        """What the home node is asked; its settlement number is the attempt's."""
        return self.asked.request


def asked(charge: Charge) -> Asked:
    """What the home node is asked for a quote; nothing is stored or locked."""
    [one] = asked_of([charge], encounter.read_many([charge.encounter]), now(), quoting=True)
    if isinstance(one, YijieError):
        raise one
    return one


def quoted(one: Asked, granted: Granted) -> Settled:
    """The quote that the home node's answer makes."""
    outcome = one.settled(granted)
    assert isinstance(outcome, Settled)  # noqa: S101  what was granted is no refusal
    return outcome


def home_nodes(encounters: Iterable[int]) -> dict[int, str]:
    """The node that answers for each encounter's home region, where that is another one."""
    rows = fetch("SELECT id, home_region FROM encounter_encounter WHERE id = ANY(%s)", [sorted(encounters)])
    return {number: exchange.holder_of(home) for number, home in rows if not exchange.is_here(home)}


INSERT = """
INSERT INTO settlement_attempt (id, action, message, content_hash, region, institution, encounter, batch, person_number,
    insurance, home_region, home_node, total, state, at, deadline_at, reason, details)
SELECT k.*, 'received', %(at)s, %(deadline)s, '', '{}' FROM json_to_recordset(%(attempts)s::json)
    AS k (id bigint, action text, message text, content_hash text, region text, institution text, encounter bigint,
          batch text, person_number text, insurance text, home_region text, home_node text, total bigint)
ON CONFLICT DO NOTHING RETURNING id
"""


def begin(requests: Sequence[Request]) -> list[Begun | YijieError]:
    """Record attempts in the running transaction; a refusal of the care side in its place.

    A batch, and a message, has one open attempt; an older one whose deadline has passed is aborted first.
    """
    charges = [request.charge for request in requests]
    expire([charge.encounter for charge in charges])
    records = encounter.lock_many([charge.encounter for charge in charges])
    moment = now()
    asked = asked_of(charges, records, moment)
    rows = [
        _row(request.message, request.content_hash, one)
        for request, one in zip(requests, asked, strict=True)
        if isinstance(one, Asked)
    ]
    recorded = _record(rows, moment) if rows else set()
    return [_begun(one, recorded) for one in asked]


def _begun(one: Asked | YijieError, recorded: set[int]) -> Begun | YijieError:
    if isinstance(one, YijieError):
        return one
    if one.request.settlement not in recorded:
        return AttemptOpen(number=one.record.number)
    return Begun(one, exchange.holder_of(one.record.home_region))


def _row(message: str, content_hash: str, one: Asked) -> dict[str, Any]:
    record = one.record
    return {
        "id": one.request.settlement,
        "action": "settle",
        "message": message,
        "content_hash": content_hash,
        "region": record.region,
        "institution": record.institution,
        "encounter": record.id,
        "batch": one.batch,
        "person_number": record.person_number,
        "insurance": record.insurance,
        "home_region": record.home_region,
        "home_node": exchange.holder_of(record.home_region),
        "total": one.bill.total,
    }


def _record(rows: list[dict[str, Any]], moment: datetime) -> set[int]:
    deadline = moment + timedelta(seconds=ATTEMPT_SECONDS_MAX)
    recorded = fetch(INSERT, {"at": moment, "deadline": deadline, "attempts": json_text(rows)})
    return {number for (number,) in recorded}


def conclude(answers: Sequence[tuple[Begun, Granted | YijieError]]) -> list[Outcome]:
    """Settle what was granted and abort what was not, in the running transaction, with the messages that say so.

    An attempt that somebody else aborted meanwhile stays aborted; one whose encounter changed is aborted now.
    """
    records = encounter.lock_many([begun.asked.record.id for begun, _ in answers])
    states = _lock([begun.request.settlement for begun, _ in answers])
    again = asked_of([begun.asked.charge for begun, _ in answers], records, now())
    outcomes = [_outcome(begun, answer, states, seen) for (begun, answer), seen in zip(answers, again, strict=True)]
    settled = [(o, begun) for o, (begun, _) in zip(outcomes, answers, strict=True) if isinstance(o, Settled)]
    if settled:
        _settle(settled)
    open_ = [n for n, state in states.items() if state == State.RECEIVED]
    done = {o.id for o, _ in settled}
    reasons = {
        begun.request.settlement: outcome.written()
        for outcome, (begun, _) in zip(outcomes, answers, strict=True)
        if isinstance(outcome, YijieError)
    }
    abort([number for number in open_ if number not in done], reasons)
    return outcomes


def _outcome(begun: Begun, answer: Granted | YijieError, states: dict[int, str], seen: Asked | YijieError) -> Outcome:
    if isinstance(answer, YijieError):
        return answer
    if states.get(begun.request.settlement) != State.RECEIVED:
        return AttemptAborted()
    if isinstance(seen, YijieError):
        return seen
    if seen.bill != begun.asked.bill or seen.batch != begun.asked.batch:
        return ChangedMeanwhile(number=begun.asked.record.number)
    return begun.asked.settled(answer)


def _settle(settled: Sequence[tuple[Settled, Begun]]) -> None:
    write_care_side([s for s, _ in settled])
    ledger.post([care_book(s) for s, _ in settled], settled[0][0].settled_at)
    _move([s.id for s, _ in settled], moved(moved(State.RECEIVED, State.HELD), State.SETTLED))
    _tell("benefit.confirm", [(s.id, begun.home_node) for s, begun in settled])


def _lock(attempts: Sequence[int]) -> dict[int, str]:
    rows = fetch(
        "SELECT id, state FROM settlement_attempt WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(attempts)]
    )
    return dict(rows)


def _move(attempts: Sequence[int], state: State, reasons: dict[int, str] | None = None) -> None:
    rows = [{"id": number, "reason": (reasons or {}).get(number, "")[:REASON_MAX]} for number in attempts]
    execute(
        "UPDATE settlement_attempt a SET state = %s, ended_at = %s, reason = k.reason"
        " FROM json_to_recordset(%s::json) AS k (id bigint, reason text) WHERE a.id = k.id",
        [state, now(), json_text(rows)],
    )


def _tell(kind: str, attempts: Iterable[tuple[int, str]]) -> None:
    by_node: dict[str, list[tuple[int, Any]]] = {}
    for number, node in attempts:
        by_node.setdefault(node, []).append((number, {"attempt": number}))
    for node, rows in sorted(by_node.items()):
        exchange.leave(node, kind, rows)


def abort(attempts: Sequence[int], reasons: dict[int, str] | None = None) -> None:
    """Record the abort of open attempts in the running transaction, and leave the cancel for their home nodes.

    A hold may be under way or may not have been sent: the cancel is right for both, it leaves a tombstone.
    """
    if not attempts:
        return
    rows = fetch(
        "SELECT id, home_node FROM settlement_attempt WHERE id = ANY(%s) AND state = 'received' ORDER BY id FOR UPDATE",
        [sorted(attempts)],
    )
    _move([number for number, _ in rows], moved(State.RECEIVED, State.ABORTED), reasons)
    _tell("benefit.cancel", rows)


def expire(encounters: Sequence[int] | None = None) -> int:
    """Abort attempts whose deadline has passed, of some encounters or of all; returns how many.

    Attempts that another request is concluding at this moment are left to it.
    """
    rows = fetch(
        "SELECT id FROM settlement_attempt WHERE state = 'received' AND deadline_at <= %s"
        " AND (%s::bigint[] IS NULL OR encounter = ANY(%s)) ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        [now(), encounters, encounters, HOMES_MAX],
    )
    expired = [number for (number,) in rows]
    abort(expired, dict.fromkeys(expired, AttemptAborted().written()))
    return len(expired)


def aborted_by_question(attempts: Sequence[int], home_node: str) -> dict[int, str]:
    """The home node asks: ``settled`` or ``aborted`` of each attempt; what is still open is aborted now.

    An attempt never heard of is recorded as aborted, so that the answer stays true.
    """
    missing = [
        {
            "id": number,
            "action": "settle",
            "message": f"asked {number}",
            "content_hash": "",
            "region": "",
            "institution": "",
            "encounter": number,
            "batch": "",
            "person_number": "",
            "insurance": "",
            "home_region": "",
            "home_node": home_node,
            "total": 0,
        }
        for number in sorted(set(attempts) - set(_lock(attempts)))
    ]
    if missing:
        _record(missing, now())
    states = _lock(attempts)
    open_ = [number for number, state in states.items() if state == State.RECEIVED]
    abort(open_, dict.fromkeys(open_, AttemptAborted().written()))
    return {number: "settled" if state == State.SETTLED else "aborted" for number, state in states.items()}


@dataclass(frozen=True, slots=True)
class BegunVoid:
    """A void that is recorded as an attempt."""

    attempt: int
    settlement: int
    number: str
    encounter_number: str
    institution: str
    person_number: str
    home_node: str
    moment: datetime


def begin_void(message: str, content_hash: str, number: str, encounter_number: str, **whose: str) -> BegunVoid:
    """Record a void as an attempt in the running transaction; the care side's own conditions are checked."""
    named = parse_public_id(encounter_number)
    expire([named[1]] if named else [])
    living = voidable(number, encounter_number, institution=whose["institution"], person_number=whose["person_number"])
    record, moment, attempt = living.record, now(), new_id()
    row = {
        "id": attempt,
        "action": "void",
        "message": message,
        "content_hash": content_hash,
        "region": record.region,
        "institution": record.institution,
        "encounter": record.id,
        "batch": living.batch,
        "person_number": record.person_number,
        "insurance": record.insurance,
        "home_region": record.home_region,
        "home_node": exchange.holder_of(record.home_region),
        "total": living.total,
    }
    if not _record([row], moment):
        raise AttemptOpen(number=record.number)
    return BegunVoid(
        attempt,
        living.id,
        number,
        encounter_number,
        record.institution,
        record.person_number,
        exchange.holder_of(record.home_region),
        moment,
    )


def conclude_void(begun: BegunVoid, details: dict[str, Any] | None = None) -> Voided:
    """Void what the home node holds for it, in the running transaction; the home side is told by the confirm.

    ``details`` say by which message.
    """
    living: Voidable = voidable(
        begun.number, begun.encounter_number, institution=begun.institution, person_number=begun.person_number
    )
    state = _lock([begun.attempt]).get(begun.attempt)
    if state != State.RECEIVED:
        raise AttemptAborted
    voided = void_care_side(living, begun.attempt, begun.moment, details)
    _move([begun.attempt], moved(moved(State.RECEIVED, State.HELD), State.SETTLED))
    _tell("benefit.confirm", [(begun.attempt, begun.home_node)])
    return voided


def numbers_of(number: int, institution: str, person_number: str) -> tuple[str, str]:
    """(settlement number, encounter number) of a settlement by its internal id, for a reversal."""
    rows = fetch(
        "SELECT region, encounter FROM settlement_settlement WHERE id = %s AND institution = %s AND person_number = %s",
        [number, institution, person_number],
    )
    if not rows:
        raise SettlementUnknown(number=number)
    [(region, made_for)] = rows
    return public_id(region, number), public_id(region, made_for)
