"""The operator's view on the command line; what is told is read in :mod:`.status`."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.table import Table

from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.language import Text
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of

from .resolve import NotByHand, explained, remedy
from .status import PeerStanding, positions, standing

COLUMNS = (
    ("节点", "node"),
    ("辖区", "regions"),
    ("最近答复", "heard"),
    ("待发", "waiting"),
    ("最早", "oldest"),
    ("重试", "tries"),
    ("被拒", "refused"),
)


def print_status() -> None:
    """Print the state of the node this process stands on."""
    console, seen = Console(markup=False), standing()
    table = Table(title=f"节点 node {seen.code}")
    for zh, en in COLUMNS:
        table.add_column(f"{zh}\n{en}")
    for peer in seen.peers:
        table.add_row(*_peer(peer, own=seen.code))
    console.print(table)
    for peer in seen.peers:
        if peer.error:
            console.print(f"  {peer.code} 最近错误 last error {_ago(peer.failed_at)}: {_both(peer.error)}")
    young, old, stuck = seen.holds_by_age
    console.print(f"预占 open holds: <20s {young}, <5min {old}, >5min {stuck}")
    oldest = f", 最早 oldest {seen.attempts[0].number} {_ago(seen.attempts[0].at)}" if seen.attempts else ""
    console.print(f"未了办理 open attempts: {seen.attempts_open}{oldest}")
    for one in seen.ended:
        console.print(f"  {one.number} {one.state} {in_shanghai(one.at):%H:%M:%S} {_both(one.reason)}")
    for case in seen.cases:
        console.print(f"  需人工 case: {case.kind} {case.number}: {_both(case.why)} (yijie node resolve {case.number})")
    for refused in seen.refused:
        last = f"{in_shanghai(refused.last_at):%Y-%m-%d %H:%M:%S}"
        console.print(f"  拒收 refused messages: {refused.code} × {refused.count}, 最近 last {last}")


def _peer(peer: PeerStanding, *, own: str) -> list[str]:
    role = peer.role if peer.state == "active" else peer.state
    name = f"{peer.code}{'*' if peer.code == own else ''} ({role}) {peer.address}"
    oldest = _ago(peer.oldest_at) if peer.oldest_at else ""
    cells = [peer.regions, _ago(peer.heard_at), peer.waiting, oldest, peer.tries, peer.refused]
    return [name, *map(str, cells)]


def _both(written: str) -> str:
    """A refusal kept in a row, in both languages on one line."""
    return " ".join(written.splitlines())


def _ago(moment: datetime | None) -> str:
    if moment is None:
        return "从未 never"
    return f"{(now() - moment).total_seconds():.0f} 秒 s"


def print_positions() -> bool:
    """Print what regions owe each other as both sides say it; returns whether they agree everywhere."""
    console, pairs = Console(), positions()
    table = Table(title="地区间应收应付 positions")
    for heading in ("月份 month", "就医地 care", "参保地 home", "应收 receivable", "应付 payable", "相符 agree"):
        table.add_column(heading)
    for one in pairs:
        agree = "✓" if one.agree else "✗"
        regions = name_of(one.care), name_of(one.home)
        table.add_row(one.month, *regions, yuan(one.receivable), yuan(one.payable), agree)
    console.print(table)
    return all(one.agree for one in pairs)


def print_known(number: int) -> None:
    """Print what is known here of an attempt, and what may be done about it by hand."""
    console = Console(highlight=False, soft_wrap=True)
    known = explained(number)
    if not known:
        console.print(f"本节点没有办理 {number} 的记录 nothing is known of {number} here")
        return
    for one in known:
        console.print(f"{number} {_in_both(one.title)}")
        for label, value in one.facts:
            console.print(f"  {_in_both(label)}: {_in_both(value)}", markup=False)
    try:
        console.print(_in_both(remedy(number).offer) + " --close --reason …", markup=False)
    except NotByHand as error:
        console.print(f"{error.text('zh')} {error.text('en')}", markup=False)


def _in_both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"
