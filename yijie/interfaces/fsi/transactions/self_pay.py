"""4261–4263: stays of patients who pay themselves, and whether the hospital's sums are those of the lines it sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yijie.domain import archive
from yijie.domain.archive import Asked, Entry, EntryMissing
from yijie.interfaces.fsi.call import Call, Done, reads, text, writes
from yijie.interfaces.fsi.errors import NodeNotSingle
from yijie.interfaces.fsi.paging import page_of, place_of
from yijie.interfaces.fsi.plain import plain

STAY, TOTAL = "self_pay", "self_pay_total"
ENCOUNTER, LINES = "fmiOwnpayPatnMdtrtDDTO", "fmiOwnpayPatnFeeListDDTO"
VOID = "0"
DONE = {"code": "0", "type": "success", "message": "成功"}
EQUAL, DIFFERENT = "0", "1"


@writes("4261")
def upload(call: Call) -> Done:
    """Keep a self-payer's stay with diagnoses and lines, known by the hospital's own encounter id."""
    visits = call.many(ENCOUNTER)
    numbers = {row["mdtrtId"] for row in visits}
    if len(numbers) > 1:
        raise NodeNotSingle(node=ENCOUNTER, count=len(numbers))
    given = archive.Given(key=visits[0]["mdtrtId"], body=plain(call.nodes), at=visits[0]["begntime"])
    archive.store(STAY, [given], call.at, operator=call.envelope.opter)
    return Done()


@writes("4262")
def compare(call: Call) -> Done:
    """Compare a stay's declared total with the lines kept, and remember the outcome."""
    number, declared = call.nodes["mdtrtId"], call.nodes["totalFeeSumamt"]
    kept = archive.find(Asked((STAY,), institution=call.at.code, keys=(number,)))
    if not kept:
        raise EntryMissing(position=1, key=number)
    found = _sum_of(kept[0])
    body = {
        "mdtrtId": number,
        "certno": kept[0].body[ENCOUNTER][0]["certno"],
        "declared": plain(declared),
        "found": plain(found),
        "equal": found == declared,
    }
    archive.store(TOTAL, [archive.Given(key=number, body=body)], call.at, operator=call.envelope.opter)
    remark = "相符" if found == declared else f"已上传明细合计 {found:f}，申报总费用 {declared:f}"
    return Done(DONE | {"data": {"stmtResult": EQUAL if found == declared else DIFFERENT, "stmtRema": remark}})


def _sum_of(entry: Entry) -> Decimal:
    valid = [row for row in entry.body[LINES] if row.get("valiFlag") != VOID]
    return sum((Decimal(row["detItemFeeSumamt"]) for row in valid), Decimal(0))


@reads("4263")
def mismatches(call: Call) -> Done:
    """Stays of this institution whose declared total is not the sum of the lines kept."""
    page = page_of(call.nodes)
    matching: dict[str, Any] = {"equal": False}
    matching |= {name: call.nodes[name] for name in ("mdtrtId", "certno") if text(call.nodes, name)}
    asked = Asked((TOTAL,), institution=call.at.code, matching=matching)
    found, total = archive.find(asked, limit=page.limit, offset=page.offset), archive.count(asked)
    place = place_of(page, len(found), total)
    current = place["pageNum"]
    around = {"prePage": current - 1, "nextPage": current + 1 if current < place["pages"] else 0}
    rows = [
        {"mdtrtId": one.key, "totalFeeSumamt": one.body["declared"], "uploadedFeeSumamt": one.body["found"]}
        for one in found
    ]
    return Done(DONE | {"data": {name: str(value) for name, value in (place | around).items()} | {"Data": rows}})
