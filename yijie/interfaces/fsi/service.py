"""One message in, one answer out: read, check, run the transaction, answer; whatever happens, an answer."""

from __future__ import annotations

import itertools
import logging
import secrets
from datetime import datetime
from types import MappingProxyType

from yijie.domain import institution
from yijie.domain.transaction import in_transaction, reading
from yijie.kernel.dates import now
from yijie.kernel.errors import BrokenInvariant, YijieError
from yijie.kernel.region import is_region

from . import messages
from .answer import reference_number
from .call import READING, SETTLING, WRITING, Call, Done
from .clients import Profile, profile_of
from .envelope import Envelope, Unopened, opened, read_message
from .errors import NotOffered
from .gateway_errors import GatewayRefusal
from .gateways import Headers, authenticate
from .messages import Claim, Kept
from .presenting import done, in_national_words, refused
from .reading import read_input
from .shaping import shape
from .tables import transaction
from .transactions.sign_in import require_signed_in

log = logging.getLogger(__name__)

SERIAL_MAX = 10**10
_serials = itertools.count(secrets.randbelow(SERIAL_MAX // 2))
UNKNOWN_REGION = "000000"
NO_HEADERS: Headers = MappingProxyType({})
OFFERED = READING.keys() | WRITING.keys() | SETTLING.keys()
"""Every transaction number this node serves; each module of ``transactions`` has registered its own."""


class Unforeseen(YijieError):
    """A failure of ours. Nothing of the message was kept; the number finds it in the log."""

    code = "platform.unforeseen"
    zh = "平台内部错误（编号 {incident}），本次未作任何处理，请用同一 msgid 重试；仍失败请将编号告知运维"
    en = "internal error {incident}; nothing was done, send the same message again and tell the operator the number"


def answer(body: bytes, path_infno: str | None = None, headers: Headers = NO_HEADERS) -> bytes:
    """The response to a request body. Errors become ``infcode`` -1 with a text for the desk.

    Raises only :class:`~yijie.interfaces.fsi.gateway_errors.GatewayRefusal`, which is the gateway's to answer.
    """
    received = now()
    region, infno, profile = UNKNOWN_REGION, path_infno or "unread", None
    try:
        message = read_message(body, path_infno)
        region, infno = _region_of(message), message.infno
        profile = profile_of(message.institution)
        authenticate(profile, headers, infno, body)
        output = _run(opened(message, profile), profile)
        reference = _reference(region, received)
        return done(infno, output, profile, reference=reference, received=received, responded=now())
    except GatewayRefusal:
        raise
    except YijieError as error:
        if isinstance(error, BrokenInvariant):
            log.exception("broken invariant in transaction %s", infno)
        refusal = error
    except Exception:
        incident = secrets.token_hex(4)
        log.exception("incident %s in transaction %s", incident, infno)
        refusal = Unforeseen(incident=incident)
    return refused(refusal, profile, reference=_reference(region, received), received=received, responded=now())


def refuse(error: YijieError) -> bytes:
    """The response to a request that is not even read."""
    received = now()
    return refused(error, None, reference=_reference(UNKNOWN_REGION, received), received=received, responded=received)


def _region_of(message: Unopened) -> str:
    region = str(message.header["mdtrtarea_admvs"])
    return region if is_region(region) else UNKNOWN_REGION


def _reference(region: str, moment: datetime) -> str:
    return reference_number(region, moment, next(_serials) % SERIAL_MAX)


def _run(envelope: Envelope, profile: Profile) -> bytes:
    """The transaction's output as JSON bytes."""
    known = transaction(envelope.infno)
    if envelope.infno not in OFFERED:
        raise NotOffered(infno=envelope.infno, name=known.name)
    call = reading(lambda: _call(envelope, profile))
    if envelope.infno in READING:
        return _shaped(envelope.infno, reading(lambda: READING[envelope.infno](call)))
    claim = Claim(
        key=(call.at.code, envelope.infno, envelope.msgid),
        content_hash=envelope.content_hash(),
        person_number=call.person_number,
        operator=envelope.opter,
    )
    if envelope.infno in SETTLING:
        return SETTLING[envelope.infno](call, claim).encode()
    return in_transaction(lambda: _once(call, claim))


def _call(envelope: Envelope, profile: Profile) -> Call:
    nodes = read_input(envelope.infno, in_national_words(envelope.input, profile)).nodes
    at = institution.standing(envelope.fixmedins_code)
    at.require_region(envelope.mdtrtarea_admvs)
    require_signed_in(envelope.sign_no, at.code)
    return Call(envelope, nodes, at)


def _once(call: Call, claim: Claim) -> bytes:
    """Run a writing transaction under its claim; a repeated message gets the answer kept from the first time."""
    seen = messages.claim([claim])[claim.key]
    if isinstance(seen, YijieError):
        raise seen
    if isinstance(seen, Kept):
        return seen.output.encode()
    done = WRITING[call.infno](call)
    output = _shaped(call.infno, done)
    messages.keep([(claim.key, done.subject, output.decode())])
    return output


def _shaped(infno: str, done: Done) -> bytes:
    return shape(infno, {} if done.output is None else done.output)
