"""One request, one transaction, tried again where the database says that trying again is right.

Every operation is safe to repeat (messages are claimed by their key), so a deadlock, a serialization failure or a lost
connection, even one lost while committing, is answered by running the whole work again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import psycopg
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from yijie.kernel.errors import YijieError

Result = TypeVar("Result")

TRIES_MAX = 6
BACKOFF_SECONDS = 0.01
AWAY = frozenset({"08", "53", "57"})
"""Classes of SQLSTATE: connection lost, no room, shut down (PostgreSQL, appendix A)."""


class BusyElsewhere(YijieError):
    """A row is held by another request longer than we wait; nothing was done."""

    code = "busy.ask_again"
    zh = "该人员或就诊正在办理另一笔业务，本次未作任何处理，请稍后用同一报文重试"
    en = "another request holds this person or encounter; nothing was done, send the same message again shortly"


def in_transaction(work: Callable[[], Result]) -> Result:
    """Run ``work`` in one transaction; repeat it on transient database failures, at most ``TRIES_MAX`` times.

    Within a transaction it is part of that one: only the outermost can be run again.
    """
    return work() if connection.in_atomic_block else _tried(lambda: _atomically(work))


def reading(work: Callable[[], Result]) -> Result:
    """Run ``work`` that changes nothing; ask again on transient database failures, above all a session lost."""
    return work() if connection.in_atomic_block else _tried(work)


def give_up_lost_session() -> None:
    """Have a thread that goes on to other work open a session anew where its own failed or was ended by the database.

    Django notices only what its own cursors met, and statements here go to the driver's.
    """
    close_old_connections()
    if connection.connection is not None and connection.connection.closed:
        connection.close()


def ask_after_session() -> None:
    """Have a thread open a session anew where the database ended its own while it was idle.

    It takes a statement, so only those ask whose work cannot be run again, such as a page.
    """
    if connection.connection is not None and not connection.is_usable():
        connection.close()


def _atomically(work: Callable[[], Result]) -> Result:
    with transaction.atomic():
        return work()


def _tried(work: Callable[[], Result]) -> Result:
    for attempt in range(1, TRIES_MAX + 1):
        try:
            return work()
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            cause = _cause(error)
            if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled):
                raise BusyElsewhere from error
            if attempt == TRIES_MAX or not _transient(cause):
                raise
            if not connection.is_usable():
                connection.close()
            time.sleep(BACKOFF_SECONDS * attempt * (0.5 + random.SystemRandom().random()))
    raise AssertionError("the loop returns or raises")


def database_away(error: BaseException) -> bool:
    """Whether a failure is the database gone, or without room; what was being committed then may be done or not."""
    cause = _cause(error)
    if not isinstance(cause, InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = getattr(cause, "sqlstate", None)
    return state is None or state[:2] in AWAY


def _cause(error: BaseException) -> BaseException:
    return error.__cause__ if isinstance(error, DatabaseError) and error.__cause__ else error


def _transient(cause: BaseException) -> bool:
    """Whether running again is right: the server failed or gave way, or two ids met in the same millisecond."""
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return (cause.diag.constraint_name or "").endswith("_pkey")
    return isinstance(cause, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError)


def fetch(sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a statement, prepared by the driver; parameters are always bound, never written into the text."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        return cursor.execute(sql, parameters, prepare=True).fetchall()


def execute(sql: str, parameters: dict[str, Any] | list[Any] | None = None) -> int:
    """Run a writing statement; the number of rows it touched."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        return cursor.execute(sql, parameters, prepare=True).rowcount


def json_text(value: Any) -> str:
    """JSON text of plain data, for json parameters.

    Statements over many rows take them as one JSON list of objects (``json_to_recordset``): the driver would spend
    longer writing a dozen arrays than the database spends on the statement.
    """
    return msgspec.json.encode(value).decode()


def from_json(text: str | bytes) -> Any:
    """Plain data of a jsonb column as the driver hands it over (text)."""
    return msgspec.json.decode(text)
