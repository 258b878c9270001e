"""目录对照: institutions say which national item each of their own items is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from yijie.domain.institution import Standing
from yijie.domain.transaction import execute, fetch, from_json, json_text
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.ids import new_id

from .errors import MappingUnfit, MappingUnknown


@dataclass(frozen=True, slots=True)
class MappingGiven:
    """One mapping as an institution gives it."""

    own_code: str
    own_name: str
    list_type: str
    item: str
    since: date
    until: date
    details: dict[str, Any]


Key = tuple[str, str, str]
"""(own code, list type, national item)"""

KEYS = "json_to_recordset(%s::json) AS k (own_code text, list_type text, item text)"
SAME = "(m.own_code, m.list_type, m.item) = (k.own_code, k.list_type, k.item)"
END = f"""
UPDATE catalogue_mapping m SET ended_at = %s, withdrawn = %s FROM {KEYS}
WHERE m.institution = %s AND {SAME} AND m.ended_at IS NULL RETURNING m.own_code, m.list_type, m.item
"""
INSERT = """
INSERT INTO catalogue_mapping (id, region, institution, own_code, own_name, list_type, item, since, until, details,
    stored_at, withdrawn)
SELECT id, %s, %s, own_code, own_name, list_type, item, since, until, details, %s, false
FROM json_to_recordset(%s::json) AS g (id bigint, own_code text, own_name text, list_type text, item text, since date,
    until date, details jsonb)
"""


def map_items(given: Sequence[MappingGiven], at: Standing) -> None:
    """Store mappings; one that is there already is ended by the new one. All of them or, with an error, none."""
    _check(given)
    moment = now()
    _lock(at.code)
    keys = [{"own_code": g.own_code, "list_type": g.list_type, "item": g.item} for g in given]
    execute(END, [moment, False, json_text(keys), at.code])
    rows = [
        key
        | {
            "id": new_id(moment),
            "own_name": g.own_name,
            "since": g.since.isoformat(),
            "until": g.until.isoformat(),
            "details": g.details,
        }
        for key, g in zip(keys, given, strict=True)
    ]
    execute(INSERT, [at.pool, at.code, moment, json_text(rows)])


def _lock(institution: str) -> None:
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mapping {institution}"])


def _check(given: Sequence[MappingGiven]) -> None:
    wanted = [g.item for g in given]
    known = {code for (code,) in fetch("SELECT code FROM catalogue_item WHERE code = ANY(%s)", [wanted])}
    seen: set[Key] = set()
    for position, g in enumerate(given, 1):
        key = (g.own_code, g.list_type, g.item)
        if g.item not in known:
            why = f"国家编码 {g.item} 不在国家目录中"
        elif g.until < g.since:
            why = f"结束日期 {g.until} 早于开始日期 {g.since}"
        elif key in seen:
            why = "同一报文中重复"
        else:
            seen.add(key)
            continue
        raise MappingUnfit(position=position, own_code=g.own_code, why=why)


def unmap(keys: Sequence[Key], institution: str) -> None:
    """Withdraw mappings; one that is not there is named and nothing is done."""
    rows = [dict(zip(("own_code", "list_type", "item"), key, strict=True)) for key in keys]
    _lock(institution)
    ended = set(fetch(END, [now(), True, json_text(rows), institution]))
    for position, key in enumerate(keys, 1):
        if key not in ended:
            raise MappingUnknown(position=position, own_code=key[0], item=key[2])


def mapped(own_codes: Sequence[str], institution: str, day: date) -> dict[str, set[str]]:
    """Own code → the national items an institution's mappings in force on a day say it is; unmapped ones are absent."""
    rows = fetch(
        "SELECT own_code, item FROM catalogue_mapping WHERE institution = %s AND own_code = ANY(%s)"
        " AND ended_at IS NULL AND %s BETWEEN since AND until",
        [institution, list(own_codes), day],
    )
    items: dict[str, set[str]] = {}
    for own_code, item in rows:
        items.setdefault(own_code, set()).add(item)
    return items


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A stored mapping."""

    id: int
    region: str
    institution: str
    own_code: str
    own_name: str
    list_type: str
    item: str
    since: date
    until: date
    details: dict[str, Any]
    stored_at: datetime
    ended_at: datetime | None


COLUMNS = "id, region, institution, own_code, own_name, list_type, item, since, until, details, stored_at, ended_at"


@dataclass(frozen=True, slots=True)
class MappingsAsked:
    """Which mappings of an institution; what is empty or None does not narrow. ``valid``: those that are not over."""

    institution: str
    own_code: str = ""
    own_name: str = ""
    """a part of the name"""
    list_type: str = ""
    item: str = ""
    on: date | None = None
    changed: date | None = None
    """or later"""
    valid: bool | None = None


MATCHING = """
FROM catalogue_mapping
WHERE institution = %(institution)s AND (%(own_code)s = '' OR own_code = %(own_code)s)
  AND (%(own_name)s = '' OR strpos(own_name, %(own_name)s) > 0)
  AND (%(list_type)s = '' OR list_type = %(list_type)s) AND (%(item)s = '' OR item = %(item)s)
  AND (%(on)s::date IS NULL OR %(on)s::date BETWEEN since AND until)
  AND (%(changed)s::date IS NULL
       OR coalesce(ended_at, stored_at) >= %(changed)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
  AND (%(valid)s::boolean IS NULL OR (ended_at IS NULL) = %(valid)s::boolean)
"""


def find_mappings(asked: MappingsAsked, *, limit: int, offset: int) -> list[MappingRow]:
    """An institution's mappings, oldest change first."""
    page = {"limit": limit, "offset": offset}
    rows = fetch(f"SELECT {COLUMNS} {MATCHING} ORDER BY id LIMIT %(limit)s OFFSET %(offset)s", asdict(asked) | page)
    return [
        MappingRow(*row[:9], from_json(row[9]), in_shanghai(row[10]), row[11] and in_shanghai(row[11])) for row in rows
    ]


def count_mappings(asked: MappingsAsked) -> int:
    """How many mappings :func:`find_mappings` has on all pages."""
    [(count,)] = fetch(f"SELECT count(*) {MATCHING}", asdict(asked))
    return int(count)
