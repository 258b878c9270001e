"""YJ02 上传记录查询, a transaction of our own: an institution's records as they were uploaded, with every version.

The national interface has queries for some kinds of records only; of what else is kept nobody else could say.
"""

from __future__ import annotations

from typing import Any

from yijie.domain import archive
from yijie.domain.archive import Asked, Entry
from yijie.interfaces.fsi.archived import CURRENT, OVER
from yijie.interfaces.fsi.call import Call, Done, reads, text
from yijie.interfaces.fsi.errors import FsiError
from yijie.interfaces.fsi.paging import page_of
from yijie.interfaces.fsi.storing import STORED, Form
from yijie.interfaces.fsi.tables import transaction

YES, NO = "1", "0"
STAY = "mdtrt_sn"


class NotKept(FsiError):
    """Records are asked for under a number that keeps none."""

    code = "fsi.not_kept"
    zh = "交易{infno}没有存储的上传记录，可查询：{known}"
    en = "transaction {infno} keeps no records; ask for one of {known}"


@reads("YJ02")
def uploaded(call: Call) -> Done:
    """One page of this institution's records of the kind that a transaction uploads, oldest first."""
    row = call.one()
    form = STORED.get(row["oinfno"])
    if form is None:
        raise NotKept(infno=row["oinfno"], known="、".join(STORED))
    asked = Asked(
        kinds=(form.kind,),
        institution=call.at.code,
        person_number=text(row, "psn_no"),
        keys=(row["rec_key"],) if text(row, "rec_key") else (),
        since=row.get("begntime"),
        until=row.get("endtime"),
        matching=_of_stay(row["oinfno"], form, text(row, STAY)),
        current=None if text(row, "hist_flag") == YES else True,
    )
    page = page_of(row)
    found = archive.find(asked, limit=page.limit, offset=page.offset)
    return Done({"result": {"recordcounts": archive.count(asked)}, "data": [_shown(entry) for entry in found]})


def _of_stay(infno: str, form: Form, number: str) -> dict[str, Any]:
    """What a body must have to be about a visit or stay; nothing where none is named."""
    if not number:
        return {}
    if not form.head:
        return {STAY: number}
    [many] = [field.node.many for field in transaction(infno).input.fields if field.name == form.head and field.node]
    return {form.head: [{STAY: number}] if many else {STAY: number}}


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "rec_key": entry.key,
        "ver": entry.version,
        "psn_no": entry.person_number,
        "busi_time": entry.at,
        "stor_time": entry.stored_at,
        "end_time": entry.ended_at,
        "vali_flag": CURRENT if entry.ended_at is None else OVER,
        "revo_flag": YES if entry.withdrawn else NO,
        "opter": entry.operator,
        "content": entry.body,
    }
