"""An attempt explained, and ended by hand where that is safe; whatever is done by hand is recorded."""

from __future__ import annotations

from yijie.domain import settlement
from yijie.domain.transaction import execute, fetch, in_transaction
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.errors import YijieError
from yijie.kernel.money import yuan


class NotByHand(YijieError):
    """Ending it by hand would let the two sides disagree."""

    code = "node.not_by_hand"
    zh = "办理 {number} 不能人工了结：{why}"
    en = "{number} cannot be ended by hand: {why}"


def explained(number: int) -> list[str]:
    """What is known here of an attempt: its state, the hold, what waits to be said about it."""
    lines = [
        f"办理 attempt {number} ({action}): {state}，{in_shanghai(at):%Y-%m-%d %H:%M:%S} 受理，"
        f"期限 deadline {in_shanghai(deadline):%H:%M:%S}，参保地节点 home node {node}，总额 total {yuan(total)}"
        + (f"，原因 reason：{reason}" if reason else "")
        for action, state, at, deadline, node, total, reason in fetch(
            "SELECT action, state, at, deadline_at, home_node, total, reason FROM settlement_attempt WHERE id = %s",
            [number],
        )
    ]
    lines += [
        f"预占 hold {number} ({action or '-'}): {state}，就医地节点 care node {node}"
        for action, state, node in fetch(
            "SELECT action, state, care_node FROM decision_hold WHERE attempt = %s", [number]
        )
    ]
    lines += [
        f"待发 outgoing {kind} → {receiver}，已试 tries {tries}" + (f"，被拒 refused：{refused}" if refused else "")
        for kind, receiver, tries, refused in fetch(
            "SELECT kind, receiver, tries, refused FROM exchange_outgoing WHERE subject = %s", [number]
        )
    ]
    return lines or [f"本节点没有办理 {number} 的记录 nothing is known of {number} here"]


def resolved(number: int, reason: str) -> str:
    """End it where that is safe, with a reason.

    Safe is: aborting our own attempt past its deadline (we alone decide it), and saying a refused message again.
    A hold is never ended here: its care node is asked at once instead.
    """
    if not reason:
        raise NotByHand(number=number, why="请用 --reason 写明原因 say why with --reason")
    return in_transaction(lambda: _resolved(number, reason))


def _resolved(number: int, reason: str) -> str:
    open_ = fetch(
        "SELECT deadline_at FROM settlement_attempt WHERE id = %s AND state = 'received' FOR UPDATE", [number]
    )
    if open_:
        if open_[0][0] > now():
            raise NotByHand(number=number, why="仍在办理期限内 its deadline has not passed")
        settlement.abort([number], {number: f"人工中止：{reason}"})
        return "已中止，取消报文已待发 aborted; the cancel is on its way"
    if execute(
        "UPDATE exchange_outgoing SET refused = '', due_at = %s WHERE subject = %s AND refused <> ''", [now(), number]
    ):
        _record(number, reason)
        return "被拒报文将重新发送 the refused message will be said again"
    if execute("UPDATE decision_hold SET ask_at = %s WHERE attempt = %s AND state = 'held'", [now(), number]):
        _record(number, reason)
        return "将立即询问就医地节点 its care node will be asked at once"
    raise NotByHand(number=number, why="没有需要了结的事项 nothing about it is open here")


def _record(number: int, reason: str) -> None:
    execute(
        "INSERT INTO exchange_refusal (at, sender, message, kind, code, text)"
        " VALUES (%s, 'operator', %s, 'resolve', 'node.resolved_by_hand', %s)",
        [now(), str(number), reason[:500]],
    )
