"""Answering other nodes: what each kind of message does here. ``docs/nodes.md`` describes the bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from yijie.domain import decision, enrolment, exchange, ledger, settlement
from yijie.domain.decision import BenefitRequest, Granted
from yijie.domain.enrolment import Shown
from yijie.domain.exchange import Message, NotYours
from yijie.domain.exchange.asking import error_out
from yijie.domain.exchange.inbox import Handler
from yijie.domain.exchange.kinds import HOLD_ASKS_AFTER_SECONDS
from yijie.domain.institution import Standing
from yijie.domain.settlement import BegunVoid
from yijie.domain.transaction import fetch
from yijie.kernel.errors import YijieError
from yijie.kernel.language import speaking

from .bodies import require_readable


def _require_care(message: Message, region: str) -> None:
    """The sender may speak only for regions that it holds."""
    if not exchange.holds(message.sender, region):
        raise NotYours(node=message.sender, region=region)


def _require_home(message: Message, region: str) -> None:
    """We answer only for regions that we hold."""
    if not exchange.is_here(region):
        raise NotYours(node=message.sender, region=region)


def _request(message: Message, body: Any) -> BenefitRequest:
    request = msgspec.convert(body, BenefitRequest)
    _require_care(message, request.care_region)
    _require_home(message, request.home_region)
    return request


def quote(message: Message) -> Any:
    """benefit.quote: what would be decided now."""
    return msgspec.to_builtins(Granted.of(decision.quote(_request(message, message.body["request"]))))


def hold(message: Message) -> Any:
    """benefit.hold: decide and hold settlements, hold voids."""
    requests = [_request(message, one["request"]) for one in message.body["settles"]]
    outcomes = decision.hold_for_node(requests, message.sender, asks_after=HOLD_ASKS_AFTER_SECONDS) if requests else []
    return {
        "settles": [
            {"error": error_out(o)} if isinstance(o, YijieError) else {"granted": msgspec.to_builtins(o)}
            for o in outcomes
        ],
        "voids": [_hold_void(message, one) for one in message.body["voids"]],
    }


def _hold_void(message: Message, body: Any) -> Any:
    begun = msgspec.convert(body, BegunVoid)
    try:
        person = decision.hold_void_for_node(
            begun.attempt, begun.settlement, begun.moment, message.sender, asks_after=HOLD_ASKS_AFTER_SECONDS
        )
    except YijieError as refusal:
        return {"error": error_out(refusal)}
    account = (person.home_region, person.person_number)
    [(paid,)] = fetch(
        "SELECT coalesce(sum((paid->>'account')::bigint), 0)::bigint FROM decision_hold"
        " WHERE settlement = %s AND action = 'settle'",
        [begun.settlement],
    )
    held = ledger.personal_accounts([account])[account] + paid
    return {"insured": msgspec.to_builtins(person), "account": held}


def confirm(message: Message) -> Any:
    """benefit.confirm: the care node settled or voided."""
    attempts = [item["attempt"] for item in message.body["items"]]
    return _outcomes(attempts, decision.confirm_holds(attempts, message.sender))


def cancel(message: Message) -> Any:
    """benefit.cancel: the care node aborted."""
    attempts = [item["attempt"] for item in message.body["items"]]
    return _outcomes(attempts, decision.cancel_holds(attempts, message.sender))


def _outcomes(attempts: list[int], outcomes: dict[int, YijieError | None]) -> Any:
    told = (outcomes[attempt] for attempt in attempts)
    return {"outcomes": [{} if outcome is None else {"error": error_out(outcome)} for outcome in told]}


def asked(message: Message) -> Any:
    """attempt.ask: the home node asks what became of attempts it holds for."""
    states = settlement.aborted_by_question(message.body["attempts"], message.sender)
    return {"states": [[attempt, states[attempt]] for attempt in message.body["attempts"]]}


def facts(message: Message) -> Any:
    """person.facts: persons insured here, with their accounts; identity checked where the desk says what was shown."""
    relations = [(r[0], r[1], r[2]) for r in message.body["relations"]]
    for relation in relations:
        _require_home(message, relation[2])
    day = date.fromisoformat(message.body["day"])
    found = enrolment.insured([(relation, day) for relation in relations])
    if "shown" in message.body:
        [relation] = relations
        person = found.get(relation)
        if person is None:
            raise enrolment.why_missing(relation)
        shown, at = msgspec.convert(message.body["shown"], Shown), message.body["institution"]
        person.require_active(day)
        enrolment.require_same_person(shown, person, enrolment.owners_of([(shown, at)]).get((shown, at)))
    accounts = ledger.personal_accounts([(p.home_region, p.person_number) for p in found.values()]) if found else {}
    return {
        "persons": [
            {"insured": msgspec.to_builtins(p), "account": accounts[p.home_region, p.person_number]}
            for p in found.values()
        ]
    }


def hand_on(message: Message) -> Any:
    """his.hand_on: a transaction of the national interface about a person insured here."""
    from yijie.interfaces.fsi.service import run_handed_on  # noqa: PLC0415  the interface asks nodes, and answers them

    at = msgspec.convert(message.body["at"], Standing)
    _require_care(message, at.pool)
    with speaking(message.body.get("language", "zh")):
        return {"output": run_handed_on(message.body["request"].encode(), at).decode()}


def explain(message: Message) -> Any:
    """benefit.explain: how the decision on a settlement came about."""
    body = message.body
    rows = fetch(
        "SELECT care_region, person_number, year FROM decision_decision WHERE settlement = %s", [body["settlement"]]
    )
    for care_region, person_number, year in rows:
        _require_care(message, care_region)
        return {
            "report": msgspec.to_builtins(decision.explanation_of(body["settlement"])),
            "used": msgspec.to_builtins(decision.accumulators_of(person_number, year)),
        }
    raise decision.DecisionUnknown(settlement=body["settlement"])


def positions(_message: Message) -> Any:
    """positions.read: what is owed between two regions, by month of settlement; sums, nobody's settlements."""
    rows = fetch(
        "SELECT to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), account, region, owner, sum(amount)::bigint"
        " FROM ledger_posting WHERE account IN ('to_care', 'from_home') AND region <> owner"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    return {"rows": [list(row) for row in rows]}


HANDLERS: dict[str, Handler] = {
    "benefit.quote": quote,
    "benefit.hold": hold,
    "benefit.confirm": confirm,
    "benefit.cancel": cancel,
    "attempt.ask": asked,
    "person.facts": facts,
    "his.hand_on": hand_on,
    "benefit.explain": explain,
    "positions.read": positions,
}
"""What a node answers; the hub answers more (see ``hub.py``)."""


def receive(wire: bytes) -> bytes:
    """The answer to a message from another node."""
    from .feeds import FEEDS  # noqa: PLC0415  feeds read what handlers of both roles share

    return exchange.receive(wire, {kind: _reading(handler) for kind, handler in (HANDLERS | FEEDS).items()})


def _reading(handler: Handler) -> Handler:
    def handle(message: Message) -> Any:
        require_readable(message)
        return handler(message)

    return handle


def moment_in(text: str) -> datetime:
    """A moment as it travelled."""
    return datetime.fromisoformat(text)
