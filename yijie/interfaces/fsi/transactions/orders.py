"""2161, 2166, 2167, 2181 异地就医购药: a pharmacy asks who buys, pushes an order to the payer, takes it back.

An order is a purchase that is registered and graded but not settled; ``order_payments.py`` has it paid. How the
published family is read, which says little, stands in docs/decisions/0018.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from yijie.domain import catalogue, encounter, enrolment, ledger
from yijie.domain.encounter import LineGiven, Record, TimesUnfit
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import FUNDS, Settled
from yijie.domain.transaction import in_transaction, reading
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, settles, text, writes
from yijie.interfaces.fsi.lines import fen_of, yuan_of
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.names import ORDERED, kept
from yijie.interfaces.fsi.once import once
from yijie.interfaces.fsi.settlement_out import person_out
from yijie.interfaces.node.homes import digest_of
from yijie.kernel.codes import Insurance
from yijie.kernel.dates import SHANGHAI, today
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.language import Text
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of, pool_of

from .in_one_message import opened, tried
from .order_errors import (
    ItemUnmapped,
    OrderCancelled,
    OrderElsewhere,
    OrderPaid,
    OrderUnknown,
    OrderUnpaid,
    ReversalUnknown,
    StepFinal,
)
from .pharmacy import BATCH, USED, Basket, purchase_of, require_pharmacy

IDENTITY_CARD, ELECTRONIC = "01", "01"
"""psn_cert_type 居民身份证; mdtrt_cert_type 医保电子凭证"""
BASIC = (Insurance.EMPLOYEE, Insurance.RESIDENT)
PUSHED = "1"
"""push_flag: the order is there for its payer"""
NAME_MAX = 100


def require_agreeing(call: Call) -> None:
    """Refuse a message that names another institution, care region or home region than its header does."""
    for field, given, header, expected in (
        ("fixmedins_code", text(call.nodes, "fixmedins_code"), "fixmedins_code", call.at.code),
        ("mdtrtarea", pool_of(text(call.nodes, "mdtrtarea")), "mdtrtarea_admvs", call.at.pool),
        ("insuplc", pool_of(text(call.nodes, "insuplc")), "insuplc_admdvs", call.home_region),
    ):
        if text(call.nodes, field) and given != expected:
            raise OrderElsewhere(field=field, given=call.nodes[field], header=header, expected=expected)


def payer_digest(ssn: str) -> str:
    """What an order knows its payer by: a digest of the identity number (社会保障号), as the hub's locator has it."""
    return digest_of("certificate", ssn)


@reads("2161")
def read_buyer(call: Call) -> Done:
    """Who buys, by identity number, under the insurance that is active in a region today; employees' comes first."""
    require_pharmacy(call)
    require_agreeing(call)
    person = enrolment.by_certificate(IDENTITY_CARD, call.nodes["ssn"])
    relation = _active(person.number, call.home_region)
    account = (relation.home_region, relation.person_number)
    held = ledger.personal_accounts([account])[account] if relation.insurance == Insurance.EMPLOYEE else 0
    said = person_out(relation, today()) | {
        "ssn": relation.certificate_number,
        "emp_name": relation.employer[:NAME_MAX],
        "insuplc_admdvs": relation.home_region,
        "outmed_fundmgt_optins_fulname": f"{name_of(relation.home_region)}医疗保障局",
        "acct_balc": yuan_of(held),
    }
    return Done(in_table(call.infno, said))


def _active(person_number: str, region: str) -> Insured:
    refusal: YijieError = enrolment.why_missing((person_number, "/".join(BASIC), region))
    for relation in enrolment.relations_of(person_number, today()):
        if relation.home_region == region and relation.insurance in BASIC:
            try:
                relation.require_active(today())
            except enrolment.EnrolmentInactive as inactive:
                refusal = inactive
            else:
                return relation
    raise refusal


@settles("2166")
def push(call: Call, claim: Claim) -> str:
    """Register and grade a purchase and leave it to be paid; what it would cost whom is asked before that."""
    require_agreeing(call)
    asked = None if homes.is_repetition(claim) else reading(lambda: _tried(call))
    return in_transaction(lambda: once(call, claim, lambda call: _pushed(call, asked))).decode()


def _tried(call: Call) -> Settled:
    basket = _basket(call)
    return tried(call, basket.row, purchase_of(call, basket))[0]


def _pushed(call: Call, asked: Settled | None) -> Done:
    order = opened(purchase_of(call, _basket(call)).visit).record.id
    told = _told(asked) if asked else ""
    return Done({"mdtrt_regno": str(order), "push_flag": PUSHED, "prmmsg": told}, subject=order)


def _told(asked: Settled) -> str:
    money = asked.money
    funds = sum(money[fund] for fund in FUNDS)
    return (
        f"订单已推送，待付款：医疗费总额{yuan(money['total'])}元，预计基金支付{yuan(funds)}元、"
        f"个人账户支付{yuan(money['account'])}元、个人现金支付{yuan(money['cash'])}元，以付款时结算为准"
    )


def _basket(call: Call) -> Basket:
    row = call.nodes
    bought_on: date = row["dscg_date"]
    if bought_on > today():
        raise TimesUnfit(what=Text(f"购药日期 {bought_on} 在将来", f"{bought_on} lies ahead"), field="dscg_date")
    said = {
        "psn_no": row["psn_no"],
        "insutype": row["insutype"],
        "certno": row["ssn"],
        "psn_name": row["psn_name"],
        "mdtrt_cert_type": ELECTRONIC,
        "mdtrt_cert_no": row["ec_token"],
        "begntime": datetime.combine(bought_on, time.min, SHANGHAI),
        "medfee_sumamt": row["medfee_sumamt"],
        "med_type": row["med_type"],
        "acct_used_flag": USED,
    }
    lines = _lines(call, call.many("feedetl"), bought_on)
    return Basket(said, lines, row["mdtrtsn"], {"payer": payer_digest(row["ssn"])})


def _lines(call: Call, rows: Sequence[Row], day: date) -> list[LineGiven]:
    uncoded = [row["medins_list_codg"] for row in rows if not text(row, "hilist_code")]
    mapped = catalogue.mapped(uncoded, call.at.code, day) if uncoded else {}
    return [
        LineGiven(
            serial=row["feedetl_sn"],
            original="",
            batch=BATCH,
            charged_at=row["detl_ocur_time"],
            item=text(row, "hilist_code") or _item(row, position, mapped),
            own_code=row["medins_list_codg"],
            price=row["pric"],
            quantity=row["cnt"],
            amount=fen_of(row["amt"]),
            approval="",
            details=kept(row, ORDERED),
        )
        for position, row in enumerate(rows, 1)
    ]


def _item(row: Row, position: int, mapped: dict[str, set[str]]) -> str:
    items = mapped.get(row["medins_list_codg"], set())
    if len(items) != 1:
        raise ItemUnmapped(
            position=position, serial=row["feedetl_sn"], own_code=row["medins_list_codg"], count=len(items)
        )
    return next(iter(items))


def order_of(call: Call, number: str) -> Record:
    """The order of this institution with a 就诊登记号, unlocked."""
    found = encounter.find_order(order_number(call, number), call.at.code)
    if found is None:
        raise OrderUnknown(number=number)
    return found


def order_number(call: Call, number: str) -> str:
    """The encounter's public number behind a 就诊登记号, which has no room for the region; empty for what is none."""
    public = public_id(call.at.pool, int(number)) if number.isascii() and number.isdigit() else ""
    return public if parse_public_id(public) else ""


def require_unpaid(order: Record, step: Text) -> None:
    """Refuse a step that only an order allows which waits for its payer."""
    if BATCH in order.settled:
        raise OrderPaid(number=order.id, settlement=order.settled[BATCH], step=step)
    if order.state == "cancelled":
        raise OrderCancelled(number=order.id, step=step)


CANCELLING = Text("取消", "cancelling it")


@writes("2167")
def cancel(call: Call) -> Done:
    """Take back an order that is not paid."""
    require_agreeing(call)
    order = _locked(order_of(call, call.nodes["mdtrt_regno"]))
    require_unpaid(order, CANCELLING)
    encounter.clear(order)
    return Done()


def _locked(order: Record) -> Record:
    return encounter.lock(order.number, order.institution, order.person_number)


PUSH, CANCELLATION, REFUND = "1106", "1107", "1203"
"""冲正业务类型, by our reading (decision 0018): what 2166, 2167 and 2163 did"""


@writes("2181")
def reverse(call: Call) -> Done:
    """Take back an order whose answer was lost. A cancellation or a refund is final: it can only be found undone."""
    require_agreeing(call)
    status = call.nodes["status"]
    if status not in (PUSH, CANCELLATION, REFUND):
        raise ReversalUnknown(status=status)
    order = _locked(order_of(call, call.nodes["mdtrt_regno"]))
    if order.payer != payer_digest(call.nodes["ssn"]):
        raise OrderUnknown(number=order.id)
    if status == PUSH:
        _take_back(order)
    elif order.state == "cancelled":
        raise StepFinal(number=order.id)
    elif status == REFUND and BATCH not in order.settled:
        raise OrderUnpaid(number=order.id)
    return Done()


def _take_back(order: Record) -> None:
    """Reversing twice is the same as once."""
    if order.state != "cancelled":
        require_unpaid(order, CANCELLING)
        encounter.clear(order)
