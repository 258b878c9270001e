"""Handing a region from one node to another with its history, while everybody else goes on.

The hub marks the region as moving (everybody answers "busy" for it), the old node waits until nothing of it is open and
gives it away as a file, the new node takes it, the hub names the new holder, the old node lets go of what it gave.
What was settled within the old node between a region that moves and one that stays becomes what it now is: a settled
attempt on one side, a confirmed hold on the other.
"""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection, transaction
from psycopg import sql

from yijie.domain import exchange
from yijie.domain.bulk import raw_cursor, refusing
from yijie.domain.exchange.directory import directory
from yijie.domain.settlement import FUNDS
from yijie.domain.transaction import fetch
from yijie.kernel.errors import YijieError

MANIFEST = "manifest.json"
DRAINED_SECONDS_MAX = 120.0
QUIET_SECONDS = 5.0
APPEND_ONLY = {"ledger_posting": "ledger_posting_append_only", "filing_filingstep": "filing_step_append_only"}


class NotMoving(YijieError):
    """The hub does not say that the region is moving."""

    code = "node.region_not_moving"
    zh = "枢纽目录中地区 {prefix} 不在移交中，请先执行 yijie hub move {prefix} 目标节点"
    en = "region {prefix} is not marked as moving; run yijie hub move first"


class StillOpen(YijieError):
    """Attempts or holds of the region did not end in time."""

    code = "node.region_still_open"
    zh = "地区 {prefix} 仍有 {count} 笔未了的办理，未作移交，请用 yijie node status 查看"
    en = "{count} attempts or holds of region {prefix} are still open; nothing was handed over"


class FileDamaged(YijieError):
    """A hand-over file whose content is not what its manifest says."""

    code = "node.handover_damaged"
    zh = "移交文件 {part} 与清单不符，未作任何改动"
    en = "part {part} of the hand-over file is not what its manifest says; nothing was changed"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table that move: which, and whether the new node may have some of them already."""

    table: str
    where: str
    shared: bool = False
    stays: bool = False

    def rows_of(self, prefix: str) -> sql.Composed:
        """The condition for a region's rows."""
        return sql.SQL(self.where.replace("{p}", "{}")).format(*[sql.Literal(prefix)] * self.where.count("{p}"))


MOVED_PERSONS = (
    "SELECT p.id FROM enrolment_person p WHERE starts_with(p.region, {p}) OR EXISTS"
    " (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id AND starts_with(e.region, {p}))"
)
NO_LONGER_INSURED_HERE = (
    "SELECT p.id FROM enrolment_person p WHERE starts_with(p.region, {})"
    " AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id)"
)
NUMBERS = f"SELECT number FROM enrolment_person WHERE id IN ({MOVED_PERSONS})"
ENCOUNTERS = "SELECT id FROM encounter_encounter WHERE starts_with(region, {p})"
INSTITUTIONS = "SELECT code FROM institution_institution WHERE starts_with(region, {p})"
PARTS = (
    Part("institution_institution", "starts_with(region, {p})"),
    Part("decision_policypack", "true", shared=True, stays=True),
    Part("catalogue_item", "true", shared=True, stays=True),
    Part("catalogue_term", "starts_with(region, left({p}, 2))", shared=True, stays=True),
    Part("catalogue_ownitem", "starts_with(region, {p})"),
    Part("catalogue_mapping", "starts_with(region, {p})"),
    Part("catalogue_acceptance", "starts_with(region, {p})"),
    Part("enrolment_person", f"id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("enrolment_enrolment", "starts_with(region, {p})"),
    Part("enrolment_specialgroup", f"person_id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("enrolment_credential", f"person_id IN ({MOVED_PERSONS})", shared=True, stays=True),
    Part("filing_filing", "starts_with(home_region, {p})"),
    Part("filing_filingstep", "filing_id IN (SELECT id FROM filing_filing WHERE starts_with(home_region, {p}))"),
    Part("filing_designation", f"person_number IN ({NUMBERS})", shared=True, stays=True),
    Part("filing_chronicfiling", f"person_number IN ({NUMBERS})", shared=True, stays=True),
    Part("ledger_posting", "starts_with(region, {p})"),
    Part("ledger_balance", "starts_with(region, {p})"),
    Part("decision_decision", "starts_with(home_region, {p})"),
    Part("decision_accumulator", "starts_with(home_region, {p})"),
    Part("decision_hold", "starts_with(home_region, {p})"),
    Part("encounter_encounter", "starts_with(region, {p})"),
    Part("encounter_diagnosis", f"encounter_id IN ({ENCOUNTERS})"),
    Part("encounter_fee_line", f"encounter_id IN ({ENCOUNTERS})"),
    Part("settlement_settlement", "starts_with(region, {p})"),
    Part("settlement_attempt", "starts_with(region, {p})"),
    Part("settlement_resettlement", "starts_with(region, {p})"),
    Part("settlement_certificate", f"encounter IN ({ENCOUNTERS})"),
    Part("settlement_list_settlementlist", "starts_with(region, {p})"),
    Part("archive_entry", "starts_with(region, {p})"),
    Part("files_file", "starts_with(region, {p})"),
    Part("files_piece", "file_id IN (SELECT id FROM files_file WHERE starts_with(region, {p}))"),
    Part("reconcile_run", "starts_with(region, {p})"),
    Part("fsi_message", f"institution IN ({INSTITUTIONS})"),
    Part("fsi_signin", f"institution IN ({INSTITUTIONS})"),
)
"""In the order in which the new node takes them; the old node lets go in the opposite order."""
STAY_BEHIND = {
    "fsi_client": "its keys are sealed by the node's own key: hospitals are registered anew",
    "access_grant": "who may do what is granted anew: users belong to a node",
    "access_event": "what was done at a node stays with that node",
    "desk_attempt": "what a desk's page sent, for its user to look after",
    "desk_change": "changes of reference data that wait for a second person",
    "fsi_refusal": "messages that this node refused",
    "fsi_tally": "counts of messages that this node answered",
    "fsi_certification": "begins anew where the hospital connects",
    "filing_filedelsewhere": "read again from the home nodes",
    "exchange_position": "the hub reads it from every node",
}
"""Tables that speak of regions or institutions and do not travel."""

OPEN = """
SELECT (SELECT count(*) FROM decision_hold WHERE state = 'held' AND starts_with(home_region, %(p)s))
     + (SELECT count(*) FROM settlement_attempt
        WHERE state = 'received' AND (starts_with(region, %(p)s) OR starts_with(home_region, %(p)s)))
     + (SELECT count(*) FROM exchange_outgoing o JOIN settlement_attempt a ON a.id = o.subject
        WHERE starts_with(a.region, %(p)s) OR starts_with(a.home_region, %(p)s))
"""

SPLIT = "starts_with(s.region, %(p)s) <> starts_with(s.home_region, %(p)s)"
ATTEMPTS = f"""
INSERT INTO settlement_attempt (id, action, message, content_hash, region, institution, encounter, batch, person_number,
    insurance, home_region, home_node, total, state, at, deadline_at, ended_at, reason, details)
SELECT s.id, CASE WHEN s.voids IS NULL THEN 'settle' ELSE 'void' END, 'handed over ' || s.id, '', s.region,
       s.institution, s.encounter, s.batch, s.person_number, s.insurance, s.home_region,
       CASE WHEN starts_with(s.home_region, %(p)s) THEN %(to)s ELSE %(me)s END, abs(s.total), 'settled', s.settled_at,
       s.settled_at, s.settled_at, '', '{{}}'
FROM settlement_settlement s WHERE {SPLIT} ON CONFLICT (id) DO NOTHING
"""
PAID = ", ".join(f"'{fund}', nullif(s.{fund}, 0)" for fund in FUNDS)
HOLDS = f"""
INSERT INTO decision_hold (attempt, action, settlement, state, care_node, care_region, home_region, person_number,
    insurance, year, paid, at, held_at, ended_at)
SELECT s.id, CASE WHEN s.voids IS NULL THEN 'settle' ELSE 'void' END, coalesce(s.voids, s.id), 'confirmed',
       CASE WHEN starts_with(s.region, %(p)s) THEN %(to)s ELSE %(me)s END, s.region, s.home_region, s.person_number,
       s.insurance, s.year,
       CASE WHEN s.voids IS NULL THEN jsonb_strip_nulls(jsonb_build_object({PAID}, 'account', s.account))
            ELSE '{{}}' END,
       s.settled_at, s.settled_at, s.settled_at
FROM settlement_settlement s JOIN decision_decision d ON d.settlement = coalesce(s.voids, s.id)
WHERE {SPLIT} ON CONFLICT (attempt) DO NOTHING
"""


def give(
    prefix: str, file: Path, *, drained_seconds_max: float = DRAINED_SECONDS_MAX, quiet_seconds: float = QUIET_SECONDS
) -> dict[str, int]:
    """At the old node: wait until nothing of a moving region is open, write it to a file; rows by table.

    ``quiet_seconds`` is how long processes of this node may still act on the directory as it was.
    """
    identity = exchange.me()
    to = directory().regions.get(prefix, ("", ""))[1]
    if identity is None or not to:
        raise NotMoving(prefix=prefix)
    time.sleep(quiet_seconds)
    _drain(prefix, drained_seconds_max)
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    with transaction.atomic(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with connection.connection.cursor() as cursor:
            parameters = {"p": prefix, "to": to, "me": identity.code}
            cursor.execute(ATTEMPTS, parameters)
            cursor.execute(HOLDS, parameters)
        for part in PARTS:
            counts[part.table], digests[part.table] = _copied_out(part, prefix, archive)
        archive.writestr(MANIFEST, msgspec.json.encode({"prefix": prefix, "rows": counts, "sha256": digests}))
    return counts


def _drain(prefix: str, seconds_max: float) -> None:
    until = time.monotonic() + seconds_max
    while count := fetch(OPEN, {"p": prefix})[0][0]:
        if time.monotonic() > until:
            raise StillOpen(prefix=prefix, count=count)
        time.sleep(0.2)


def _columns(table: str) -> list[str]:
    """Columns that travel: all but numbers, of rows and of transactions, that each database gives by itself."""
    rows = fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " AND is_identity = 'NO' AND is_generated = 'NEVER' AND column_name <> 'changed_in' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in rows]


def _copied_out(part: Part, prefix: str, archive: zipfile.ZipFile) -> tuple[int, str]:
    chosen = [
        sql.SQL("(SELECT number FROM enrolment_person p WHERE p.id = t.person_id)")
        if column == "person_id"
        else sql.Identifier(column)
        for column in _columns(part.table)
    ]
    statement = sql.SQL("COPY (SELECT {} FROM {} t WHERE {}) TO STDOUT").format(
        sql.SQL(", ").join(chosen), sql.Identifier(part.table), part.rows_of(prefix)
    )
    digest, rows = hashlib.sha256(), 0
    with (
        connection.connection.cursor() as cursor,
        archive.open(part.table, "w") as written,
        cursor.copy(statement) as copy,
    ):
        for data in copy:
            digest.update(data)
            written.write(data)
            rows += bytes(data).count(b"\n")
    return rows, digest.hexdigest()


def take(file: Path) -> dict[str, int]:
    """At the new node: take a region over from a file, all or nothing; rows by table."""
    with zipfile.ZipFile(file) as archive:
        manifest = msgspec.json.decode(archive.read(MANIFEST))
        for table, digest in manifest["sha256"].items():
            if _digest(archive, table) != digest:
                raise FileDamaged(part=table)
        with transaction.atomic():
            for part in PARTS:
                _copied_in(part, archive)
    rows: dict[str, int] = manifest["rows"]
    return rows


def _digest(archive: zipfile.ZipFile, table: str) -> str:
    digest = hashlib.sha256()
    with archive.open(table) as stored:
        while data := stored.read(1 << 16):
            digest.update(data)
    return digest.hexdigest()


def _copied_in(part: Part, archive: zipfile.ZipFile) -> None:
    columns = _columns(part.table)
    table, stage = sql.Identifier(part.table), sql.Identifier(f"{part.table}_stage")
    staged = sql.SQL(", ").join(sql.Identifier("person_number" if c == "person_id" else c) for c in columns)
    declared = sql.SQL(", ").join(
        sql.SQL("NULL::text AS person_number") if c == "person_id" else sql.Identifier(c) for c in columns
    )
    person = sql.SQL("(SELECT p.id FROM enrolment_person p WHERE p.number = s.person_number)")
    values = sql.SQL(", ").join(person if c == "person_id" else sql.Identifier("s", c) for c in columns)
    with refusing(part.table), raw_cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                stage, declared, table
            )
        )
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(stage, staged)
        with archive.open(part.table) as stored, cursor.copy(statement) as copy:
            while data := stored.read(1 << 16):
                copy.write(data)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        ending = sql.SQL(" ON CONFLICT DO NOTHING") if part.shared else sql.SQL("")
        cursor.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} s{}").format(table, names, values, stage, ending))
        cursor.execute(sql.SQL("DROP TABLE {}").format(stage))


def let_go(prefix: str) -> dict[str, int]:
    """At the old node, once the hub names the new holder: remove what was given. The file stays as its record."""
    exchange.forget_directory()
    if exchange.is_here(prefix.ljust(6, "0")):
        raise NotMoving(prefix=prefix)
    gone: dict[str, int] = {}
    with transaction.atomic(), _history_may_leave(), connection.connection.cursor() as cursor:
        for part in reversed(PARTS):
            if not part.stays:
                table = sql.Identifier(part.table)
                cursor.execute(sql.SQL("DELETE FROM {} t WHERE {}").format(table, part.rows_of(prefix)))
                gone[part.table] = cursor.rowcount
        for name in ("enrolment_credential", "enrolment_specialgroup", "enrolment_person"):
            key = sql.Identifier("id" if name == "enrolment_person" else "person_id")
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE {} IN (" + NO_LONGER_INSURED_HERE + ")").format(
                    sql.Identifier(name), key, sql.Literal(prefix)
                )
            )
    return gone


@contextmanager
def _history_may_leave() -> Iterator[None]:
    """Within the block history may be removed: it is not lost, another node has it."""
    with connection.connection.cursor() as cursor:
        for table, trigger in APPEND_ONLY.items():
            _switch(cursor, table, trigger, "DISABLE")
        yield
        for table, trigger in APPEND_ONLY.items():
            _switch(cursor, table, trigger, "ENABLE")


def _switch(cursor: Any, table: str, trigger: str, how: str) -> None:
    cursor.execute(
        sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(sql.Identifier(table), sql.SQL(how), sql.Identifier(trigger))
    )
