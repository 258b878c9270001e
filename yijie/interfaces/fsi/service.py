"""One message in, one answer out: read, check, run the transaction, answer; whatever happens, an answer."""

from __future__ import annotations

import itertools
import logging
import secrets
from datetime import datetime

from yijie.domain import institution
from yijie.domain.institution import Standing
from yijie.domain.transaction import in_transaction, reading
from yijie.kernel.dates import now
from yijie.kernel.errors import BrokenInvariant, YijieError
from yijie.kernel.region import is_region

from . import homes
from .answer import failure, reference_number, success
from .call import READING, SETTLING, WRITING, Call
from .envelope import Envelope, parse_request
from .errors import NotOffered
from .messages import Claim
from .once import once, shaped
from .reading import read_input
from .tables import transaction
from .transactions.sign_in import require_signed_in

log = logging.getLogger(__name__)

SERIAL_MAX = 10**10
_serials = itertools.count(secrets.randbelow(SERIAL_MAX // 2))
UNKNOWN_REGION = "000000"
OFFERED = READING.keys() | WRITING.keys() | SETTLING.keys()
"""Every transaction number this node serves; each module of ``transactions`` has registered its own."""


class Unforeseen(YijieError):
    """A failure of ours. Nothing of the message was kept; the number finds it in the log."""

    code = "platform.unforeseen"
    zh = "平台内部错误（编号 {incident}），本次未作任何处理，请用同一 msgid 重试；仍失败请将编号告知运维"
    en = "internal error {incident}; nothing was done, send the same message again and tell the operator the number"


def answer(body: bytes, path_infno: str | None = None) -> bytes:
    """The response to a request body. Never raises: errors become ``infcode`` -1 with a text for the desk."""
    received = now()
    region = UNKNOWN_REGION
    envelope: Envelope | None = None
    try:
        envelope = parse_request(body, path_infno)
        region = envelope.mdtrtarea_admvs if is_region(envelope.mdtrtarea_admvs) else UNKNOWN_REGION
        output = _run(envelope)
    except YijieError as error:
        if isinstance(error, BrokenInvariant):
            log.exception("broken invariant in transaction %s", path_infno or _infno_of(envelope))
        return failure(error, reference=_reference(region, received), received=received, responded=now())
    except Exception:
        incident = secrets.token_hex(4)
        log.exception("incident %s in transaction %s", incident, path_infno or _infno_of(envelope))
        error = Unforeseen(incident=incident)
        return failure(error, reference=_reference(region, received), received=received, responded=now())
    return success(output, reference=_reference(region, received), received=received, responded=now())


def refuse(error: YijieError) -> bytes:
    """The response to a request that is not even read."""
    received = now()
    return failure(error, reference=_reference(UNKNOWN_REGION, received), received=received, responded=received)


def _infno_of(envelope: Envelope | None) -> str:
    return envelope.infno if envelope else "unread"


def _reference(region: str, moment: datetime) -> str:
    return reference_number(region, moment, next(_serials) % SERIAL_MAX)


def _run(envelope: Envelope) -> bytes:
    """The transaction's output as JSON bytes."""
    known = transaction(envelope.infno)
    if envelope.infno not in OFFERED:
        raise NotOffered(infno=envelope.infno, name=known.name)
    call = reading(lambda: _call(envelope))
    node = homes.handed_on_to(call)
    return homes.hand_on(node, call) if node else _perform(call)


def run_handed_on(body: bytes, at: Standing) -> bytes:
    """The output of a transaction that another node hands on to us, because the person is insured here."""
    envelope = parse_request(body)
    if envelope.infno not in homes.HANDED_ON:
        raise NotOffered(infno=envelope.infno, name=transaction(envelope.infno).name)
    return _perform(Call(envelope, read_input(envelope.infno, envelope.input).nodes, at))


def _perform(call: Call) -> bytes:
    envelope = call.envelope
    if envelope.infno in READING:
        return shaped(envelope.infno, reading(lambda: READING[envelope.infno](call)))
    claim = Claim(
        key=(call.at.code, envelope.infno, envelope.msgid),
        content_hash=envelope.content_hash(),
        person_number=call.person_number,
        operator=envelope.opter,
    )
    if envelope.infno in SETTLING:
        return SETTLING[envelope.infno](call, claim).encode()
    homes.identify_elsewhere(call, claim)
    return in_transaction(lambda: once(call, claim, WRITING[call.infno]))


def _call(envelope: Envelope) -> Call:
    nodes = read_input(envelope.infno, envelope.input).nodes
    at = institution.standing(envelope.fixmedins_code)
    at.require_region(envelope.mdtrtarea_admvs)
    homes.require_served_here(at)
    require_signed_in(envelope.sign_no, at.code)
    return Call(envelope, nodes, at)
