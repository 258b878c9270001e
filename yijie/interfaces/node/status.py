"""The operator's view of a node: who answers, what waits and since when, what is open, what was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from yijie.domain.transaction import fetch
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of

PEERS = """
SELECT n.code, n.role, n.state, n.address, c.heard_at, c.failed_at, c.error,
       (SELECT string_agg(prefix || CASE moving_to WHEN '' THEN '' ELSE '→' || moving_to END, ' ' ORDER BY prefix)
        FROM exchange_noderegion r WHERE r.node = n.code),
       o.waiting, o.oldest, o.tries, o.refused
FROM exchange_node n LEFT JOIN exchange_contact c ON c.node = n.code
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE refused = '') AS waiting, min(left_at) FILTER (WHERE refused = '') AS oldest,
           coalesce(max(tries), 0) AS tries, count(*) FILTER (WHERE refused <> '') AS refused
    FROM exchange_outgoing WHERE receiver = n.code
) o ON true
ORDER BY n.role, n.code
"""
HOLDS = """
SELECT count(*) FILTER (WHERE age < interval '20 seconds'),
       count(*) FILTER (WHERE age >= interval '20 seconds' AND age < interval '5 minutes'),
       count(*) FILTER (WHERE age >= interval '5 minutes')
FROM (SELECT %s - held_at AS age FROM decision_hold WHERE state = 'held') h
"""


def print_status(code: str) -> None:
    """Print the state of the node this process stands on."""
    console = Console()
    table = Table(title=f"节点 node {code}")
    for heading in ("节点 node", "辖区 regions", "最近答复 heard", "待发 waiting", "最早 oldest", "重试 tries",
                    "被拒 refused", "最近错误 last error"):  # fmt: skip
        table.add_column(heading)
    for row in fetch(PEERS):
        table.add_row(*_peer(row, own=code))
    console.print(table)
    [(young, old, stuck)] = fetch(HOLDS, [now()])
    console.print(f"预占 open holds: <20s {young}, <5min {old}, >5min {stuck}")
    [(open_, oldest)] = fetch("SELECT count(*), min(at) FROM settlement_attempt WHERE state = 'received'")
    console.print(f"未了办理 open attempts: {open_}" + (f", 最早 oldest {_ago(oldest)}" if oldest else ""))
    for number, state, ended, reason in fetch(
        "SELECT id, state, ended_at, reason FROM settlement_attempt WHERE reason <> '' ORDER BY ended_at DESC LIMIT 5"
    ):
        console.print(f"  {number} {state} {in_shanghai(ended):%H:%M:%S} {reason}")
    for kind, subject, why in fetch(
        "SELECT kind, subject, refused FROM exchange_outgoing WHERE refused <> '' LIMIT 10"
    ):
        console.print(f"  需人工 case: {kind} {subject}: {why}（yijie node resolve {subject}）")
    refusals = fetch("SELECT code, count(*), max(at) FROM exchange_refusal GROUP BY code ORDER BY 3 DESC LIMIT 10")
    for refused, count, at in refusals:
        console.print(f"  拒收 refused messages: {refused} × {count}, 最近 last {in_shanghai(at):%Y-%m-%d %H:%M:%S}")


def _peer(row: tuple[Any, ...], *, own: str) -> list[str]:
    code, role, state, address, heard, _, error, regions, waiting, oldest, tries, refused = row
    name = f"{code}{'*' if code == own else ''} ({role if state == 'active' else state}) {address}"
    cells = [regions or "", _ago(heard), waiting, _ago(oldest) if oldest else "", tries, refused, error or ""]
    return [name, *map(str, cells)]


def _ago(moment: datetime | None) -> str:
    if moment is None:
        return "从未 never"
    return f"{(now() - moment).total_seconds():.0f} 秒前 s ago"


POSITIONS = """
SELECT month, care_region, home_region,
       coalesce(sum(amount) FILTER (WHERE side = 'from_home'), 0)::bigint,
       -coalesce(sum(amount) FILTER (WHERE side = 'to_care'), 0)::bigint
FROM exchange_position GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def print_positions() -> bool:
    """Print what regions owe each other as both sides say it; returns whether they agree everywhere."""
    console = Console()
    table = Table(title="地区间应收应付 positions")
    for heading in ("月份 month", "就医地 care", "参保地 home", "应收 receivable", "应付 payable", "相符 agree"):
        table.add_column(heading)
    rows = fetch(POSITIONS)
    for month, care, home, receivable, payable in rows:
        agree = "✓" if receivable == payable else "✗"
        table.add_row(month, name_of(care), name_of(home), yuan(receivable), yuan(payable), agree)
    console.print(table)
    return all(receivable == payable for *_, receivable, payable in rows)
