"""35xx goods of an institution: stock records withdrawn and asked for, drug trace codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yijie.domain import archive
from yijie.domain.archive import Asked, Entry, EntryMissing
from yijie.interfaces.fsi.archived import CURRENT, OVER, begin_of, end_of, rows_node, shown
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text, writes
from yijie.interfaces.fsi.plain import fitted, plain, snake
from yijie.interfaces.fsi.tables import transaction
from yijie.kernel.errors import YijieError

GOODS = {
    "1": ("stock_count",),
    "2": ("stock_change",),
    "3": ("purchase", "purchase_return"),
    "4": ("sale", "sale_return"),
}
"""inv_data_type (进销存数据类型) → kinds of record: 1 盘存, 2 库存变更, 3 采购与退货, 4 销售与退货."""


class GoodsTypeUnknown(YijieError):
    """A sort of stock record that does not exist."""

    code = "archive.goods_type_unknown"
    zh = "进销存数据类型 {given} 不存在：1 盘存 2 库存变更 3 采购 4 销售"
    en = "there is no stock record type {given}: 1 count, 2 change, 3 purchase, 4 sale"


@writes("3507")
def delete_goods(call: Call) -> Done:
    """Withdraw the stock records of a batch number."""
    row = call.one()
    if not _deleted(call, row):
        raise EntryMissing(position=1, key=row["fixmedins_bchno"])
    return Done()


@writes("3507A")
def delete_many_goods(call: Call) -> Done:
    """Withdraw stock records; those that are not there are listed."""
    missing = [row for row in call.many("goodDetail") if not _deleted(call, row)]
    return Done({"goodErrDetail": [dict(row) | {"retRslt": "-1", "msgRslt": "没有有效记录"} for row in missing]})


def _deleted(call: Call, row: Row) -> bool:
    kinds = GOODS.get(row["inv_data_type"])
    if kinds is None:
        raise GoodsTypeUnknown(given=row["inv_data_type"])
    ended = [archive.withdraw(kind, [row["fixmedins_bchno"]], call.at.code) for kind in kinds]
    return any(ended)


STOCK = {
    "3508": (GOODS["1"], "medins_prod_inv_no"),
    "3509": (GOODS["2"], "medins_prod_inv_chg_no"),
    "3510": (GOODS["3"], "medins_prod_purc_no"),
    "3511": (GOODS["4"], "medins_prod_sel_no"),
}
PERIOD = frozenset({"begndate", "enddate", "fixmedins_code"})
RETURNS = frozenset({"purchase_return", "sale_return"})


def _goods(entry: Entry, number: str) -> dict[str, Any]:
    body = entry.body
    return (
        body
        | shown(entry)
        | {
            number: entry.number,
            "medins_list_codg": body["fixmedins_hilist_id"],
            "medins_list_name": body["fixmedins_hilist_name"],
            "bilg_dr_name": body.get("prsc_dr_name"),
            "prod_retn_flag": CURRENT if entry.kind in RETURNS else OVER,
            "list_sp_item_flag": OVER,
        }
    )


@reads(*STOCK)
def goods(call: Call) -> Done:
    """Stock records of this institution by batch number and period; every other field that is given narrows."""
    kinds, number = STOCK[call.infno]
    row = call.one()
    asked = Asked(
        kinds,
        institution=call.at.code,
        keys=(row["fixmedins_bchno"],),
        since=begin_of(row["begndate"]),
        until=end_of(row["enddate"]),
    )
    wanted = plain({name: value for name, value in row.items() if name not in PERIOD})
    node = transaction(call.infno).output
    known = {snake(field.name) for field in node.fields}
    rows = [kept for entry in archive.find(asked) if _fits(kept := plain(_goods(entry, number)), wanted, known)]
    return Done([fitted(node, row) for row in rows])


def _fits(kept: dict[str, Any], wanted: dict[str, Any], known: set[str]) -> bool:
    return all(kept.get(name) == value for name, value in wanted.items() if name in known)


TRACED_IN = ("stock_count", "stock_change", "purchase")


@reads("3512")
def traced_in(call: Call) -> Done:
    """Trace codes of drugs that came in."""
    return Done(_traced(call, TRACED_IN))


@reads("3513")
def traced_out(call: Call) -> Done:
    """Trace codes of drugs that were sold."""
    return Done(_traced(call, ("sale",)))


def _traced(call: Call, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    row = call.one()
    names = {"medins_list_codg": "fixmedins_hilist_id", "mdtrt_id": "mdtrt_sn"}
    same = ("med_list_codg", "medins_list_codg", "fixmedins_bchno", "mdtrt_id", "psn_no", "certno", "psn_name")
    matching: dict[str, Any] = {names.get(name, name): row[name] for name in same if text(row, name)}
    code = text(row, "drug_trac_codg")
    if code:
        matching["drugtracinfo"] = [{"drug_trac_codg": code}]
    found = archive.find(
        Asked(
            kinds,
            institution=call.at.code,
            since=begin_of(row.get("begndate")),
            until=end_of(row.get("enddate")),
            matching=matching,
        )
    )
    node = transaction(call.infno).output
    return [
        fitted(
            node,
            _goods(entry, "rid")
            | {"drug_trac_codg": traced, "mdtrt_id": entry.body.get("mdtrt_sn"), "bkkp_sn": entry.key},
        )
        for entry in found
        for traced in _codes(entry)
        if code in ("", traced)
    ]


def _codes(entry: Entry) -> Iterable[str]:
    return [one["drug_trac_codg"] for one in entry.body.get("drugtracinfo", []) if one.get("drug_trac_codg")]


@writes("3592B")
def virtual_trace_code(call: Call) -> Done:
    """A trace code for goods that carry none."""
    row = call.one()
    given = archive.Given(key=row["fixmedins_bchno"], body=plain(row))
    [stored] = archive.store("virtual_trace_code", [given], call.at, operator=call.envelope.opter)
    node = rows_node(call.infno, "result")
    return Done({"result": [fitted(node, plain(row) | {"drug_trac_codg": f"V{stored.number}"})]})
