"""2170 a person's orders that wait to be paid at this pharmacy, 2171 those that were paid, each with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yijie.domain import encounter, settlement
from yijie.domain.encounter import LineRow, Record
from yijie.domain.enrolment import Insured
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, in_table, reads, text
from yijie.interfaces.fsi.codes import out_type
from yijie.interfaces.fsi.lines import yuan_of
from yijie.interfaces.fsi.names import ORDERED, declared
from yijie.interfaces.fsi.settlement_out import person_out
from yijie.kernel.dates import today

from .orders import order_number, payer_digest, require_agreeing
from .pharmacy import BATCH

NAME_MAX, PHARMACY_NAME_MAX, SPECIFICATION_MAX = 100, 50, 50


@reads("2170")
def unpaid_orders(call: Call) -> Done:
    """Orders of a person that wait for payment at this institution, the newest first."""
    require_agreeing(call)
    found = encounter.orders_of(payer_digest(call.nodes["ssn"]), call.at.code, BATCH, paid=False)
    return Done(in_table(call.infno, _told(call, found)))


@reads("2171")
def paid_orders(call: Call) -> Done:
    """Orders of a person that were paid at this institution and not refunded, the newest first."""
    require_agreeing(call)
    row = call.nodes
    number = text(row, "mdtrt_regno")
    found = encounter.orders_of(
        payer_digest(row["ssn"]),
        call.at.code,
        BATCH,
        paid=True,
        number=(order_number(call, number) or number) if number else "",
        since=row.get("start_date"),
        until=row.get("end_date"),
    )
    told = _told(
        call, [order for order in found if text(row, "out_type") in ("", out_type(order.home_region, order.region))]
    )
    money = {row.number: row.money for row in settlement.many([o.settled[BATCH] for o in found], call.at.code).values()}
    paid = {str(order.id): money[order.settled[BATCH]] for order in found}
    for one in told:
        parts = paid[one["mdtrt_regno"]]
        one |= {"psn_cashpay": yuan_of(parts["cash"]), "acct_payamt": yuan_of(parts["account"])}
    return Done(in_table(call.infno, told))


def _told(call: Call, orders: Sequence[Record]) -> list[dict[str, Any]]:
    lines = encounter.live_lines(orders, BATCH) if orders else {}
    people = homes.facts({_relation(order) for order in orders}, today())
    return [_order(call, order, people[_relation(order)][0], lines[order.id]) for order in orders]


def _relation(order: Record) -> tuple[str, str, str]:
    return order.person_number, order.insurance, order.home_region


def _order(call: Call, order: Record, person: Insured, lines: Sequence[LineRow]) -> dict[str, Any]:
    return {
        **person_out(person, today()),
        "ssn": person.certificate_number,
        "medfee_sumamt": yuan_of(sum(line.amount for line in lines)),
        "mdtrt_regno": str(order.id),
        "fixmedins_code": call.at.code,
        "fixmedins_name": call.at.name[:PHARMACY_NAME_MAX],
        "insuplc": order.home_region,
        "mdtrtarea": order.region,
        "dscg_date": order.began_at.date(),
        "out_type": out_type(order.home_region, order.region),
        "feedetl": [_line(line) for line in lines],
    }


def _line(line: LineRow) -> dict[str, Any]:
    return {
        "med_invo_item_type": line.charge_category,
        "spec": line.specification[:SPECIFICATION_MAX],
        **declared(line.details, ORDERED),
        "medins_list_codg": line.own_code,
        "hilist_code": line.item,
        "hilist_name": line.item_name[:NAME_MAX],
        "chrgitm_lv": line.item_class,
        "pric": line.price,
        "cnt": line.quantity,
        "amt": yuan_of(line.amount),
        "detl_ocur_time": line.charged_at,
    }
