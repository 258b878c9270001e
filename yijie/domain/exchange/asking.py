"""Asking another node and waiting for its answer, over whatever carries messages: HTTP, or a simulated network.

Never called inside a database transaction: an answer may take seconds, and locks must not wait for a network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

from yijie.kernel.errors import YijieError, invariant
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text

from .directory import peer
from .envelope import ANSWER, opened, sealed
from .errors import KindUnknown, MessageUnreadable, PeerSilent, ToldByPeer
from .identity import me
from .kinds import KINDS

Transport = Callable[[str, bytes, float], bytes]
"""(address, message, seconds) → answer; raises :class:`PeerSilent` when none came."""

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 5.0
OLDER_SECONDS = 600.0
_carried_by: list[Transport] = []
_older: dict[tuple[str, str, str], tuple[int, float]] = {}
"""Per (we, node, kind): the older version to speak, and until when (monotonic) the newest is not tried again."""
_failures: dict[tuple[str, str], tuple[int, float]] = {}
"""Per (we, node): failures in a row, and until when (monotonic) it is taken to be away."""


def transport_is(transport: Transport) -> None:
    """From now on messages of this process travel over ``transport``."""
    _carried_by[:] = [transport]
    _failures.clear()
    _older.clear()


def ask(node: str, kind: str, body: Any, *, message_id: str = "", seconds: float | None = None) -> Any:
    """The body of another node's answer. A refusal over there is raised as :class:`ToldByPeer`.

    A node that failed several times in a row is not asked for a few seconds: whoever needs it is told at once
    (:class:`PeerSilent`), and then one question finds out whether it is back.
    """
    bodies = dict.fromkeys(KINDS[kind].versions, body)
    return ask_in_versions(node, kind, bodies, message_id=message_id, seconds=seconds)[1]


def ask_in_versions(
    node: str, kind: str, bodies: Mapping[int, Any], *, message_id: str = "", seconds: float | None = None
) -> tuple[int, Any]:
    """As :func:`ask`, with a body for each version we speak; the version that was understood, and what was answered.

    The newest comes first; where the other side does not know it, the next older one is said, and remembered for a
    while, so that nodes of two releases talk and the newer language is used soon after both know it.
    """
    version = _spoken(node, kind, bodies)
    while True:
        try:
            return version, _asked(node, kind, version, bodies[version], message_id or str(new_id()), seconds=seconds)
        except ToldByPeer as refusal:
            older = [known for known in bodies if known < version]
            if refusal.code != KindUnknown.code or not older:
                raise
            version = max(older)
            _older[*_pair(node), kind] = (version, time.monotonic() + OLDER_SECONDS)


def _spoken(node: str, kind: str, bodies: Mapping[int, Any]) -> int:
    version, until = _older.get((*_pair(node), kind), (0, 0.0))
    return version if version in bodies and time.monotonic() < until else max(bodies)


def _asked(node: str, kind: str, version: int, body: Any, message_id: str, *, seconds: float | None) -> Any:
    identity = me()
    invariant(identity is not None, "exchange.in_a_network", kind=kind)
    invariant(not connection.in_atomic_block, "exchange.no_call_in_a_transaction", kind=kind)
    assert identity is not None  # noqa: S101  said by the invariant, for the type checker
    _require_closed(node)
    wire = sealed(node, kind, body, identity=identity, message_id=message_id, version=version)
    try:
        answer = opened(_carried_by[0](peer(node).address, wire, seconds or KINDS[kind].seconds_max))
    except PeerSilent:
        failed(node)
        raise
    _failures.pop(_pair(node), None)
    if (answer.id, answer.sender, answer.kind) != (message_id, node, kind + ANSWER):
        raise MessageUnreadable(why=f"{node}: {answer.kind} {answer.id} ≠ {kind} {message_id}")
    return told(answer.body)


def told(body: Any) -> Any:
    """What an answer says: its result, or the refusal it carries, raised."""
    if "error" in body:
        error = body["error"]
        raise ToldByPeer(told=error["code"], zh=error["zh"], en=error["en"])
    return body["done"]


def error_out(error: YijieError) -> dict[str, str]:
    """A refusal as it travels: its code and its words."""
    return {"code": error.code, "zh": error.text("zh"), "en": error.text("en")}


def error_in(error: dict[str, str]) -> ToldByPeer:
    """A refusal that travelled."""
    return ToldByPeer(told=error["code"], zh=error["zh"], en=error["en"])


def failed(node: str) -> None:
    """Count a failure; enough of them in a row and the node is taken to be away for a while."""
    count = _failures.get(_pair(node), (0, 0.0))[0] + 1
    _failures[_pair(node)] = (count, time.monotonic() + OPEN_SECONDS if count >= FAILURES_TO_OPEN else 0.0)


def is_away(node: str) -> bool:
    """Whether a node is taken to be away at this moment."""
    return time.monotonic() < _failures.get(_pair(node), (0, 0.0))[1]


def _require_closed(node: str) -> None:
    """One question passes when the time is over; it counts as the next failure or clears the count."""
    count, until = _failures.get(_pair(node), (0, 0.0))
    if count >= FAILURES_TO_OPEN:
        if time.monotonic() < until:
            raise PeerSilent(node=node, why=Text("连续多次联系不上，暂停联系", "too many failures in a row"))
        _failures[_pair(node)] = (count, time.monotonic() + OPEN_SECONDS)


def _pair(node: str) -> tuple[str, str]:
    identity = me()
    return (identity.code if identity else "", node)
