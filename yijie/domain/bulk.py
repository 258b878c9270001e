"""Bulk import: typed rows stream into a table by COPY, as one of the statements of the caller's transaction.

Nothing is checked here that the database checks anyway: its constraints refuse a wrong row, and with it the whole
import. Reference data, sample data and later importers all come in through the ``load_*`` operations built on this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from yijie.kernel.errors import YijieError


class RowsRefused(YijieError):
    """The database refused an imported row; nothing of the import was kept."""

    code = "bulk.rows_refused"
    zh = "批量导入未成功，已整体撤回：数据表 {table} 不接受其中的数据（{why}）"
    en = "the import was taken back whole: table {table} refuses a row ({why})"


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Stream rows into the columns of a table; returns how many there were. One wrong row refuses them all."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with refusing(table), raw_cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


@contextmanager
def raw_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """The driver's own cursor on Django's connection, in a transaction (a savepoint where one is open already)."""
    with transaction.atomic(), connection.connection.cursor() as cursor:
        yield cursor


STATEMENT_SECONDS_MAX = 300


def allow_time(cursor: psycopg.Cursor[Any]) -> None:
    """Let statements of this transaction take as long as a whole national list needs on a busy machine.

    The connection's own limit is that of a message, which somebody waits for.
    """
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS_MAX}s"])


@contextmanager
def refusing(table: str) -> Iterator[None]:
    """Within the block the database's refusal of a row is told as :class:`RowsRefused`."""
    try:
        yield
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        raise RowsRefused(table=table, why=error.diag.message_detail or error.diag.message_primary or "") from error
