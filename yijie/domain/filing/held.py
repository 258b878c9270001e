"""All of a person's filings that hold on a day: chronic diseases, choices of institutions, remote care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yijie.domain.transaction import fetch

CHRONIC, DESIGNATION = "chronic", "designation"


@dataclass(frozen=True, slots=True)
class HeldFiling:
    """An approved filing: ``kind`` is :data:`CHRONIC`, :data:`DESIGNATION` or the kind of a remote-care filing."""

    id: int
    kind: str
    business: str
    """of a designation: 业务申请类型"""
    disease: str
    disease_name: str
    since: date
    until: date | None


HOLDS = "person_number = %(person)s AND since <= %(day)s AND coalesce(until >= %(day)s, true)"
HELD = f"""
SELECT id, '{CHRONIC}', '', disease, disease_name, since, until FROM filing_chronicfiling
WHERE {HOLDS} AND state = 'approved' AND withdrawn_at IS NULL
UNION ALL
SELECT id, '{DESIGNATION}', business, '', '', since, until FROM filing_designation
WHERE {HOLDS} AND withdrawn_at IS NULL
UNION ALL
SELECT id, kind, '', coalesce(details->>'diagnosis_code', ''), coalesce(details->>'diagnosis_name', ''), since, until
FROM filing_filing WHERE {HOLDS} AND state = 'approved'
ORDER BY since, id
"""


def held_on(person_number: str, day: date) -> list[HeldFiling]:
    """What was approved, is not taken back and holds on a day, the oldest first."""
    return [HeldFiling(*row) for row in fetch(HELD, {"person": person_number, "day": day})]
