"""What an institution settled, as its monthly claims and a pharmacy's accounts show it; a void is a negative row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from yijie.domain.settlement import FUNDS
from yijie.domain.transaction import fetch
from yijie.kernel.dates import in_shanghai, months_after
from yijie.kernel.ids import public_id
from yijie.kernel.language import Text
from yijie.kernel.money import Fen

from .errors import MonthsUnfit
from .totals import FUNDS as FUNDS_SUM, WHERE, Period

MONTHS_MAX = 24
ACCOUNT = "personal_account"
"""The payer that is no fund."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page of rows, and how many there are on all pages."""

    rows: Sequence[Row]
    total: int


def months(institution: str, first: date, last: date, *, cares: Collection[str]) -> Period:
    """Whole months of the platform's settlement time, named by any of their days; refused where they are too many."""
    since, until = first.replace(day=1), months_after(last.replace(day=1), 1) - timedelta(days=1)
    if until < since:
        why = Text("终止年月早于起始年月", "it ends before it begins")
        raise MonthsUnfit(since=f"{first:%Y%m}", until=f"{last:%Y%m}", why=why)
    if until >= months_after(since, MONTHS_MAX):
        why = Text(f"超过 {MONTHS_MAX} 个月", f"it has more than {MONTHS_MAX} months")
        raise MonthsUnfit(since=f"{first:%Y%m}", until=f"{last:%Y%m}", why=why)
    return Period(institution, since, until, frozenset(cares))


def _page(
    sql: str, order: str, parameters: dict[str, Any], read: Callable[..., Row], *, limit: int, offset: int
) -> Found[Row]:
    [(total,)] = fetch(f"SELECT count(*) FROM ({sql}) AS found", parameters)
    rows = fetch(
        f"{sql} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s", parameters | {"limit": limit, "offset": offset}
    )
    return Found([read(*row) for row in rows], total)


@dataclass(frozen=True, slots=True)
class MonthSettled:
    """What was settled in a month: settlements less voids, and sums in fen."""

    month: date
    """its first day"""
    net: int
    total: Fen
    funds: Fen
    account: Fen
    cash: Fen


MONTHLY = f"""
SELECT date_trunc('month', s.settled_at AT TIME ZONE 'Asia/Shanghai')::date,
       sum(CASE WHEN s.voids IS NULL THEN 1 ELSE -1 END)::bigint, sum(s.total)::bigint, sum({FUNDS_SUM})::bigint,
       sum(s.account)::bigint, sum(s.cash)::bigint
FROM settlement_settlement s WHERE {WHERE} GROUP BY 1
"""


def monthly(asked: Period, *, limit: int, offset: int) -> Found[MonthSettled]:
    """Months in which anything was settled, the earliest first."""
    return _page(MONTHLY, "1", asked.parameters, MonthSettled, limit=limit, offset=offset)


@dataclass(frozen=True, slots=True)
class SettledRow:
    """One settlement or void of a claim; money in fen."""

    number: str
    """of the encounter"""
    record_number: str
    person_number: str
    insurance: str
    home_region: str
    region: str
    category: str
    medical_type: str
    settled_at: datetime
    void: bool
    total: Fen
    account: Fen
    cash: Fen


SETTLED = f"""
SELECT s.id, s.region, s.encounter, e.record_number, s.person_number, s.insurance, s.home_region, s.category,
       s.medical_type, s.settled_at, s.voids IS NOT NULL, s.total, s.account, s.cash
FROM settlement_settlement s JOIN encounter_encounter e ON e.id = s.encounter WHERE {WHERE}
"""


def settled_rows(asked: Period, *, limit: int, offset: int) -> Found[SettledRow]:
    """Settlements and voids in the order they were made."""
    return _page(SETTLED, "s.settled_at, s.id", asked.parameters, _settled_row, limit=limit, offset=offset)


def _settled_row(_id: int, region: str, encounter: int, *rest: Any) -> SettledRow:
    record, person, insurance, home, category, medical_type, settled_at, void, total, account, cash = rest
    return SettledRow(
        number=public_id(region, encounter),
        record_number=record,
        person_number=person,
        insurance=insurance,
        home_region=home,
        region=region,
        category=category,
        medical_type=medical_type,
        settled_at=in_shanghai(settled_at),
        void=void,
        total=total,
        account=account,
        cash=cash,
    )


PAYERS = ", ".join([f"('{fund}', {nr}, s.{fund})" for nr, fund in enumerate(FUNDS)] + [f"('{ACCOUNT}', 99, s.account)"])
PAID = f"LATERAL (VALUES {PAYERS}) AS p (payer, place, paid)"


@dataclass(frozen=True, slots=True)
class Share:
    """What one payer owes for one sort of care and person; ``payer`` is a fund's column or :data:`ACCOUNT`."""

    care: str
    medical_type: str
    insurance: str
    category: str
    payer: str
    paid: Fen


SHARES = f"""
SELECT s.care, s.medical_type, s.insurance, s.category, p.payer, sum(p.paid)::bigint AS paid
FROM settlement_settlement s CROSS JOIN {PAID}
WHERE {WHERE} AND (%(encounter)s::bigint IS NULL OR s.encounter = %(encounter)s)
GROUP BY 1, 2, 3, 4, p.payer, p.place HAVING sum(p.paid) <> 0
"""


def shares(asked: Period, *, encounter: int | None = None, limit: int, offset: int) -> Found[Share]:
    """What each payer owes, voids taken off; of one encounter where it is named."""
    parameters = asked.parameters | {"encounter": encounter}
    return _page(SHARES, "1, 2, 3, 4, min(p.place)", parameters, Share, limit=limit, offset=offset)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What one payer owes for one purchase; a purchase that nobody but the patient pays has one row without a payer."""

    number: str
    """of the encounter"""
    person_number: str
    insurance: str
    home_region: str
    category: str
    medical_type: str
    care: str
    payer: str
    paid: Fen
    total: Fen


ACCOUNT_ROWS = f"""
SELECT s.settled_at, s.id, coalesce(p.place, 0) AS place, s.region, s.encounter, s.person_number, s.insurance,
       s.home_region, s.category, s.medical_type, s.care, coalesce(p.payer, ''), coalesce(p.paid, 0), s.total
FROM settlement_settlement s LEFT JOIN {PAID} ON p.paid <> 0 WHERE {WHERE}
"""


def account_rows(asked: Period, *, limit: int, offset: int) -> Found[AccountRow]:
    """Purchases and their voids by payer, in the order they were made."""
    return _page(ACCOUNT_ROWS, "1, 2, 3", asked.parameters, _account_row, limit=limit, offset=offset)


def _account_row(_at: datetime, _id: int, _place: int, region: str, encounter: int, *rest: Any) -> AccountRow:
    return AccountRow(public_id(region, encounter), *rest)


@dataclass(frozen=True, slots=True)
class CareSettled:
    """What was settled of one medical type: its cost, and what funds and accounts owe, in fen."""

    medical_type: str
    total: Fen
    owed: Fen


def by_medical_type(asked: Period) -> list[CareSettled]:
    """Sums of a period by medical type."""
    rows = fetch(
        f"""SELECT s.medical_type, sum(s.total)::bigint, sum({FUNDS_SUM} + s.account)::bigint
            FROM settlement_settlement s WHERE {WHERE} GROUP BY 1 ORDER BY 1""",
        asked.parameters,
    )
    return [CareSettled(*row) for row in rows]
