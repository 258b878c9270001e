"""慢特病备案: a hospital identifies a chronic disease, the bureau approves, and then it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yijie.domain.enrolment import require_insured
from yijie.domain.transaction import in_transaction
from yijie.kernel.dates import now, today
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text

from .errors import ChronicTaken, FilingStateUnfit, FilingUnknown
from .models import ChronicFiling
from .remote import require_dates

State = ChronicFiling.State


@dataclass(frozen=True, slots=True)
class ChronicRequest:
    """A disease that a hospital identified."""

    person_number: str
    insurance: str
    home_region: str
    disease: str
    disease_name: str
    since: date
    until: date | None
    details: dict[str, Any]


def request_chronic(asked: ChronicRequest) -> int:
    """Record a request; the same disease is not asked for twice while one stands. Returns its number."""

    def work() -> int:
        require_dates(asked.since, asked.until)
        require_insured((asked.person_number, asked.insurance, asked.home_region), asked.since)
        standing = ChronicFiling.objects.filter(
            person_number=asked.person_number, disease=asked.disease, withdrawn_at=None
        ).exclude(state=State.REJECTED)
        if any(one.until is None or one.until >= asked.since for one in standing):
            raise ChronicTaken(disease=asked.disease_name)
        return ChronicFiling.objects.create(
            id=new_id(),
            person_number=asked.person_number,
            insurance=asked.insurance,
            disease=asked.disease,
            disease_name=asked.disease_name,
            since=asked.since,
            until=asked.until,
            state=State.REQUESTED,
            details=asked.details,
            requested_at=now(),
            decided_by="",
        ).id

    return in_transaction(work)


def decide_chronic(number: int, *, approved: bool, by: str) -> None:
    """The bureau approves or rejects a request."""

    def work() -> None:
        asked = _standing(number)
        if asked.state != State.REQUESTED:
            raise FilingStateUnfit(
                number=number, state=Text(State(asked.state).label, asked.state), step=Text("办理", "be decided")
            )
        asked.state = State.APPROVED if approved else State.REJECTED
        asked.decided_at, asked.decided_by = now(), by
        asked.save(update_fields=["state", "decided_at", "decided_by"])

    in_transaction(work)


def withdraw_chronic(number: int, person_number: str) -> None:
    """Take a request back; one that the bureau has decided stays."""

    def work() -> None:
        asked = _standing(number)
        if asked.person_number != person_number:
            raise FilingUnknown(number=number)
        if asked.state != State.REQUESTED:
            raise FilingStateUnfit(
                number=number, state=Text(State(asked.state).label, asked.state), step=Text("撤销", "be withdrawn")
            )
        asked.withdrawn_at = now()
        asked.save(update_fields=["withdrawn_at"])

    in_transaction(work)


def _standing(number: int) -> ChronicFiling:
    found = ChronicFiling.objects.select_for_update().filter(id=number, withdrawn_at=None).first()
    if found is None:
        raise FilingUnknown(number=number)
    return found


def chronic_diseases(person_number: str, day: date | None = None) -> list[ChronicFiling]:
    """Approved chronic and special diseases of a person that hold on a day (default: today)."""
    moment = day or today()
    held = ChronicFiling.objects.filter(
        person_number=person_number, withdrawn_at=None, state=State.APPROVED, since__lte=moment
    )
    return [filing for filing in held.order_by("disease") if filing.until is None or filing.until >= moment]
