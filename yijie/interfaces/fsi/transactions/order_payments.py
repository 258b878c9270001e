"""YJ03 异地购药订单支付, a transaction of our own, and 2163: an order is paid, a paid one refunded."""

from __future__ import annotations

from dataclasses import replace

from yijie.domain import settlement
from yijie.domain.encounter import Record
from yijie.domain.enrolment import Insured, Shown
from yijie.domain.settlement import FUNDS, Charge, FamilyAccountNotOffered, Settled, Voided
from yijie.domain.transaction import reading
from yijie.interfaces.fsi import crossing, homes
from yijie.interfaces.fsi.call import Call, Done, in_table, settles
from yijie.interfaces.fsi.lines import yuan_of
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.settlement_out import Living, asked_by, person_out, settled_out
from yijie.kernel.dates import today
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, yuan

from .order_errors import OrderUnpaid
from .orders import ELECTRONIC, order_of, require_agreeing, require_unpaid
from .pharmacy import BATCH, USED
from .settling import FAMILY_ACCOUNT, answered, committer, take_back
from .together import Asked, Ready

PAYING = Text("付款", "paying it")
REFUNDING = Text("退费", "refunding it")


@settles("YJ03")
def pay(call: Call, claim: Claim) -> str:
    """Settle an order, for whoever shows the electronic credential of the person it was pushed to."""
    row = call.one()
    if row["acct_used_flag"] == FAMILY_ACCOUNT:
        raise FamilyAccountNotOffered
    order = reading(lambda: order_of(call, row["mdtrt_regno"]))
    if not homes.is_repetition(claim):
        require_unpaid(order, PAYING)
    claim, charge = replace(claim, person_number=order.person_number), _charge(call, order)
    if node := crossing.home_node(order.id):
        return crossing.settle(call, claim, charge, node)
    ready = Ready(charge, lambda settled: _paid(call, settled))
    return answered(committer, Asked(call, claim, lambda _: ready), order.person_number)


def _charge(call: Call, order: Record) -> Charge:
    row = call.one()
    return Charge(
        encounter=order.id,
        number=order.number,
        institution=call.at.code,
        person_number=order.person_number,
        shown=Shown(credential=ELECTRONIC, credential_number=row["ec_token"]),
        declared={},
        use_account=row["acct_used_flag"] == USED,
        insurance=order.insurance,
        batch=BATCH,
        details=asked_by(call),
    )


def _paid(call: Call, settled: Settled) -> Done:
    return Done(in_table(call.infno, settled_out(settled, call.envelope.msgid)), subject=settled.id)


@settles("2163")
def refund(call: Call, claim: Claim) -> str:
    """Void the settlement of a paid order and take the order back."""
    require_agreeing(call)
    order = reading(lambda: order_of(call, call.nodes["mdtrt_regno"]))
    paid = order.settled.get(BATCH, "")
    if not paid and not homes.is_repetition(claim):
        require_unpaid(order, REFUNDING)
        raise OrderUnpaid(number=order.id)
    claim = replace(claim, person_number=order.person_number)
    return take_back(call, claim, Living(paid, order.number, order.person_number), _refunded)


def _refunded(call: Call, voided: Voided, person: Insured, _account_after: Fen) -> Done:
    record = voided.encounter
    mirror = settlement.find(voided.number, record.number, record.person_number)
    assert mirror is not None  # noqa: S101  written a moment ago in this transaction
    back = {name: -amount for name, amount in mirror.money.items()}
    funds = sum(back[fund] for fund in FUNDS)
    said = person_out(person, today()) | {
        "medfee_sumamt": yuan_of(back["total"]),
        "psn_cashpay": yuan_of(back["cash"]),
        "acct_payamt": yuan_of(back["account"]),
        "prmmsg": (
            f"已退费：个人账户退回{yuan(back['account'])}元，基金冲回{yuan(funds)}元，"
            f"个人现金{yuan(back['cash'])}元请由药店退还参保人"
        ),
    }
    return Done(in_table(call.infno, said), subject=mirror.id)
