"""One message in, one answer out: read, check, run the transaction, answer; whatever happens, an answer."""

from __future__ import annotations

import hashlib
import itertools
import logging
import secrets
from datetime import datetime

from yijie.domain import institution
from yijie.domain.transaction import in_transaction, reading
from yijie.kernel.dates import now
from yijie.kernel.errors import BrokenInvariant, YijieError
from yijie.kernel.region import is_region

from . import messages
from .answer import failure, reference_number, success
from .attachment import Attachment, Download
from .call import DOWNLOADING, READING, SETTLING, WRITING, Call, Done
from .envelope import Envelope, parse_request
from .errors import NotOffered
from .messages import Claim, Kept
from .reading import read_input
from .refused import family_of
from .shaping import shape
from .tables import transaction
from .transactions.sign_in import require_signed_in

log = logging.getLogger(__name__)

SERIAL_MAX = 10**10
_serials = itertools.count(secrets.randbelow(SERIAL_MAX // 2))
UNKNOWN_REGION = "000000"
OFFERED = READING.keys() | WRITING.keys() | SETTLING.keys() | DOWNLOADING.keys()
"""Every transaction number this node serves; each module of ``transactions`` has registered its own."""


class Unforeseen(YijieError):
    """A failure of ours. Nothing of the message was kept; the number finds it in the log."""

    code = "platform.unforeseen"
    zh = "平台内部错误（编号 {incident}），本次未作任何处理，请用同一 msgid 重试；仍失败请将编号告知运维"
    en = "internal error {incident}; nothing was done, send the same message again and tell the operator the number"


def answer(body: bytes, path_infno: str | None = None, attachment: Attachment | None = None) -> bytes | Download:
    """The response to a request body. Never raises: errors become ``infcode`` -1 with a text for the desk.

    ``attachment`` is a file that came beside the message; a transaction that is answered by a file gives it back.
    """
    received = now()
    region = UNKNOWN_REGION
    envelope: Envelope | None = None
    try:
        envelope = parse_request(body, path_infno)
        region = envelope.mdtrtarea_admvs if is_region(envelope.mdtrtarea_admvs) else UNKNOWN_REGION
        output = _run(envelope, attachment)
        if isinstance(output, Download):
            return output
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


def _run(envelope: Envelope, attachment: Attachment | None) -> bytes | Download:
    """The transaction's output as JSON bytes, or the file it is answered by."""
    known = transaction(envelope.infno)
    if envelope.infno not in OFFERED:
        family = family_of(envelope.infno)
        raise NotOffered(infno=envelope.infno, name=known.name, why=family.zh, why_en=family.en)
    call = reading(lambda: _call(envelope, attachment))
    if envelope.infno in DOWNLOADING:
        return Download(reading(lambda: DOWNLOADING[envelope.infno](call)))
    if envelope.infno in READING:
        return _shaped(envelope.infno, reading(lambda: READING[envelope.infno](call)))
    claim = Claim(
        key=(call.at.code, envelope.infno, envelope.msgid),
        content_hash=_content_hash(envelope, attachment),
        person_number=call.person_number,
        operator=envelope.opter,
    )
    if envelope.infno in SETTLING:
        return SETTLING[envelope.infno](call, claim).encode()
    return in_transaction(lambda: _once(call, claim))


def _content_hash(envelope: Envelope, attachment: Attachment | None) -> str:
    if attachment is None:
        return envelope.content_hash()
    return hashlib.sha256(f"{envelope.content_hash()} {attachment.digest}".encode()).hexdigest()


def _call(envelope: Envelope, attachment: Attachment | None) -> Call:
    nodes = read_input(envelope.infno, envelope.input).nodes
    at = institution.standing(envelope.fixmedins_code)
    at.require_region(envelope.mdtrtarea_admvs)
    require_signed_in(envelope.sign_no, at.code)
    return Call(envelope, nodes, at, attachment)


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
