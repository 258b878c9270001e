"""Settling from a desk: the intention is stored first, so that whatever happens afterwards the outcome can be found.

sent → settled | refused | withdrawn. What stays *sent* is an unknown outcome: ask by our own message id; where the
platform never did it, withdraw it (2601 leaves a tombstone), so that it cannot take effect late.
"""

from __future__ import annotations

from typing import Any

from yijie.domain import access
from yijie.domain.encounter import Record
from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi.models import Message
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.money import Fen

from .client import DeskRefused, ask, body_of, send
from .models import Attempt
from .page import DeskRequest, note

SETTLE_STAY, SETTLE_VISIT = "2304", "2207"


def settle(
    request: DeskRequest, record: Record, payload: dict[str, Any], *, name: str, total: Fen, msgid: str
) -> Attempt:
    """Settle a stay or a visit; returns how it ended. A second call with the same message id finds the first."""
    infno = SETTLE_STAY if record.stay else SETTLE_VISIT
    body = body_of(request, infno, payload, insured_in=record.home_region, msgid=msgid)
    with access.as_platform():
        attempt, fresh = Attempt.objects.get_or_create(
            institution=record.institution,
            infno=infno,
            msgid=msgid,
            defaults={
                "id": new_id(),
                "region": record.region,
                "encounter": record.number,
                "person_number": record.person_number,
                "person_name": name,
                "total": total,
                "body": body,
                "sent_at": now(),
                "sent_by": request.user.get_username(),
            },
        )
    if fresh:
        deliver(request, attempt)
    return attempt


def deliver(request: DeskRequest, attempt: Attempt) -> None:
    """Send an attempt's message, first or again, and keep how it ended."""
    try:
        output = send(bytes(attempt.body))
    except DeskRefused as refused:
        _end(request, attempt, Attempt.State.REFUSED, said=refused.facts["said"])
    else:
        _end(request, attempt, Attempt.State.SETTLED, settlement=output["setlinfo"]["setl_id"])


def resolve(request: DeskRequest, attempt: Attempt) -> None:
    """Find out what became of an unknown outcome: done after all, or withdrawn for good."""
    made = Message.objects.filter(institution=attempt.institution, infno=attempt.infno, msgid=attempt.msgid).first()
    if made and made.state == Message.State.DONE and made.subject:
        _end(request, attempt, Attempt.State.SETTLED, settlement=public_id(attempt.region, made.subject))
        return
    row = {"psn_no": attempt.person_number, "omsgid": attempt.msgid, "oinfno": attempt.infno}
    ask(request, "2601", {"data": row})
    _end(request, attempt, Attempt.State.WITHDRAWN)


def _end(request: DeskRequest, attempt: Attempt, state: Attempt.State, *, settlement: str = "", said: str = "") -> None:
    def work() -> None:
        ended = {"state": state, "settlement": settlement, "said": said[:500], "ended_at": now()}
        if Attempt.objects.filter(id=attempt.id, state=Attempt.State.SENT).update(**ended):
            note(
                request,
                "settled" if state == Attempt.State.SETTLED else "outcome_resolved",
                settlement or attempt.msgid,
                person_number=attempt.person_number,
                region=attempt.region,
                institution=attempt.institution,
            )
        for name, value in ended.items():
            setattr(attempt, name, value)

    with access.as_platform():
        in_transaction(work)
