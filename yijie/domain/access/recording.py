"""Who did or saw what, when, from where: one row each, in the transaction of what it tells of where there is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from yijie.kernel.dates import now
from yijie.kernel.ids import new_id

from .connection import as_platform
from .models import Event


@dataclass(frozen=True, slots=True)
class Happened:
    """What is to be put on record; a region and an institution say who may later read it."""

    username: str
    action: str
    subject: str = ""
    person_number: str = ""
    region: str = ""
    institution: str = ""
    address: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def record(happened: Happened) -> None:
    """Put on record."""
    with as_platform():
        Event.objects.create(
            id=new_id(),
            at=now(),
            username=happened.username,
            action=happened.action,
            subject=happened.subject,
            person_number=happened.person_number,
            region=happened.region,
            institution=happened.institution,
            address=happened.address,
            details=happened.details,
        )
