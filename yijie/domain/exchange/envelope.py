"""Messages on the wire: canonical JSON (sorted names, no spaces, UTF-8), signed with the sender's SM2 key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from yijie.kernel.dates import now
from yijie.kernel.sm import sign, sm3, verify

from .directory import peer
from .errors import KindUnknown, MessageUnreadable, NotForUs, SignatureWrong, TooOld
from .identity import Identity, me
from .kinds import CLOCKS_APART_MINUTES_MAX, KINDS

ANSWER = ".answer"


class Message(msgspec.Struct, frozen=True):
    """What one node says to another. ``time`` is the sender's clock when it was sent, not when it was written."""

    id: str
    sender: str
    receiver: str
    kind: str
    version: int
    time: datetime
    body: Any

    def digest(self) -> bytes:
        """SM3 over what the message asks for; the time of sending does not count."""
        return sm3(canonical([self.sender, self.kind, self.version, self.body]))


class _Signed(msgspec.Struct):
    message: msgspec.Raw
    signature: str


_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The one way to write a value: names sorted, nothing between the parts, UTF-8."""
    return _ENCODER.encode(value)


def sealed(
    receiver: str, kind: str, body: Any, *, identity: Identity, message_id: str, version: int | None = None
) -> bytes:
    """A message of ours as bytes for the wire, in the newest version we speak where none is given."""
    version = version or max(KINDS[kind.removesuffix(ANSWER)].versions)
    text = canonical(Message(message_id, identity.code, receiver, kind, version, now(), body))
    return canonical({"message": msgspec.Raw(text), "signature": sign(identity.private, text).hex()})


def peeked(wire: bytes) -> Message:
    """A message as it claims to be, nothing proved yet."""
    try:
        return msgspec.json.decode(msgspec.json.decode(wire, type=_Signed).message, type=Message)
    except msgspec.DecodeError as error:
        raise MessageUnreadable(why=error) from error


def opened(wire: bytes) -> Message:
    """A message for us whose sender, signature, time, kind and version are in order."""
    claimed = peeked(wire)
    signed = msgspec.json.decode(wire, type=_Signed)
    identity = me()
    if identity is None or claimed.receiver != identity.code:
        raise NotForUs(receiver=claimed.receiver)
    _require_signature(claimed, signed)
    if abs(now() - claimed.time) > timedelta(minutes=CLOCKS_APART_MINUTES_MAX):
        raise TooOld(node=claimed.sender, time=claimed.time.isoformat(), minutes=CLOCKS_APART_MINUTES_MAX)
    kind = KINDS.get(claimed.kind.removesuffix(ANSWER))
    if kind is None or claimed.version not in kind.versions:
        raise KindUnknown(kind=claimed.kind, version=claimed.version, known=kind.versions if kind else "–")
    return claimed


def _require_signature(claimed: Message, signed: _Signed) -> None:
    sender = peer(claimed.sender)
    text = canonical(msgspec.json.decode(signed.message))
    try:
        signature = bytes.fromhex(signed.signature)
    except ValueError as error:
        raise SignatureWrong(node=sender.code) from error
    moment = now()
    skew = timedelta(minutes=CLOCKS_APART_MINUTES_MAX)
    for public, since, until in sender.keys:
        in_force = since - skew <= moment and (until is None or moment < until + skew)
        if in_force and verify(public, text, signature):
            return
    raise SignatureWrong(node=sender.code)
