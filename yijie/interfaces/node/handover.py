"""Handing a region from one node to another with its history, while everybody else goes on.

The hub marks the region as moving (everybody answers "busy" for it), the old node waits until nothing of it is open and
gives it away as a file, the new node takes it, the hub names the new holder, the old node lets go of what it gave.
What was settled within the old node between a region that moves and one that stays becomes what it now is: a settled
attempt on one side, a confirmed hold on the other.
"""

from __future__ import annotations

import hashlib
import secrets
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

from yijie.domain import access, catalogue, exchange
from yijie.domain.bulk import raw_cursor, refusing
from yijie.domain.exchange.directory import directory
from yijie.domain.settlement import FUNDS
from yijie.domain.transaction import fetch
from yijie.interfaces.fsi import clients
from yijie.kernel import sm
from yijie.kernel.errors import YijieError

from .travelling import LISTS, NO_LONGER_INSURED_HERE, PARTS, Part

MANIFEST, SEALED = "manifest.json", "sealed"
KEY_BYTES, NONCE_BYTES = 16, 12
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


class KeyWrong(YijieError):
    """The key does not open the sealed part, or the list of parts that it is bound to was changed."""

    code = "node.handover_key_wrong"
    zh = "移交密钥与文件不符，或文件清单被改动，未作任何改动；密钥由 yijie node give 显示，为 32 位十六进制数"
    en = "the key is not this file's, or its list of parts was changed; nothing was changed"


class FileDamaged(YijieError):
    """A hand-over file whose content is not what its manifest says."""

    code = "node.handover_damaged"
    zh = "移交文件 {part} 与清单不符，未作任何改动"
    en = "part {part} of the hand-over file is not what its manifest says; nothing was changed"


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


def new_key() -> str:
    """A key for one hand-over, to be carried apart from its file."""
    return secrets.token_hex(KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows by table, and users who got another name because theirs was taken, old → new."""

    rows: dict[str, int]
    renamed: dict[str, str]


def give(
    prefix: str,
    file: Path,
    key: str,
    *,
    drained_seconds_max: float = DRAINED_SECONDS_MAX,
    quiet_seconds: float = QUIET_SECONDS,
) -> dict[str, int]:
    """At the old node: wait until nothing of a moving region is open, write it to a file; rows by table.

    ``key`` seals what is secret. ``quiet_seconds`` is how long processes of this node may still act on the directory
    as it was.
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
        for part in (*LISTS, *PARTS):
            counts[part.table], digests[part.table] = _copied_out(part, prefix, archive)
        secret = _Secrets(clients.profiles_of(prefix), access.accounts_of(prefix))
        counts |= {"fsi_client": len(secret.clients), "access_user": len(secret.accounts)}
        manifest = msgspec.json.encode({"prefix": prefix, "rows": counts, "sha256": digests})
        archive.writestr(MANIFEST, manifest)
        archive.writestr(SEALED, _sealed(key, secret, manifest))
    return counts


class _Secrets(msgspec.Struct):
    """What only the new node may read."""

    clients: list[clients.Profile]
    accounts: list[dict[str, Any]]


def _sealed(key: str, secret: _Secrets, manifest: bytes) -> bytes:
    """SM4-GCM, bound to the list of parts with their digests: who opens it knows the whole file to be as given."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + sm.sm4_gcm_encrypt(bytes.fromhex(key), nonce, msgspec.json.encode(secret), manifest)


def _unsealed(key: str, sealed: bytes, manifest: bytes) -> _Secrets:
    try:
        opened = sm.sm4_gcm_decrypt(bytes.fromhex(key), sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], manifest)
    except (ValueError, sm.CiphertextUnreadable, sm.KeyUnusable) as error:
        raise KeyWrong from error
    return msgspec.json.decode(opened, type=_Secrets)


def _drain(prefix: str, seconds_max: float) -> None:
    until = time.monotonic() + seconds_max
    while count := fetch(OPEN, {"p": prefix})[0][0]:
        if time.monotonic() > until:
            raise StillOpen(prefix=prefix, count=count)
        time.sleep(0.2)


def _columns(part: Part) -> list[str]:
    """Columns that travel: all but numbers, of rows and of transactions, that each database gives by itself."""
    rows = fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " AND (is_identity = 'NO' OR %s) AND is_generated = 'NEVER' AND column_name <> 'changed_in'"
        " ORDER BY ordinal_position",
        [part.table, part.numbered],
    )
    return [name for (name,) in rows]


def _copied_out(part: Part, prefix: str, archive: zipfile.ZipFile) -> tuple[int, str]:
    chosen = [
        sql.SQL("(SELECT number FROM enrolment_person p WHERE p.id = t.person_id)")
        if column == "person_id"
        else sql.Identifier(column)
        for column in _columns(part)
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


def take(file: Path, key: str) -> Taken:
    """At the new node: take a region over from a file, all or nothing."""
    with zipfile.ZipFile(file) as archive:
        written = archive.read(MANIFEST)
        secret = _unsealed(key, archive.read(SEALED), written)
        manifest = msgspec.json.decode(written)
        for table, digest in manifest["sha256"].items():
            if _digest(archive, table) != digest:
                raise FileDamaged(part=table)
        with transaction.atomic():
            _join_lists(archive)
            for part in PARTS:
                _copied_in(part, archive)
            clients.take_over(secret.clients)
            renamed = access.take_accounts(secret.accounts, manifest["prefix"])
    return Taken(manifest["rows"], renamed)


def _digest(archive: zipfile.ZipFile, table: str) -> str:
    digest = hashlib.sha256()
    with archive.open(table) as stored:
        while data := stored.read(1 << 16):
            digest.update(data)
    return digest.hexdigest()


def _join_lists(archive: zipfile.ZipFile) -> None:
    with refusing(LISTS[-1].table), raw_cursor() as cursor:
        columns = {part.table: _staged(part, archive, cursor) for part in LISTS}
        catalogue.join_lists(cursor, _stage, columns)
        for part in LISTS:
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(_stage(part.table))))


def _stage(table: str) -> str:
    return f"{table}_stage"


def _staged(part: Part, archive: zipfile.ZipFile, cursor: Any) -> list[str]:
    """Put a part's rows into a table for the time being; returns the columns."""
    columns = _columns(part)
    stage = sql.Identifier(_stage(part.table))
    names = sql.SQL(", ").join(sql.Identifier("person_number" if c == "person_id" else c) for c in columns)
    declared = sql.SQL(", ").join(
        sql.SQL("NULL::text AS person_number") if c == "person_id" else sql.Identifier(c) for c in columns
    )
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            stage, declared, sql.Identifier(part.table)
        )
    )
    with (
        archive.open(part.table) as stored,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(stage, names)) as copy,
    ):
        while data := stored.read(1 << 16):
            copy.write(data)
    return columns


def _copied_in(part: Part, archive: zipfile.ZipFile) -> None:
    person = sql.SQL("(SELECT p.id FROM enrolment_person p WHERE p.number = s.person_number)")
    ending = sql.SQL(" ON CONFLICT DO NOTHING") if part.shared else sql.SQL("")
    with refusing(part.table), raw_cursor() as cursor:
        columns = _staged(part, archive, cursor)
        table, stage = sql.Identifier(part.table), sql.Identifier(_stage(part.table))
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        values = sql.SQL(", ").join(person if c == "person_id" else sql.Identifier("s", c) for c in columns)
        cursor.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} s{}").format(table, names, values, stage, ending))
        cursor.execute(sql.SQL("DROP TABLE {}").format(stage))


def let_go(prefix: str) -> dict[str, int]:
    """At the old node, once the hub names the new holder: remove what was given. The file stays as its record."""
    exchange.forget_directory()
    if exchange.is_here(prefix.ljust(6, "0")):
        raise NotMoving(prefix=prefix)
    gone: dict[str, int] = {}
    with transaction.atomic(), _history_may_leave(), connection.connection.cursor() as cursor:
        clients.let_go(prefix)
        gone["access_user"] = access.let_accounts_go(prefix)
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
