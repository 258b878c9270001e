"""Storing records of one kind, many at a time: versions instead of changes, all of a message or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from yijie.domain import encounter, settlement
from yijie.domain.institution import Standing
from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id, parse_public_id, public_id

from .errors import EntryMissing, EntryTaken, EntryTwice, ForeignEncounter, ForeignSettlement

SHOWN = 60
"""Characters of a key that an error shows."""


class Rule(StrEnum):
    """What a record may meet."""

    PUT = "put"
    """new, or a new version of one that is there"""
    NEW = "new"
    """only new"""
    CHANGE = "change"
    """only one that is there"""


@dataclass(frozen=True, slots=True)
class Given:
    """A record as it came. ``void`` says that it is declared invalid: it is kept, and over at once."""

    key: str
    body: dict[str, Any]
    person_number: str = ""
    encounter: str = ""
    """public number, empty for none"""
    settlement: str = ""
    """public number, empty for none"""
    at: datetime | None = None
    """when it happened; None: when it came"""
    void: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a record."""

    number: str
    key: str
    version: int


KEYS = "json_to_recordset(%(keys)s::json) AS k (key text)"
END = f"""
UPDATE archive_entry e SET ended_at = %(at)s, withdrawn = %(withdrawn)s FROM {KEYS}
WHERE e.institution = %(institution)s AND e.kind = %(kind)s AND e.key = k.key AND e.ended_at IS NULL RETURNING e.key
"""
INSERT = """
INSERT INTO archive_entry (id, region, institution, kind, key, version, person_number, encounter, settlement, at, body,
    operator, stored_at, ended_at, withdrawn)
SELECT g.id, %(region)s::text, %(institution)s::text, %(kind)s::text, g.key,
       1 + (SELECT count(*) FROM archive_entry e
            WHERE e.institution = %(institution)s::text AND e.kind = %(kind)s::text AND e.key = g.key),
       g.person, g.encounter, g.settlement, g.at, g.body, %(operator)s::text, %(at)s::timestamptz,
       CASE WHEN g.void THEN %(at)s::timestamptz END, g.void
FROM json_to_recordset(%(rows)s::json) AS g (id bigint, key text, person text, encounter bigint, settlement bigint,
    at timestamptz, body jsonb, void boolean)
RETURNING id, key, version
"""


def store(kind: str, given: Sequence[Given], at: Standing, *, operator: str, rule: Rule = Rule.PUT) -> list[Stored]:
    """Store records in the running transaction, in the order given; an error names the record and stores none.

    An encounter or settlement that a record names must be this institution's (and the person's, where it names one).
    """
    _require_each_once(given)
    _require_encounters(given, at.code)
    _require_settlements(given, at.code)
    moment, names = now(), {"institution": at.code, "kind": kind}
    _lock(kind, at.code)
    if rule is not Rule.PUT:
        _require_rule(kind, given, at.code, rule)
    keys = json_text([{"key": g.key} for g in given])
    _changed(END, names | {"keys": keys, "at": moment, "withdrawn": False})
    rows = [
        {
            "id": new_id(moment),
            "key": g.key,
            "person": g.person_number,
            "encounter": _number(g.encounter),
            "settlement": _number(g.settlement),
            "at": (g.at or moment).isoformat(),
            "body": g.body,
            "void": g.void,
        }
        for g in given
    ]
    parameters = names | {"region": at.pool, "operator": operator, "at": moment, "rows": json_text(rows)}
    stored = {
        key: Stored(public_id(at.pool, number), key, version) for number, key, version in fetch(INSERT, parameters)
    }
    return [stored[g.key] for g in given]


def _changed(sql: str, parameters: dict[str, Any]) -> set[str]:
    return {row[0] for row in fetch(sql, parameters)}


def withdraw(kind: str, keys: Sequence[str], institution: str) -> set[str]:
    """End current records without a new version; returns the keys that had one."""
    _lock(kind, institution)
    return _changed(
        END,
        {
            "keys": json_text([{"key": key} for key in sorted(set(keys))]),
            "at": now(),
            "withdrawn": True,
            "institution": institution,
            "kind": kind,
        },
    )


def _lock(kind: str, institution: str) -> None:
    """One upload of a kind at a time in an institution: versions are counted."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"archive {institution} {kind}"])


def _number(public: str) -> int | None:
    named = parse_public_id(public)
    return named[1] if named else None


def _require_each_once(given: Iterable[Given]) -> None:
    seen: set[str] = set()
    for position, g in enumerate(given, 1):
        if g.key in seen:
            raise EntryTwice(position=position, key=g.key[:SHOWN])
        seen.add(g.key)


def _require_rule(kind: str, given: Sequence[Given], institution: str, rule: Rule) -> None:
    present = _changed(
        "SELECT key FROM archive_entry WHERE institution = %(institution)s AND kind = %(kind)s AND ended_at IS NULL"
        " AND key = ANY(%(keys)s)",
        {"institution": institution, "kind": kind, "keys": [g.key for g in given]},
    )
    for position, g in enumerate(given, 1):
        if rule is Rule.NEW and g.key in present:
            raise EntryTaken(position=position, key=g.key[:SHOWN])
        if rule is Rule.CHANGE and g.key not in present:
            raise EntryMissing(position=position, key=g.key[:SHOWN])


def _require_encounters(given: Sequence[Given], institution: str) -> None:
    named = sorted({g.encounter for g in given if g.encounter})
    owners = encounter.persons_of(named, institution) if named else {}
    for position, g in enumerate(given, 1):
        if g.encounter and (g.encounter not in owners or g.person_number not in ("", owners[g.encounter])):
            raise ForeignEncounter(position=position, number=g.encounter)


def _require_settlements(given: Sequence[Given], institution: str) -> None:
    named = sorted({g.settlement for g in given if g.settlement})
    owned = settlement.many(named, institution) if named else {}
    for position, g in enumerate(given, 1):
        if g.settlement and g.settlement not in owned:
            raise ForeignSettlement(position=position, number=g.settlement)
