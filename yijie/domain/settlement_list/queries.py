"""Lists as queries read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from yijie.domain.transaction import fetch, from_json
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import parse_public_id, public_id

from .quality import Finding


@dataclass(frozen=True, slots=True)
class ListRow:
    """A current list."""

    id: int
    region: str
    institution: str
    settlement: int
    encounter: int
    person_number: str
    version: int
    state: str
    passed: bool
    findings: list[Finding]
    quality_version: str
    month: str
    body: dict[str, Any]
    operator: str
    uploaded_at: datetime

    @property
    def number(self) -> str:
        """The list's public number."""
        return public_id(self.region, self.id)

    @property
    def settlement_number(self) -> str:
        """Public number of its settlement (setl_id)."""
        return public_id(self.region, self.settlement)


COLUMNS = """id, region, institution, settlement, encounter, person_number, version, state, passed, findings,
quality_version, month, body, operator, uploaded_at"""


def find(settlement: str, institution: str, person_number: str, *, locked: bool = False) -> ListRow | None:
    """The current list of an institution's settlement and person."""
    named = parse_public_id(settlement)
    if named is None:
        return None
    rows = fetch(
        f"SELECT {COLUMNS} FROM settlement_list_settlementlist WHERE settlement = %s AND institution = %s"
        f" AND person_number = %s AND ended_at IS NULL {'FOR UPDATE' if locked else ''}",
        [named[1], institution, person_number],
    )
    return _row(rows[0]) if rows else None


def _row(row: tuple[Any, ...]) -> ListRow:
    findings = [Finding(**finding) for finding in from_json(row[9])]
    return ListRow(*row[:9], findings, *row[10:12], from_json(row[12]), row[13], in_shanghai(row[14]))


def checked(
    institution: str,
    month: str,
    *,
    settlement: str = "",
    person_number: str = "",
    level: str = "",
    returned: bool | None = None,
    limit: int,
    offset: int,
) -> list[ListRow]:
    """Current lists of an institution's month of settlement, with what quality control found."""
    named = parse_public_id(settlement) if settlement else None
    rows = fetch(
        f"""SELECT {COLUMNS} FROM settlement_list_settlementlist
        WHERE institution = %(institution)s AND month = %(month)s AND ended_at IS NULL
          AND (%(settlement)s::bigint IS NULL OR settlement = %(settlement)s)
          AND (%(person)s = '' OR person_number = %(person)s)
          AND (%(level)s = '' OR findings @> jsonb_build_array(jsonb_build_object('level', %(level)s::text)))
          AND (%(returned)s::boolean IS NULL OR (state = '3') = %(returned)s)
        ORDER BY id LIMIT %(limit)s OFFSET %(offset)s""",
        {
            "institution": institution,
            "month": month,
            "settlement": named[1] if named else (-1 if settlement else None),
            "person": person_number,
            "level": level,
            "returned": returned,
            "limit": limit,
            "offset": offset,
        },
    )
    return [_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Statistic:
    """Which settlements are counted: of an institution, between two moments, of medical types (none: of all stays)."""

    institution: str
    since: datetime
    until: datetime
    medical_types: Collection[str]
    with_voided: bool


class Counted(NamedTuple):
    """How many settlements need a list, and how many have one that passed quality control."""

    needed: int
    uploaded: int


def count(asked: Statistic) -> Counted:
    """Count lists against the settlements that need one."""
    [row] = fetch(
        """SELECT count(*), count(l.id) FROM settlement_settlement s
           JOIN encounter_encounter e ON e.id = s.encounter
           LEFT JOIN settlement_list_settlementlist l ON l.settlement = s.id AND l.ended_at IS NULL AND l.passed
           WHERE s.institution = %(institution)s AND s.voids IS NULL AND s.settled_at BETWEEN %(since)s AND %(until)s
             AND (s.state = 'settled' OR %(voided)s AND s.state = 'voided')
             AND CASE WHEN cardinality(%(types)s::text[]) = 0 THEN e.stay ELSE s.medical_type = ANY(%(types)s) END""",
        {
            "institution": asked.institution,
            "since": asked.since,
            "until": asked.until,
            "types": sorted(asked.medical_types),
            "voided": asked.with_voided,
        },
    )
    return Counted(*row)
