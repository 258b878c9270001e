"""Releases of the national catalogues: each change gets a number, and whoever has one number asks for what came since.

Changes are published one release at a time, so that a release is never seen before an older one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from psycopg import sql

from yijie.domain.bulk import allow_time, copy_rows, raw_cursor, refusing
from yijie.domain.transaction import fetch
from yijie.kernel.dates import now

ITEMS, CONCEPTS = "catalogue_item", "catalogue_concept"
"""Tables of charged items and of lists that are not charged for."""


class ConceptRow(NamedTuple):
    """An entry of a list that is not charged for; ``columns`` are those of the list's national file."""

    code: str
    name: str
    columns: list[str]
    valid: bool = True


ITEM_FIELDS = {
    "code": "i.code",
    "name": "i.name",
    "list_type": "i.list_type",
    "charge_category": "i.charge_category",
    "specification": "nullif(i.specification, '')",
    "dosage_form": "nullif(i.dosage_form, '')",
    "maker": "nullif(i.maker, '')",
    "unit": "nullif(i.unit, '')",
    "basic_drug": "i.basic_drug::int",
    "negotiated": "i.negotiated::int",
    "paediatric": "i.paediatric::int",
    "valid": "i.valid::int",
    "release": "i.release",
    "published": "to_char(r.published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')",
    "published_on": "to_char(r.published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')",
}
"""What a file may say of an entry: name → SQL over the entry ``i`` and its release ``r``."""


def new_release(note: str) -> int:
    """Begin a release in the running transaction; the next one waits until it is over."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie catalogue release'))")
        cursor.execute("INSERT INTO catalogue_release (published_at, note) VALUES (%s, %s) RETURNING id", [now(), note])
        return int((cursor.fetchone() or (0,))[0])


def latest_release() -> int:
    """Number of the newest release; 0 before the first."""
    [(number,)] = fetch("SELECT coalesce(max(id), 0) FROM catalogue_release")
    return int(number)


UPSERT = """
INSERT INTO catalogue_concept (which, code, name, columns, valid, release)
SELECT %s, code, name, columns, valid, %s FROM given
ON CONFLICT (which, code) DO UPDATE
SET name = excluded.name, columns = excluded.columns, valid = excluded.valid, release = excluded.release
WHERE (catalogue_concept.name, catalogue_concept.columns, catalogue_concept.valid)
    IS DISTINCT FROM (excluded.name, excluded.columns, excluded.valid)
"""


def publish_concepts(which: str, rows: Iterable[ConceptRow]) -> int:
    """Put entries of a list in place as a new release; unchanged ones keep theirs. Returns how many changed."""
    with refusing(CONCEPTS), raw_cursor() as cursor:
        release = new_release(which)
        cursor.execute("CREATE TEMP TABLE given (code text, name text, columns text[], valid boolean) ON COMMIT DROP")
        copy_rows("given", ConceptRow._fields, rows)
        cursor.execute(UPSERT, [which, release])
        changed = cursor.rowcount
        cursor.execute("DROP TABLE given")
        return changed


WRITE_BYTES = 64 * 1024


class Changes(NamedTuple):
    """Entries of some lists of a table that changed after release ``since``, up to ``until``."""

    source: str
    lists: Sequence[str]
    since: int
    until: int

    @property
    def list_column(self) -> str:
        """The column that says which list an entry belongs to."""
        return "list_type" if self.source == ITEMS else "which"


def count_changes(changes: Changes) -> int:
    """How many entries changed."""
    [(count,)] = fetch(
        f"SELECT count(*) FROM {changes.source}"
        f" WHERE {changes.list_column} = ANY(%s) AND release > %s AND release <= %s",
        [list(changes.lists), changes.since, changes.until],
    )
    return int(count)


def write_changes(changes: Changes, columns: Sequence[str], write: Callable[[bytes], object]) -> int:
    """Write the changed entries as lines of a table; returns how many.

    ``columns`` are names of ITEM_FIELDS, numbers of a concept's own columns from 1, or empty for what we do not know.
    The database writes the lines and we pass them on, so memory does not grow with the catalogue.
    """
    chosen = sql.SQL(", ").join(sql.SQL(_column(changes.source, column)) for column in columns)
    statement = sql.SQL(
        "COPY (SELECT {chosen} FROM {source} i JOIN catalogue_release r ON r.id = i.release"
        " WHERE i.{which} = ANY({lists}) AND i.release > {since} AND i.release <= {until} ORDER BY i.code)"
        " TO STDOUT WITH (NULL 'null')"
    ).format(
        chosen=chosen,
        source=sql.Identifier(changes.source),
        which=sql.Identifier(changes.list_column),
        lists=sql.Literal(list(changes.lists)),
        since=sql.Literal(changes.since),
        until=sql.Literal(changes.until),
    )
    lines, held = 0, bytearray()

    def passed_on() -> int:
        write(bytes(held))
        return held.count(b"\n")

    with raw_cursor() as cursor:
        allow_time(cursor)
        with cursor.copy(statement) as copy:
            for part in copy:
                held += part
                if len(held) >= WRITE_BYTES:
                    lines += passed_on()
                    held.clear()
    return lines + passed_on()


def _column(source: str, name: str) -> str:
    if not name:
        return "NULL"
    if name.isdigit():
        return f"nullif(i.columns[{int(name)}], '')"
    if source == CONCEPTS and name not in ("code", "name", "valid", "release", "published", "published_on"):
        return "NULL"
    return ITEM_FIELDS[name]
