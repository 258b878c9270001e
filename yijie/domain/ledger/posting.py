"""The one statement that writes postings, and the balances that follow in the same breath."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

import psycopg

from yijie.domain.partition import month_of
from yijie.domain.transaction import fetch, json_text
from yijie.kernel.errors import invariant
from yijie.kernel.money import Fen

from .errors import AccountShort
from .models import Account
from .templates import Transaction

SHARDS = 16
"""Rows over which the balance of a busy account is spread; each server process adds to its own."""

POST = """
WITH posted AS (
    INSERT INTO ledger_posting
        (month, transaction, line, region, template, settlement, account, owner, amount, at)
    SELECT %(month)s, e.transaction, e.line, e.region, e.template, e.settlement, e.account, e.owner, e.amount, %(at)s
    FROM json_to_recordset(%(entries)s::json)
         AS e (transaction bigint, line smallint, region text, template text, settlement bigint, account text,
               owner text, amount bigint)
    RETURNING region, account, owner, amount
), moved AS (
    SELECT region, account, owner, sum(amount)::bigint AS amount FROM posted GROUP BY region, account, owner
), persons AS (
    UPDATE ledger_balance b SET amount = b.amount + m.amount FROM moved m
    WHERE m.account = 'person' AND b.shard = 0
      AND (b.region, b.account, b.owner) = (m.region, m.account, m.owner)
    RETURNING 1
), others AS (
    INSERT INTO ledger_balance AS b (region, account, owner, shard, amount)
    SELECT region, account, owner, %(shard)s, amount FROM moved WHERE account <> 'person' ORDER BY 1, 2, 3
    ON CONFLICT (region, account, owner, shard) DO UPDATE SET amount = b.amount + excluded.amount
    RETURNING 1
)
SELECT (SELECT count(*) FROM posted),
       (SELECT count(*) FROM persons) = (SELECT count(*) FROM moved WHERE account = 'person'),
       (SELECT count(*) FROM others)
"""


def post(transactions: Sequence[Transaction], at: datetime) -> None:
    """Write transactions and move the balances they touch, in one statement. Every transaction must net to zero.

    Raises :class:`AccountShort` when a personal account is missing or would fall below zero; nothing is then written.
    """
    entries = [
        {
            "transaction": t.id,
            "line": line,
            "region": t.region,
            "template": t.template,
            "settlement": t.settlement,
            "account": account,
            "owner": owner,
            "amount": amount,
        }
        for t in transactions
        for line, (account, owner, amount) in enumerate(t.entries)
    ]
    for transaction in transactions:
        net = sum(amount for _, _, amount in transaction.entries)
        invariant(net == 0, "ledger.balanced", transaction=transaction.id, net=net)
    if not entries:
        return
    parameters = {
        "month": month_of(at.date()),
        "at": at,
        "shard": os.getpid() % SHARDS,
        "entries": json_text(entries),
    }
    try:
        [(written, persons_found, _)] = fetch(POST, parameters)
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name == "balance_person_not_overdrawn":
            raise AccountShort from error
        raise
    if not persons_found:
        raise AccountShort
    invariant(written == len(entries), "ledger.all_written", written=written, meant=len(entries))


def postings_of(settlement: int, at: datetime) -> list[Transaction]:
    """The transactions that a settlement made at its settlement time ``at``, as posted."""
    rows = fetch(
        "SELECT transaction, region, template, settlement, account, owner, amount FROM ledger_posting"
        " WHERE month = %s AND settlement = %s AND at = %s ORDER BY transaction, line",
        [month_of(at.date()), settlement, at],
    )
    grouped: dict[tuple[int, str, str, int], list[tuple[Account, str, Fen]]] = {}
    for number, region, template, made_by, account, owner, amount in rows:
        grouped.setdefault((number, region, template, made_by), []).append((Account(account), owner, amount))
    return [Transaction(*key, tuple(entries)) for key, entries in grouped.items()]


def lock_personal_accounts(accounts: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fen]:
    """Lock the personal accounts of (home region, person number) and say what each holds; missing ones nothing."""
    return _personal_accounts(accounts, "FOR NO KEY UPDATE OF b")


def personal_accounts(accounts: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fen]:
    """What the personal accounts of (home region, person number) hold, without locking."""
    return _personal_accounts(accounts, "")


def _personal_accounts(accounts: Sequence[tuple[str, str]], lock: str) -> dict[tuple[str, str], Fen]:
    wanted = sorted(set(accounts))
    rows = fetch(
        "SELECT b.region, b.owner, -b.amount FROM json_to_recordset(%s::json) AS k (region text, owner text)"
        " JOIN ledger_balance b ON (b.region, b.account, b.owner, b.shard) = (k.region, 'person', k.owner, 0)"
        f" ORDER BY b.region, b.owner {lock}",
        [json_text([{"region": region, "owner": owner} for region, owner in wanted])],
    )
    held = {(region, owner): amount for region, owner, amount in rows}
    return {account: held.get(account, 0) for account in wanted}


def balance(region: str, account: Account, owner: str) -> Fen:
    """Balance of an account of a region's book, all shards together; positive is a debit."""
    [(amount,)] = fetch(
        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_balance WHERE region = %s AND account = %s AND owner = %s",
        [region, account, owner],
    )
    return int(amount)
