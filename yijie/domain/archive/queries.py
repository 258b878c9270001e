"""Records as queries read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yijie.domain.transaction import fetch, from_json, json_text
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import public_id

ROWS_MAX = 2_000
"""Most rows a query answers; the caller narrows it or pages."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for; empty fields do not narrow. ``matching`` are members that the body must have."""

    kinds: tuple[str, ...]
    institution: str = ""
    person_number: str = ""
    keys: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    matching: dict[str, Any] = field(default_factory=dict)
    current: bool | None = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a record."""

    id: int
    region: str
    institution: str
    kind: str
    key: str
    version: int
    person_number: str
    at: datetime
    body: dict[str, Any]
    operator: str
    stored_at: datetime
    ended_at: datetime | None
    withdrawn: bool

    @property
    def number(self) -> str:
        """The version's public number."""
        return public_id(self.region, self.id)


COLUMNS = """id, region, institution, kind, key, version, person_number, at, body, operator, stored_at, ended_at,
withdrawn"""
WHERE = """
kind = ANY(%(kinds)s) AND (%(institution)s = '' OR institution = %(institution)s)
AND (%(person)s = '' OR person_number = %(person)s) AND (%(keys)s::text[] IS NULL OR key = ANY(%(keys)s::text[]))
AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at <= %(until)s)
AND body @> %(matching)s::jsonb AND (%(current)s::boolean IS NULL OR (ended_at IS NULL) = %(current)s)
"""


def find(asked: Asked, *, limit: int = ROWS_MAX, offset: int = 0) -> list[Entry]:
    """Records in the order of business time and upload."""
    rows = fetch(
        f"SELECT {COLUMNS} FROM archive_entry WHERE {WHERE} ORDER BY at, id LIMIT %(limit)s OFFSET %(offset)s",
        _parameters(asked) | {"limit": limit, "offset": offset},
    )
    return [
        Entry(
            *row[:7],
            in_shanghai(row[7]),
            from_json(row[8]),
            row[9],
            in_shanghai(row[10]),
            row[11] and in_shanghai(row[11]),
            row[12],
        )
        for row in rows
    ]


def count(asked: Asked) -> int:
    """How many there are."""
    [(number,)] = fetch(f"SELECT count(*) FROM archive_entry WHERE {WHERE}", _parameters(asked))
    return int(number)


def _parameters(asked: Asked) -> dict[str, Any]:
    return {
        "kinds": list(asked.kinds),
        "institution": asked.institution,
        "person": asked.person_number,
        "keys": list(asked.keys) or None,
        "since": asked.since,
        "until": asked.until,
        "matching": json_text(asked.matching),
        "current": asked.current,
    }
