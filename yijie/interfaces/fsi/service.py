"""One message in, one answer out: read, check, run the transaction, answer; whatever happens, an answer."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog

from yijie.domain import institution
from yijie.domain.institution import Standing
from yijie.domain.transaction import database_away, in_transaction, reading
from yijie.kernel.dates import now
from yijie.kernel.errors import BrokenInvariant, YijieError
from yijie.kernel.region import is_region

from . import homes, measures
from .answer import reference_number
from .attachment import Attachment, Download
from .call import DOWNLOADING, READING, SETTLING, WRITING, Call, offered
from .certification.watching import observe
from .clients import Profile, profile_of
from .envelope import Envelope, Unopened, opened, parse_request, read_message
from .errors import NotOffered
from .gateway_errors import GatewayRefusal
from .gateways import Headers, authenticate
from .messages import Claim
from .once import once, shaped
from .presenting import done, in_national_words, refused
from .rate import require_rate
from .reading import read_input
from .refused import family_of
from .tables import transaction
from .transactions.sign_in import require_signed_in

log = structlog.get_logger("yijie.fsi")

SERIAL_MAX = 10**10
_serials = itertools.count(secrets.randbelow(SERIAL_MAX // 2))
UNKNOWN_REGION = "000000"
NO_HEADERS: Headers = MappingProxyType({})
OFFERED = offered()


class Unforeseen(YijieError):
    """A failure of ours. Nothing of the message was kept; the number finds it in the log."""

    code = "platform.unforeseen"
    zh = "平台内部错误（编号 {incident}），本次未作任何处理，请用同一 msgid 重试；仍失败请将编号告知运维"
    en = "internal error {incident}; nothing was done, send the same message again and tell the operator the number"


class DatabaseAway(YijieError):
    """The database went away under a message; a commit may have reached it, so nobody may say that nothing was done."""

    code = "busy.database_away"
    zh = "平台数据库暂时不可用（编号 {incident}），本次是否已办理以重发结果为准，请稍后用同一报文重试"
    en = "the database is away for a moment ({incident}); whether this was done, the same message sent again will tell"


@dataclass
class _Passage:
    """What is known of a message on its way; filled in as it is read."""

    received: datetime
    began: float
    region: str = UNKNOWN_REGION
    infno: str = ""
    msgid: str = ""
    profile: Profile | None = None
    reference: str = ""
    message: Unopened | None = None
    envelope: Envelope | None = None

    def read(self, message: Unopened) -> None:
        """Take over what the header says."""
        self.message = message
        region = str(message.header["mdtrtarea_admvs"])
        self.region = region if is_region(region) else UNKNOWN_REGION
        self.infno, self.msgid = message.infno, str(message.header["msgid"])
        self.profile = profile_of(message.institution)

    def ended(self, error: YijieError | None = None) -> dict[str, datetime | str]:
        """Count, log and, under certification, keep the message; what every answer says about itself."""
        self.reference = reference_number(self.region, self.received, next(_serials) % SERIAL_MAX)
        measures.count(
            self.infno,
            error,
            time.perf_counter() - self.began,
            msgid=self.msgid,
            institution=self.profile.institution if self.profile else "",
            reference=self.reference,
        )
        if self.message is not None and self.profile is not None:
            observe(self.message, self.envelope, error)
        return {"reference": self.reference, "received": self.received, "responded": now()}


def answer(
    body: bytes,
    path_infno: str | None = None,
    attachment: Attachment | None = None,
    headers: Headers = NO_HEADERS,
) -> bytes | Download:
    """The response to a request body. Errors become ``infcode`` -1 with a text for the desk.

    ``attachment`` is a file that came beside the message; a transaction that is answered by a file gives it back.
    Raises only :class:`~yijie.interfaces.fsi.gateway_errors.GatewayRefusal`, which is the gateway's to answer.
    """
    passage = _Passage(now(), time.perf_counter(), infno=path_infno or "")
    try:
        message = read_message(body, path_infno)
        passage.read(message)
        return _answered(message, attachment, headers, passage)
    except GatewayRefusal as refusal:
        passage.ended(refusal)
        raise
    except YijieError as error:
        if isinstance(error, BrokenInvariant):
            log.exception("broken invariant", infno=passage.infno, msgid=passage.msgid)
        refusal = error
    except Exception as failure:
        incident = secrets.token_hex(4)
        away = database_away(failure)
        event = "database away" if away else "unforeseen"
        log.exception(event, incident=incident, infno=passage.infno, msgid=passage.msgid)
        refusal = DatabaseAway(incident=incident) if away else Unforeseen(incident=incident)
    return refused(refusal, passage.profile, **passage.ended(refusal))


def refuse(error: YijieError) -> bytes:
    """The response to a request that is not even read."""
    return refused(error, None, **_Passage(now(), time.perf_counter()).ended(error))


def _answered(
    message: Unopened, attachment: Attachment | None, headers: Headers, passage: _Passage
) -> bytes | Download:
    profile = passage.profile
    assert profile is not None  # noqa: S101  read a moment ago
    authenticate(profile, headers, message.infno, message.body)
    require_rate(profile)
    passage.envelope = opened(message, profile)
    output = _run(passage.envelope, attachment, profile)
    told = passage.ended()
    return output if isinstance(output, Download) else done(message.infno, output, profile, **told)


def _run(envelope: Envelope, attachment: Attachment | None, profile: Profile) -> bytes | Download:
    """The transaction's output as JSON bytes, or the file it is answered by."""
    known = transaction(envelope.infno)
    if envelope.infno not in OFFERED:
        family = family_of(envelope.infno)
        raise NotOffered(infno=envelope.infno, name=known.name, why=family.why)
    call = reading(lambda: _call(envelope, attachment, profile))
    if envelope.infno in DOWNLOADING:
        return Download(reading(lambda: DOWNLOADING[envelope.infno](call)))
    node = homes.handed_on_to(call)
    return homes.hand_on(node, call) if node else _perform(call)


def run_handed_on(body: bytes, at: Standing) -> bytes:
    """The output of a transaction that another node hands on to us, because the person is insured here."""
    envelope = parse_request(body)
    if envelope.infno not in homes.HANDED_ON:
        family = family_of(envelope.infno)
        raise NotOffered(infno=envelope.infno, name=transaction(envelope.infno).name, why=family.why)
    return _perform(Call(envelope, read_input(envelope.infno, envelope.input).nodes, at))


def _perform(call: Call) -> bytes:
    envelope = call.envelope
    if envelope.infno in READING:
        return shaped(envelope.infno, reading(lambda: READING[envelope.infno](call)))
    claim = Claim(
        key=(call.at.code, envelope.infno, envelope.msgid),
        content_hash=_content_hash(envelope, call.attachment),
        person_number=call.person_number,
        operator=envelope.opter,
    )
    if envelope.infno in SETTLING:
        return SETTLING[envelope.infno](call, claim).encode()
    homes.identify_elsewhere(call, claim)
    return in_transaction(lambda: once(call, claim, WRITING[call.infno]))


def _content_hash(envelope: Envelope, attachment: Attachment | None) -> str:
    if attachment is None:
        return envelope.content_hash()
    return hashlib.sha256(f"{envelope.content_hash()} {attachment.digest}".encode()).hexdigest()


def _call(envelope: Envelope, attachment: Attachment | None, profile: Profile) -> Call:
    nodes = read_input(envelope.infno, in_national_words(envelope.infno, envelope.input, profile)).nodes
    at = institution.standing(envelope.fixmedins_code)
    at.require_region(envelope.mdtrtarea_admvs)
    homes.require_served_here(at)
    require_signed_in(envelope.sign_no, at.code)
    return Call(envelope, nodes, at, attachment, profile.account_in_funds)
