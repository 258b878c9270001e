"""An attempt explained, and ended by hand where that is safe; whatever is done by hand is recorded.

The command and the operator's page both ask here; there is no other way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from yijie.domain import access, settlement
from yijie.domain.access import Happened
from yijie.domain.transaction import execute, fetch, in_transaction
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.errors import YijieError, told_in
from yijie.kernel.language import Text
from yijie.kernel.money import yuan

REASON_MAX = 400


class NotByHand(YijieError):
    """Ending it by hand would let the two sides disagree."""

    code = "node.not_by_hand"
    zh = "办理 {number} 不能人工了结：{why}"
    en = "{number} cannot be ended by hand: {why}"


class Fact(NamedTuple):
    """Something known of an attempt; the value says the same in both languages where it is data."""

    label: Text
    value: Text


class Known(NamedTuple):
    """What is known of one matter: the attempt, its hold, or a message that waits."""

    title: Text
    facts: list[Fact]


class Remedy(NamedTuple):
    """What may be done by hand: in words before, in words afterwards, and the work of it."""

    offer: Text
    done: Text
    work: Callable[[str], None]
    """Does it in the running transaction; given the reason."""


ACTIONS = {"settle": Text("结算", "settlement"), "void": Text("撤销", "void")}
STATES = {
    "received": Text("未了结", "open"),
    "settled": Text("已结算", "settled"),
    "held": Text("已预占", "held"),
    "confirmed": Text("已确认", "confirmed"),
    "cancelled": Text("已取消", "cancelled"),
    "aborted": Text("已中止", "aborted"),
    "tombstone": Text("先行取消", "cancelled before it came"),
}
ATTEMPT = """
SELECT action, state, at, deadline_at, ended_at, home_node, total, reason FROM settlement_attempt WHERE id = %s
"""
HOLD = "SELECT action, state, care_node, held_at, ask_at, ended_at FROM decision_hold WHERE attempt = %s"
OUTGOING = """
SELECT kind, receiver, left_at, due_at, tries, refused FROM exchange_outgoing WHERE subject = %s ORDER BY left_at
"""


def explained(number: int) -> list[Known]:
    """What is known here of an attempt: its state, the hold, what waits to be said about it; empty when nothing."""
    known = [_attempt(row) for row in fetch(ATTEMPT, [number])]
    known += [_hold(row) for row in fetch(HOLD, [number])]
    return known + [_outgoing(row) for row in fetch(OUTGOING, [number])]


def _attempt(row: tuple[Any, ...]) -> Known:
    action, state, at, deadline, ended, node, total, why = row
    facts = [
        _fact("事项", "for", ACTIONS.get(action, _same(action))),
        _fact("状态", "state", STATES[state]),
        _fact("受理时间", "asked at", _moment(at)),
        _fact("办理期限", "deadline", _moment(deadline)),
        _fact("了结时间", "ended at", _moment(ended)),
        _fact("参保地节点", "home node", _same(node)),
        _fact("医疗费总额（元）", "total (yuan)", _same(yuan(total))),
    ]
    return Known(Text("办理（本节点决定）", "attempt (decided here)"), facts + _why("未成原因", "why not", why))


def _hold(row: tuple[Any, ...]) -> Known:
    action, state, node, held, ask, ended = row
    facts = [
        _fact("事项", "for", ACTIONS.get(action, _same(action or "–"))),
        _fact("状态", "state", STATES[state]),
        _fact("就医地节点", "care node", _same(node)),
        _fact("预占时间", "held at", _moment(held)),
        _fact("查询时间", "asks at", _moment(ask)),
        _fact("了结时间", "ended at", _moment(ended)),
    ]
    return Known(Text("预占（就医地节点决定）", "hold (decided by the care node)"), facts)


def _outgoing(row: tuple[Any, ...]) -> Known:
    kind, receiver, left, due, tries, refused = row
    facts = [
        _fact("报文类型", "kind", _same(kind)),
        _fact("接收节点", "receiver", _same(receiver)),
        _fact("写入时间", "since", _moment(left)),
        _fact("下次发送", "next try", _moment(due)),
        _fact("已试次数", "tries", _same(str(tries))),
    ]
    return Known(Text("待发报文", "waits to be said"), facts + _why("被拒原因", "refused", refused))


def _fact(zh: str, en: str, value: Text) -> Fact:
    return Fact(Text(zh, en), value)


def _why(zh: str, en: str, text: str) -> list[Fact]:
    return [_fact(zh, en, Text(told_in(text, "zh"), told_in(text, "en")))] if text else []


def _same(text: str) -> Text:
    return Text(text, text)


def _moment(at: datetime | None) -> Text:
    return _same(f"{in_shanghai(at):%Y-%m-%d %H:%M:%S}" if at else "–")


def remedy(number: int) -> Remedy:
    """What may safely be done by hand; :class:`NotByHand` says why nothing may.

    Safe is: aborting our own attempt past its deadline (we alone decide it), and saying a refused message again.
    A hold is never ended here: its care node is asked at once instead.
    """
    for state, deadline in fetch("SELECT state, deadline_at FROM settlement_attempt WHERE id = %s", [number]):
        if state == "received" and deadline > now():
            raise NotByHand(number=number, why=Text("仍在办理期限内", "its deadline has not passed"))
        if state == "received":
            return _aborting(number)
    if fetch("SELECT 1 FROM exchange_outgoing WHERE subject = %s AND refused <> '' LIMIT 1", [number]):
        return _saying_again(number)
    if fetch("SELECT 1 FROM decision_hold WHERE attempt = %s AND state = 'held'", [number]):
        return _asking(number)
    raise NotByHand(number=number, why=Text("没有需要了结的事项", "nothing about it is open here"))


def _aborting(number: int) -> Remedy:
    return Remedy(
        Text(
            "已过办理期限，由本节点决定：中止这笔办理，并通知参保地取消预占。",
            "Its deadline has passed and this node decides: abort it, and have the home node cancel its hold.",
        ),
        Text("已中止，取消报文已待发", "aborted; the cancel is on its way"),
        lambda reason: settlement.abort([number], {number: f"人工中止：{reason}"}),
    )


def _saying_again(number: int) -> Remedy:
    return Remedy(
        Text(
            "报文被对方拒绝：原因消除后重新发送。", "The receiver refused the message: say it again once it is mended."
        ),
        Text("被拒报文将重新发送", "the refused message will be said again"),
        lambda _: _execute(
            "UPDATE exchange_outgoing SET refused = '', due_at = %s WHERE subject = %s AND refused <> ''", number
        ),
    )


def _asking(number: int) -> Remedy:
    return Remedy(
        Text(
            "预占由就医地节点决定：立即向它查询，不在此了结。",
            "Its care node decides: ask it at once; nothing is ended here.",
        ),
        Text("将立即询问就医地节点", "its care node will be asked at once"),
        lambda _: _execute("UPDATE decision_hold SET ask_at = %s WHERE attempt = %s AND state = 'held'", number),
    )


def _execute(sql: str, number: int) -> None:
    execute(sql, [now(), number])


def resolved(number: int, reason: str, *, by: str, address: str = "") -> Text:
    """End it where that is safe; who did it, from where and why is put on record with it."""
    told = reason.strip()[:REASON_MAX]
    if not told:
        raise NotByHand(number=number, why=Text("请写明原因", "say why"))
    return in_transaction(lambda: _resolved(number, told, by, address))


def _resolved(number: int, reason: str, by: str, address: str) -> Text:
    fetch("SELECT 1 FROM settlement_attempt WHERE id = %s FOR UPDATE", [number])
    found = remedy(number)
    found.work(reason)
    access.record(
        Happened(
            username=by,
            action="attempt_resolved",
            subject=str(number),
            region=_region_of(number),
            address=address,
            details={"reason": reason, "done": found.done.zh},
        )
    )
    return found.done


def _region_of(number: int) -> str:
    """Whose auditors may read of it: the care region where it is our attempt, the home region where it is a hold."""
    rows = fetch(
        "SELECT region FROM settlement_attempt WHERE id = %(n)s"
        " UNION ALL SELECT home_region FROM decision_hold WHERE attempt = %(n)s",
        {"n": number},
    )
    return str(rows[0][0]) if rows else ""
