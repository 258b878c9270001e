"""Designated institutions (人员定点) of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yijie.domain.enrolment import require_person
from yijie.domain.transaction import fetch, in_transaction, json_text
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id

from .errors import DesignationTaken, FilingUnknown
from .models import Designation
from .remote import require_dates


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's choice of an institution for one sort of business."""

    person_number: str
    business: str
    rank: str
    institution: str
    institution_name: str
    since: date
    until: date | None
    note: str
    details: dict[str, Any]


def designate(choice: Choice) -> int:
    """Record a designated institution of a registered person; the rank must be free. Returns its number."""

    def work() -> int:
        require_person(choice.person_number)
        require_dates(choice.since, choice.until)
        taken = Designation.objects.filter(
            person_number=choice.person_number, business=choice.business, rank=choice.rank, withdrawn_at=None
        ).first()
        if taken:
            raise DesignationTaken(rank=choice.rank, institution=taken.institution_name)
        return Designation.objects.create(
            id=new_id(),
            **{name: getattr(choice, name) for name in Choice.__slots__},
        ).id

    return in_transaction(work)


def withdraw(number: int, person_number: str) -> None:
    """Withdraw a designation of that person. Doing it twice is the same as once."""
    changed = Designation.objects.filter(id=number, person_number=person_number)
    if not changed.exists():
        raise FilingUnknown(number=number)
    changed.filter(withdrawn_at=None).update(withdrawn_at=now())


FAMILY_DOCTOR = "05"
"""biz_appy_type 家庭医生签约登记: some pools pay more at the institution a person has signed with."""


def contracted(pairs: Sequence[tuple[str, str]], day: date) -> set[tuple[str, str]]:
    """Of (person number, institution) those who have signed with it as their family doctor, in one statement."""
    rows = fetch(
        "SELECT k.person, k.institution FROM json_to_recordset(%s::json) AS k (person text, institution text)"
        " JOIN filing_designation d ON d.person_number = k.person AND d.institution = k.institution"
        " WHERE d.business = %s AND d.withdrawn_at IS NULL AND d.since <= %s AND coalesce(d.until >= %s, true)",
        [json_text([{"person": p, "institution": i} for p, i in pairs]), FAMILY_DOCTOR, day, day],
    )
    return {(person, institution) for person, institution in rows}


def designations(person_number: str, business: str) -> list[Designation]:
    """A person's designated institutions of a business, by rank."""
    chosen = Designation.objects.filter(person_number=person_number, withdrawn_at=None)
    return list(chosen.filter(business=business).order_by("rank"))
