"""Comparing settlement by settlement: a full outer join on their numbers, no guess about money."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import NamedTuple

from yijie.domain.bulk import copy_rows, raw_cursor
from yijie.domain.institution import Standing
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id
from yijie.kernel.money import Fen

from .models import Run
from .totals import FUNDS, WHERE, Period


class TheirRow(NamedTuple):
    """A settlement as the institution has it; a refund names the settlement it takes back or the row that voids it."""

    line: int
    settlement: str
    encounter: str
    person: str
    total: Fen
    funds: Fen
    account: Fen
    refund: bool


TABLE = """
CREATE TEMP TABLE theirs (line int, settlement text, encounter text, person text, total bigint, funds bigint,
    account bigint, refund boolean) ON COMMIT DROP
"""
MATCH = f"""
CREATE TEMP TABLE matched ON COMMIT DROP AS
WITH ours AS (
    SELECT s.region || lpad(s.id::text, 19, '0') AS number, s.region || lpad(s.encounter::text, 19, '0') AS encounter,
           s.region || lpad(s.voids::text, 19, '0') AS original, s.person_number AS person, s.total,
           {FUNDS} + CASE WHEN %(account_in_funds)s THEN s.account ELSE 0 END AS funds, s.account,
           s.voids IS NOT NULL AS refund, s.details->>'message' AS message, 1 AS nth
    FROM settlement_settlement s WHERE {WHERE}
), given AS (
    SELECT t.*, coalesce(o.number, t.settlement) AS number,
           row_number() OVER (PARTITION BY coalesce(o.number, t.settlement), t.refund ORDER BY t.line) AS nth
    FROM theirs t LEFT JOIN ours o ON t.refund AND o.refund AND o.original = t.settlement
)
SELECT coalesce(g.line, 0) AS line, o.number AS ours, g.settlement AS theirs, o.encounter, o.message,
       coalesce(o.person, g.person) AS person, g.encounter AS their_encounter, coalesce(o.refund, g.refund) AS refund,
       o.total, o.funds, o.account, g.total AS their_total, g.funds AS their_funds, g.account AS their_account,
       CASE WHEN g.number IS NULL THEN 'only here' WHEN o.number IS NULL THEN 'only there'
            WHEN (o.total, o.funds, o.account, o.person, o.encounter)
               = (g.total, g.funds, g.account, g.person, g.encounter) THEN 'equal' ELSE 'differing' END AS class,
       CASE WHEN g.number IS NULL THEN '仅中心有此结算 ' || o.number
            WHEN o.number IS NULL AND g.nth > 1 THEN '文件中重复'
            WHEN o.number IS NULL THEN '中心在对账期间内无此结算'
            ELSE concat_ws('；', CASE WHEN o.person <> g.person THEN '人员编号不同' END,
                CASE WHEN o.encounter <> g.encounter THEN '就诊ID不同' END,
                CASE WHEN o.total <> g.total THEN '总额机构为 ' || round(g.total / 100.0, 2) END,
                CASE WHEN o.funds <> g.funds THEN '基金机构为 ' || round(g.funds / 100.0, 2) END,
                CASE WHEN o.account <> g.account THEN '个账机构为 ' || round(g.account / 100.0, 2) END) END AS memo
FROM ours o FULL JOIN given g ON o.number = g.number AND o.refund = g.refund AND o.nth = g.nth
"""
SUMS = """
SELECT count(*) FILTER (WHERE class = 'equal'), count(*) FILTER (WHERE class = 'differing'),
       count(*) FILTER (WHERE class = 'only here'), count(*) FILTER (WHERE class = 'only there'),
       coalesce(sum(total), 0)::bigint, coalesce(sum(their_total), 0)::bigint,
       coalesce(sum(total - their_total) FILTER (WHERE class = 'differing'), 0)::bigint,
       coalesce(sum(total) FILTER (WHERE class = 'only here'), 0)::bigint,
       coalesce(sum(their_total) FILTER (WHERE class = 'only there'), 0)::bigint
FROM matched
"""
ANSWER = """
COPY (
    SELECT person, CASE WHEN class <> 'only here' THEN coalesce(encounter, their_encounter) END,
           CASE WHEN class <> 'only here' THEN theirs END, message,
           CASE WHEN class = 'equal' THEN '0' ELSE '1' END, CASE WHEN refund THEN '1' ELSE '0' END, nullif(memo, ''),
           round(coalesce(total, their_total) / 100.0, 2), round(coalesce(funds, their_funds) / 100.0, 2),
           round(coalesce(account, their_account) / 100.0, 2)
    FROM matched ORDER BY class <> 'equal' DESC, line, ours
) TO STDOUT WITH (NULL 'null')
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Settlements by class, and the sums (fen) that explain the difference between both books."""

    equal: int
    differing: int
    only_here: int
    only_there: int
    here_total: Fen
    there_total: Fen
    differing_total: Fen
    only_here_total: Fen
    only_there_total: Fen


def compare(
    asked: Period, rows: Iterable[TheirRow], write: Callable[[bytes], object], *, account_in_funds: bool
) -> tuple[Comparison, int]:
    """Compare a period's settlements with an institution's rows in the running transaction.

    ``account_in_funds``: the institution's fund totals, and so those of the answer, include the personal account.

    Writes one line per settlement of either side (person, encounter, settlement, message id, result, refund, memo,
    total, funds, account), those that disagree first; returns the comparison and the number of lines.
    """
    lines = 0
    with raw_cursor() as cursor:
        cursor.execute(TABLE)
        copy_rows("theirs", TheirRow._fields, rows)
        cursor.execute(MATCH, {**asked.parameters, "account_in_funds": account_in_funds})
        cursor.execute(SUMS)
        found = Comparison(*(cursor.fetchone() or ()))
        with cursor.copy(ANSWER) as copy:
            for part in copy:
                lines += bytes(part).count(b"\n")
                write(part)
        cursor.execute("DROP TABLE theirs; DROP TABLE matched")
    return found, lines


def remember(found: Comparison, asked: Period, at: Standing, *, clearing_type: str, file: str, answer: str) -> int:
    """Keep what a comparison found; returns its number."""
    run = Run.objects.create(
        id=new_id(),
        region=at.pool,
        institution=at.code,
        since=asked.since,
        until=asked.until,
        clearing_type=clearing_type,
        file=file,
        answer=answer,
        compared_at=now(),
        **asdict(found),
    )
    return run.id
