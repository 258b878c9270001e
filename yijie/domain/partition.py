"""Monthly partitions of the two tables that grow with every fee line and every posting.

A row's month is known from its key (see :mod:`yijie.kernel.ids`), so every query names it and touches one partition.
Partitions are made ahead; what falls outside them lands in the default partition and is never refused.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from yijie.kernel.dates import months_after, today

TABLES = ("ledger_posting", "encounter_fee_line")
APPEND_ONLY = "ledger_posting"
"""Its months refuse to be emptied; that rows are not changed the months inherit, this they do not."""
MONTHS_BEHIND = 14
MONTHS_AHEAD = 6


def month_of(day: date) -> date:
    """First day of the month that ``day`` lies in."""
    return day.replace(day=1)


def ensure_partitions(around: date | None = None) -> int:
    """Make the missing monthly partitions around a day (default: today); returns how many were made. Safe to repeat."""
    middle = month_of(around or today())
    wanted = [
        (table, months_after(middle, step)) for table in TABLES for step in range(-MONTHS_BEHIND, MONTHS_AHEAD + 1)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie partitions'))")
        cursor.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s)", [[_name(*pair) for pair in wanted]])
        present = {name for (name,) in cursor.fetchall()}
        missing = [pair for pair in wanted if _name(*pair) not in present]
        for table, month in missing:
            cursor.execute(
                f"CREATE TABLE {_name(table, month)} PARTITION OF {table}"
                f" FOR VALUES FROM ('{month:%Y-%m-%d}') TO ('{months_after(month, 1):%Y-%m-%d}')"
            )
            if table == APPEND_ONLY:
                cursor.execute(
                    f"CREATE TRIGGER {_name(table, month)}_not_emptied BEFORE TRUNCATE ON {_name(table, month)}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION yijie_append_only()"
                )
    return len(missing)


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y%m}"
