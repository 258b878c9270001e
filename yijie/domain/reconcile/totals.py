"""Sums of an institution's settlements over days of the platform's settlement time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yijie.domain.transaction import fetch
from yijie.kernel.dates import SHANGHAI
from yijie.kernel.language import Text
from yijie.kernel.money import Fen

from .errors import PeriodUnfit

DAYS_MAX = 366
LAST_DAY = date.max - timedelta(days=1)
"""The last one that has a next."""


@dataclass(frozen=True, slots=True)
class Period:
    """Which settlements of an institution are compared; empty insurance, no cares and no sign do not narrow."""

    institution: str
    since: date
    until: date
    cares: frozenset[str] | None
    """Kinds of care of the clearing type; None for all."""
    insurance: str = ""
    refunds: bool | None = None
    """Only rows that void one (True), only rows that do not (False), or both."""

    @property
    def parameters(self) -> dict[str, Any]:
        """For :data:`WHERE`."""
        return {
            "institution": self.institution,
            "begin": _midnight(self.since),
            "end": _midnight(min(self.until, LAST_DAY) + timedelta(days=1)),
            "cares": None if self.cares is None else sorted(self.cares),
            "insurance": self.insurance,
            "refunds": self.refunds,
        }


WHERE = """
s.institution = %(institution)s AND s.settled_at >= %(begin)s AND s.settled_at < %(end)s
AND s.state IN ('settled', 'voided') AND (%(insurance)s = '' OR s.insurance = %(insurance)s)
AND (%(cares)s::text[] IS NULL OR s.care = ANY(%(cares)s::text[]))
AND (%(refunds)s::boolean IS NULL OR (s.voids IS NOT NULL) = %(refunds)s::boolean)
"""
FUNDS = "s.pooled + s.large_amount + s.major_illness + s.company + s.civil_servant + s.aid + s.disabled + s.other"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def period(
    institution: str,
    since: date,
    until: date,
    *,
    cares: Collection[str] | None = None,
    insurance: str = "",
    refunds: bool | None = None,
) -> Period:
    """A period of whole days in Asia/Shanghai, both included; refused where it is none or longer than a year."""
    if until < since:
        raise PeriodUnfit(since=since, until=until, why=Text("结束日期早于开始日期", "it ends before it begins"))
    if (until - since).days >= DAYS_MAX:
        raise PeriodUnfit(
            since=since, until=until, why=Text(f"超过 {DAYS_MAX} 天", f"it has more than {DAYS_MAX} days")
        )
    return Period(institution, since, until, None if cares is None else frozenset(cares), insurance, refunds)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the platform settled: rows (a void is a row with negative amounts), rows less voids twice, sums in fen."""

    rows: int
    net: int
    total: Fen
    funds: Fen
    account: Fen
    cash: Fen


def totals(asked: Period) -> Totals:
    """Sums over the settlements of a period."""
    [row] = fetch(
        f"""SELECT count(*), coalesce(sum(CASE WHEN s.voids IS NULL THEN 1 ELSE -1 END), 0)::bigint,
               coalesce(sum(s.total), 0)::bigint, coalesce(sum({FUNDS}), 0)::bigint,
               coalesce(sum(s.account), 0)::bigint, coalesce(sum(s.cash), 0)::bigint
            FROM settlement_settlement s WHERE {WHERE}""",
        asked.parameters,
    )
    return Totals(*row)
