"""Opening balances of personal accounts, in bulk: template ``opening``, one balanced transaction an account.

The books are append-only, so an import states what each account's opening is to be and posts only what is missing
from it: a repeated import posts nothing, a changed opening posts the difference.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from yijie.domain.bulk import copy_rows, raw_cursor, refusing
from yijie.domain.partition import month_of
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import new_id
from yijie.kernel.money import Fen

MILLISECONDS_A_DAY = 86_400_000
SOURCE = "opening"
"""Owner of the contribution account that openings are drawn on."""

STAGE = """
CREATE TEMP TABLE opening_stage (
    ordinal       bigint GENERATED ALWAYS AS IDENTITY,
    region        varchar(6)  NOT NULL,
    person_number varchar(30) NOT NULL,
    amount        bigint      NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (region, person_number)
) ON COMMIT DROP
"""
ZERO_ROWS = """
INSERT INTO ledger_balance (region, account, owner, shard, amount)
SELECT region, 'person', person_number, 0, 0 FROM opening_stage
UNION ALL SELECT DISTINCT region, 'contribution', %(source)s, 0, 0 FROM opening_stage
ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
"""
POST = """
WITH stood AS (
    SELECT p.region, p.owner, -sum(p.amount) AS amount
    FROM opening_stage o JOIN ledger_posting p ON (p.region, p.account, p.owner) = (o.region, 'person', o.person_number)
    WHERE p.template = 'opening' GROUP BY p.region, p.owner
), missing AS (
    SELECT %(first)s + row_number() OVER (ORDER BY o.ordinal) - 1 AS transaction, o.region, o.person_number,
           o.amount - coalesce(s.amount, 0) AS amount
    FROM opening_stage o LEFT JOIN stood s ON (s.region, s.owner) = (o.region, o.person_number)
    WHERE o.amount <> coalesce(s.amount, 0)
), posted AS (
    INSERT INTO ledger_posting (month, transaction, line, region, template, account, owner, amount, at)
    SELECT %(month)s, m.transaction, e.line, m.region, 'opening', e.account, e.owner, e.amount, %(at)s
    FROM missing m CROSS JOIN LATERAL (
        VALUES (0, 'person', m.person_number, -m.amount), (1, 'contribution', %(source)s, m.amount)
    ) e (line, account, owner, amount)
    RETURNING region, account, owner, amount
), moved AS (
    SELECT region, account, owner, sum(amount) AS amount FROM posted GROUP BY region, account, owner
), balanced AS (
    UPDATE ledger_balance b SET amount = b.amount + m.amount FROM moved m
    WHERE (b.region, b.account, b.owner, b.shard) = (m.region, m.account, m.owner, 0)
)
SELECT count(*) FROM missing
"""


def _somewhere_in_the_day(moment: datetime) -> int:
    """A first number from which openings count on, at a random millisecond of the day.

    Nodes import openings apart from each other, all at the turn of a year, and a region may move from one to another:
    their numbers must not meet.
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return new_id(midnight + timedelta(milliseconds=secrets.randbelow(MILLISECONDS_A_DAY)))


class OpeningRow(NamedTuple):
    """What a person's account in a home region opened with, in fen, never below zero."""

    region: str
    person_number: str
    amount: Fen


def load_openings(rows: Iterable[OpeningRow], at: datetime) -> int:
    """Bring the openings of personal accounts to the given amounts, posted at ``at``; returns the transactions made.

    An account that exists already with that opening is left alone. Taking back more than an account still holds is
    refused whole.
    """
    moment = in_shanghai(at)
    with raw_cursor() as cursor:
        cursor.execute(STAGE)
        copy_rows("opening_stage", OpeningRow._fields, rows)
        facts = {"source": SOURCE, "month": month_of(moment.date()), "at": moment}
        cursor.execute(ZERO_ROWS, facts)
        cursor.execute(
            "SELECT max(transaction) FROM ledger_posting WHERE month = %(month)s AND template = 'opening'", facts
        )
        last = (cursor.fetchone() or (None,))[0]
        first = _somewhere_in_the_day(moment) if last is None else last + 1
        with refusing("ledger_balance"):
            cursor.execute(POST, facts | {"first": first})
        posted = int((cursor.fetchone() or (0,))[0])
        cursor.execute("DROP TABLE opening_stage")
    return posted
