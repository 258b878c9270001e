"""What comes in: opened, proved, done once, answered; what is not taken is recorded."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from yijie.domain.transaction import execute, fetch, in_transaction, reading
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

from .asking import error_out
from .envelope import ANSWER, Message, canonical, opened, peeked, sealed
from .errors import IdReused, KindUnknown, MessageUnreadable
from .identity import me
from .kinds import KINDS

log = logging.getLogger(__name__)

Handler = Callable[[Message], Any]
TEXT_MAX = 500


class PeerFailed(YijieError):
    """A failure inside the node that was asked; nothing of the message was kept there."""

    code = "exchange.peer_failed"
    zh = "对方节点内部错误（编号 {incident}），未作任何处理"
    en = "internal error {incident} at the node that was asked; nothing was done"


def receive(wire: bytes, handlers: Mapping[str, Handler]) -> bytes:
    """The answer to a message, as bytes. Never raises: refusals travel back as signed answers."""
    try:
        message = reading(lambda: opened(wire))
    except YijieError as error:
        return _refused(wire, error)
    try:
        handler = _handler_of(message, handlers)
        if KINDS[message.kind].command:
            body = in_transaction(lambda: _once(message, handler))
        else:
            body = canonical({"done": reading(lambda: handler(message))})
    except YijieError as error:
        body = canonical({"error": error_out(error)})
        if error.code.startswith("exchange."):
            _record(message, error)
    except Exception:
        incident = secrets.token_hex(4)
        log.exception("incident %s in %s from %s", incident, message.kind, message.sender)
        body = canonical({"error": error_out(PeerFailed(incident=incident))})
    return _answer(message, body)


KEPT = timedelta(days=1)
"""How long answers to commands are kept; a message older than the clocks' tolerance is refused anyway."""
FORGOTTEN_AT_ONCE_MAX = 5_000


def forget_old_answers() -> int:
    """Remove answers nobody can ask for again; a bounded number at a time."""
    return execute(
        "DELETE FROM exchange_incoming WHERE (sender, id) IN"
        " (SELECT sender, id FROM exchange_incoming WHERE at < %s LIMIT %s)",
        [now() - KEPT, FORGOTTEN_AT_ONCE_MAX],
    )


def _handler_of(message: Message, handlers: Mapping[str, Handler]) -> Handler:
    handler = handlers.get(message.kind)
    if handler is None:
        raise KindUnknown(kind=message.kind, version=message.version, known="–")
    return handler


def _once(message: Message, handler: Handler) -> bytes:
    """Do a command under its id; one that comes again is given the answer kept from the first time."""
    digest = message.digest()
    claimed = execute(
        "INSERT INTO exchange_incoming (sender, id, digest, answer, at) VALUES (%s, %s, %s, '', %s)"
        " ON CONFLICT DO NOTHING",
        [message.sender, message.id, digest, now()],
    )
    if not claimed:
        [(kept, answer)] = fetch(
            "SELECT digest, answer FROM exchange_incoming WHERE sender = %s AND id = %s", [message.sender, message.id]
        )
        if bytes(kept) != digest:
            raise IdReused(id=message.id)
        return str(answer).encode()
    body = canonical({"done": handler(message)})
    execute(
        "UPDATE exchange_incoming SET answer = %s WHERE sender = %s AND id = %s",
        [body.decode(), message.sender, message.id],
    )
    return body


def _answer(message: Message, body: bytes) -> bytes:
    # In the version of the question, which whoever asked must be able to read.
    identity = me()
    assert identity is not None  # noqa: S101  opened() has refused messages to nobody
    kind = message.kind + ANSWER
    return sealed(
        message.sender, kind, msgspec.Raw(body), identity=identity, message_id=message.id, version=message.version
    )


def _refused(wire: bytes, error: YijieError) -> bytes:
    """The answer to a message that proves nothing: signed where we know whom to answer, recorded in any case."""
    identity = me()
    try:
        claimed = peeked(wire)
    except MessageUnreadable:
        _record(None, error)
        return canonical({"error": error_out(error)})
    _record(claimed, error)
    if identity is None or claimed.kind not in KINDS:
        return canonical({"error": error_out(error)})
    return _answer(claimed, canonical({"error": error_out(error)}))


def _record(message: Message | None, error: YijieError) -> None:
    execute(
        "INSERT INTO exchange_refusal (at, sender, message, kind, code, text) VALUES (%s, %s, %s, %s, %s, %s)",
        [
            now(),
            (message.sender if message else "")[:20],
            (message.id if message else "")[:40],
            (message.kind if message else "")[:40],
            error.code,
            error.text("zh")[:TEXT_MAX],
        ],
    )
