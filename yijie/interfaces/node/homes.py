"""Asking the node that holds a person's home region; only called where that is another node than this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from yijie.domain import exchange
from yijie.domain.decision import BenefitRequest, Granted, YearUsed
from yijie.domain.enrolment import Insured, Relation, Shown
from yijie.domain.exchange import PeerSilent
from yijie.domain.exchange.asking import error_in
from yijie.domain.settlement import Begun, BegunVoid
from yijie.kernel.errors import YijieError
from yijie.kernel.language import spoken
from yijie.kernel.money import Fen
from yijie.kernel.sm import sm3

HOLD_SECONDS_MAX = 10.0
"""How long a hold is asked for before the attempt is aborted; less than the attempt's own deadline."""
BUSY_SECONDS_MAX = 2.5
"""How long we wait for another hold of the same person to end before the desk is told to ask again."""
PAUSE_SECONDS = 0.05
Sleep = Callable[[float], None]


def plain(value: Any) -> Any:
    """Dataclasses and dates as plain JSON data."""
    return msgspec.to_builtins(value)


def quote(request: BenefitRequest) -> Granted:
    """What the home node would decide now."""
    node = exchange.holder_of(request.home_region)
    return Granted.read(exchange.ask(node, "benefit.quote", {"request": plain(request)}))


def hold(node: str, begun: Sequence[Begun]) -> list[Granted | YijieError]:
    """Ask a node to hold for attempts, again where it is silent or busy, as long as their deadline allows.

    Repeating is safe: a hold is known there by its attempt. A refusal stands in the attempt's place.
    """
    answers: dict[int, Granted | YijieError] = {}
    asked = {one.request.settlement: one.request for one in begun}
    busy_until = time.monotonic() + BUSY_SECONDS_MAX
    silent_until = time.monotonic() + HOLD_SECONDS_MAX
    pause = PAUSE_SECONDS
    while True:
        answers |= _hold_once(node, list(asked.values()), silent_until)
        silent = any(isinstance(answers[number], PeerSilent) for number in asked)
        until = silent_until if silent else busy_until
        asked = {number: asked[number] for number in asked if _ask_again(node, answers[number])}
        if not asked or time.monotonic() + pause > until:
            return [answers[one.request.settlement] for one in begun]
        time.sleep(pause)
        pause *= 1.5


def _ask_again(node: str, answer: object) -> bool:
    """Whether asking again may help: another hold will end, a silent node may hear; one taken to be away will not."""
    if isinstance(answer, PeerSilent):
        return not exchange.is_away(node)
    return isinstance(answer, YijieError) and answer.code.startswith("busy.")


def _hold_once(node: str, requests: Sequence[BenefitRequest], until: float) -> dict[int, Granted | YijieError]:
    body = {"settles": [{"request": plain(request)} for request in requests], "voids": []}
    seconds = max(0.5, min(exchange.KINDS["benefit.hold"].seconds_max, until - time.monotonic()))
    try:
        answer = exchange.ask(node, "benefit.hold", body, seconds=seconds)
    except YijieError as error:
        return {request.settlement: error for request in requests}
    outcomes = zip(requests, answer["settles"], strict=True)
    return {request.settlement: granted_in(outcome) for request, outcome in outcomes}


def granted_in(outcome: dict[str, Any]) -> Granted | YijieError:
    """One hold's outcome as it travelled."""
    return error_in(outcome["error"]) if "error" in outcome else Granted.read(outcome["granted"])


def hold_void(begun: BegunVoid) -> tuple[Insured, Fen]:
    """Ask the home node to hold a void; whom it concerns, and what the account will hold once it is done."""
    until = time.monotonic() + BUSY_SECONDS_MAX
    body = {"settles": [], "voids": [plain(begun)]}
    while True:
        try:
            [outcome] = exchange.ask(begun.home_node, "benefit.hold", body)["voids"]
            if "error" in outcome:
                raise error_in(outcome["error"])
            return msgspec.convert(outcome["insured"], Insured), outcome["account"]
        except YijieError as error:
            if not _ask_again(begun.home_node, error) or time.monotonic() > until:
                raise
        time.sleep(PAUSE_SECONDS)


def facts(relations: Sequence[Relation], day: date) -> dict[Relation, tuple[Insured, Fen]]:
    """Persons insured elsewhere as their home nodes know them, with what their accounts hold; one message a node."""
    by_node: dict[str, list[Relation]] = {}
    for relation in relations:
        by_node.setdefault(exchange.holder_of(relation[2]), []).append(relation)
    found: dict[Relation, tuple[Insured, Fen]] = {}
    for node, asked in by_node.items():
        for row in exchange.ask(node, "person.facts", {"relations": asked, "day": day.isoformat()})["persons"]:
            insured = msgspec.convert(row["insured"], Insured)
            found[insured.person_number, insured.insurance, insured.home_region] = (insured, row["account"])
    return found


def identify(relation: Relation, shown: Shown, institution: str, day: date) -> None:
    """Refuse unless the person at the desk is the one insured at the home node, actively on ``day``."""
    node = exchange.holder_of(relation[2])
    body = {"relations": [relation], "day": day.isoformat(), "shown": plain(shown), "institution": institution}
    exchange.ask(node, "person.facts", body)


def explanation(settlement: int, home_region: str) -> tuple[Any, list[YearUsed]]:
    """How the home region decided on a settlement, as its report, and what the person's year has used up."""
    said = exchange.ask(exchange.holder_of(home_region), "benefit.explain", {"settlement": settlement})
    return said["report"], msgspec.convert(said["used"], list[YearUsed])


def locate(kind: str, number: str) -> str:
    """The node at which a person with a certificate or card is registered, as the hub knows it; empty for nobody.

    Only a digest is sent: the hub learns which node to name, not who is asked for.
    """
    identity = exchange.me()
    if identity is None or not identity.hub or not number:
        return ""
    try:
        answer = exchange.ask(identity.hub, "person.locate", {"digest": digest_of(kind, number)})
    except PeerSilent:
        return ""
    return "" if answer["node"] == identity.code else str(answer["node"])


def digest_of(kind: str, number: str) -> str:
    """What the hub's locator knows a person by: SM3 over the kind of document and its number."""
    return sm3(f"{kind}|{number.upper()}".encode()).hex()


def hand_on(node: str, request: str, at: Any) -> str:
    """Hand a transaction of the national interface on to the home node; its output as JSON text."""
    body = {"request": request, "at": plain(at), "language": spoken()}
    return str(exchange.ask(node, "his.hand_on", body)["output"])
