"""Watching an institution under certification: every message it sends is kept with what was found about it."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

import structlog

from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi.envelope import Envelope, Unopened, content_hash
from yijie.interfaces.fsi.errors import FieldError, err_msg
from yijie.interfaces.fsi.models import Certification, Observation
from yijie.interfaces.fsi.reading import input_errors
from yijie.interfaces.fsi.tables import transaction_numbers
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

from .strictness import Finding, masked, remarks

REMEMBERED_SECONDS_MAX = 2.0
OBSERVATIONS_MAX = 5000
"""Messages kept of one certification; what comes after is answered and not kept."""
TOKEN_BYTES = 24

log = structlog.get_logger("yijie.fsi")


def begin(institution: str, kind: str) -> Certification:
    """The certification of an institution that is under way, begun where there is none."""
    fresh = {"kind": kind, "token": secrets.token_urlsafe(TOKEN_BYTES), "began_at": now()}
    found, _ = Certification.objects.get_or_create(institution=institution, ended_at=None, defaults=fresh)
    return found


def end(certification: Certification) -> None:
    """Stop watching; the page stays."""
    Certification.objects.filter(pk=certification.pk).update(ended_at=now())


class _Watched:
    """Institution → certification under way, as this process last asked."""

    lock = threading.Lock()
    asked = -REMEMBERED_SECONDS_MAX
    under_way: dict[str, int] = {}  # noqa: RUF012  replaced whole under the lock


def certification_of(institution: str) -> int | None:
    """The certification that an institution is under; asked of the database every two seconds for all at once."""
    with _Watched.lock:
        if time.monotonic() - _Watched.asked >= REMEMBERED_SECONDS_MAX:
            rows = Certification.objects.filter(ended_at=None).values_list("institution", "pk")
            _Watched.under_way, _Watched.asked = dict(rows), time.monotonic()
        return _Watched.under_way.get(institution)


def observe(message: Unopened, envelope: Envelope | None, error: YijieError | None) -> None:
    """Keep a message of an institution under certification. Never harms the message: a failure is logged."""
    try:
        certification = certification_of(message.institution)
        if certification is not None:
            in_transaction(lambda: _keep(certification, message, envelope, error))
    except Exception:
        log.exception("not observed", infno=message.infno)


def _keep(certification: int, message: Unopened, envelope: Envelope | None, error: YijieError | None) -> None:
    if Observation.objects.filter(certification=certification).count() >= OBSERVATIONS_MAX:
        return
    payload = envelope.input if envelope else {}
    known = message.infno in transaction_numbers()
    Observation.objects.create(
        certification_id=certification,
        infno=message.infno[:10],
        msgid=str(message.header["msgid"]),
        content=content_hash(message.infno, str(message.header.get("insuplc_admdvs", "")), payload),
        seen_at=now(),
        code=error.code if error else "",
        text=err_msg(error) if error else "",
        request=[place.as_json() for place in masked(message.infno, payload)] if known else [],
        findings=[finding.as_json() for finding in _findings(message.infno, payload, error)] if known else [],
    )


def _findings(infno: str, payload: dict[str, Any], error: YijieError | None) -> list[Finding]:
    """Every error of the fields, not only the first one that the answer told, then the remarks."""
    errors = [_finding(one) for one in input_errors(infno, payload)] if isinstance(error, YijieError) else []
    return [*errors, *remarks(infno, payload)]


def _finding(error: YijieError) -> Finding:
    path = str(error.facts["path"]) if isinstance(error, FieldError) else str(error.facts.get("node", ""))
    return Finding(path, error.code, error.text("zh"), error.text("en"))
