"""National lists of two nodes become one, when a region moves from the one to the other.

Each node counts releases by itself, and hospitals ask for what changed since a number that they keep. Whichever node
counted it: after joining, every hospital is told of every entry that its copy may lack. An entry that both have the
same keeps the higher of its two numbers; what only one of them has, or the two differ in, belongs to a new release
above both. Where they differ the entry here stays: the next import decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import Cursor, sql

from yijie.kernel.dates import now

RELEASES = "catalogue_release"
KEYS = {"catalogue_concept": ("which", "code"), "catalogue_item": ("code",)}
"""Lists by table, and what an entry is known by."""


def join_lists(cursor: Cursor[Any], staged: Callable[[str], str], columns: dict[str, list[str]]) -> None:
    """Join lists that lie in staging tables (table → its staging table) into ours, in the running transaction."""
    release = _join_releases(cursor, staged(RELEASES))
    for table, key in KEYS.items():
        _join(cursor, _names(table, staged(table), key, columns[table], release), new=release is not None)


def _join_releases(cursor: Cursor[Any], stage: str) -> int | None:
    """Take releases over under their numbers; the number of the joining release, None where one side had none."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie catalogue release'))")
    counts = sql.SQL("SELECT (SELECT count(*) FROM catalogue_release), (SELECT count(*) FROM {})")
    here, there = cursor.execute(counts.format(sql.Identifier(stage))).fetchone() or (0, 0)
    cursor.execute(
        sql.SQL(
            "INSERT INTO catalogue_release (id, published_at, note) SELECT id, published_at, note FROM {}"
            " ON CONFLICT (id) DO NOTHING"
        ).format(sql.Identifier(stage))
    )
    if there:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('catalogue_release', 'id'), (SELECT max(id) FROM catalogue_release))"
        )
    if not (here and there):
        return None
    made = cursor.execute(
        "INSERT INTO catalogue_release (published_at, note) VALUES (%s, %s) RETURNING id", [now(), "地区移交合并"]
    ).fetchone()
    return int((made or (0,))[0])


def _names(table: str, stage: str, key: tuple[str, ...], columns: list[str], release: int | None) -> dict[str, Any]:
    content = [column for column in columns if column not in (*key, "release")]
    number = sql.SQL("coalesce({}::bigint, s.release)").format(sql.Literal(release))
    return {
        "table": sql.Identifier(table),
        "stage": sql.Identifier(stage),
        "same_key": sql.SQL(" AND ").join(map(_pair, key)),
        "same": sql.SQL("({})").format(sql.SQL(" AND ").join(map(_pair, content))),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "values": sql.SQL(", ").join(number if one == "release" else sql.Identifier("s", one) for one in columns),
        "release": sql.Literal(release),
    }


IN_BOTH = """
UPDATE {table} t SET release = CASE WHEN {same} OR {release}::bigint IS NULL THEN greatest(t.release, s.release)
                               ELSE {release} END
FROM {stage} s WHERE {same_key} AND (NOT {same} OR t.release < s.release)
"""
ONLY_HERE = "UPDATE {table} t SET release = {release} WHERE NOT EXISTS (SELECT FROM {stage} s WHERE {same_key})"
ONLY_THERE = "INSERT INTO {table} ({columns}) SELECT {values} FROM {stage} s ON CONFLICT DO NOTHING"


def _join(cursor: Cursor[Any], names: dict[str, Any], *, new: bool) -> None:
    for statement in (IN_BOTH, *((ONLY_HERE,) if new else ()), ONLY_THERE):
        cursor.execute(sql.SQL(statement).format(**names))


def _pair(column: str) -> sql.Composed:
    return sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier("t", column), sql.Identifier("s", column))
