"""YJ01 报文结果查询, a transaction of our own: what became of a message whose answer was lost, by its message id."""

from __future__ import annotations

import msgspec

from yijie.interfaces.fsi import messages
from yijie.interfaces.fsi.call import Call, Done, reads
from yijie.kernel.dates import in_shanghai

UNSEEN = "unseen"
MEANING = {
    "done": "已办理，原交易输出见 output",
    "reversed": "已办理，后被冲正或撤回（2601），不再有效",
    "tombstone": "原报文到达前已被冲正（2601），迟到也不会办理",
    UNSEEN: "未收到，或收到后未受理（没有留下任何结果），可用原 msgid 重发",
}


@reads("YJ01")
def result_of(call: Call) -> Done:
    """The state of a message of this institution and, where it was done, its output."""
    row = call.one()
    found = messages.remembered((call.at.code, row["oinfno"], row["omsgid"]))
    state = found.state if found else UNSEEN
    return Done(
        {
            "result": {
                "oinfno": row["oinfno"],
                "omsgid": row["omsgid"],
                "stas": state,
                "stas_dscr": MEANING[state],
                "psn_no": found.person_number if found else "",
                "recv_time": in_shanghai(found.received_at) if found else None,
                "output": msgspec.Raw(found.output.encode()) if found and found.output else None,
            }
        }
    )
