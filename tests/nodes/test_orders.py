"""An order pushed here for a person insured at another node: identified, quoted, paid, refunded with that node."""

from decimal import Decimal

import pytest
from desks import Desk
from journeys.test_remote_purchases import about, found, order, payment
from nodes.test_purchases import ACCOUNT, account_of, encounters_of
from people import born

from yijie.domain import enrolment
from yijie.domain.exchange import asking
from yijie.interfaces.node import homes, rounds
from yijie.interfaces.sample import institutions

CHENGDU = "510100"


@pytest.fixture
def pharmacy(nodes, line):
    """A pharmacy in Beijing, where the test acts from now on."""
    with nodes[0].acting():
        yield Desk(institutions.BEIJING_PHARMACY)


@pytest.fixture
def show(nodes):
    """Shows somebody's electronic credential: the home node issues it."""

    def token(patient):
        with nodes[1].acting():
            return enrolment.issue_credential(patient.number)

    return token


def push(pharmacy, patient, token):
    return pharmacy.say("2166", order(pharmacy, patient, token=token), insured_in=CHENGDU)


def test_an_order_is_paid_and_refunded_with_the_home_node(nodes, pharmacy, patient, show):
    asked = {"ssn": patient.certificate, "insuplc": CHENGDU, "fixmedins_code": pharmacy.code}
    buyer = pharmacy.say("2161", asked).output
    assert (buyer["psn_no"], buyer["acct_balc"]) == (patient.number, Decimal(500))

    body = pharmacy.message("2166", order(pharmacy, patient, token=show(patient)), insured_in=CHENGDU)
    pushed = pharmacy.reply("2166", body)
    assert "个人账户支付32.00元" in pushed.output["prmmsg"]
    assert pharmacy.reply("2166", body).output_bytes == pushed.output_bytes
    assert encounters_of(patient) == ["open"]
    number = pushed.output["mdtrt_regno"]
    assert found(pharmacy, "2170", patient) == [number]
    assert account_of(nodes, patient) == ACCOUNT

    body = pharmacy.message("YJ03", payment(patient, number, token=show(patient)), insured_in=CHENGDU)
    paid = pharmacy.reply("YJ03", body)
    assert paid.output["setlinfo"]["acct_pay"] == Decimal(32)
    assert pharmacy.reply("YJ03", body).output_bytes == paid.output_bytes
    again = payment(patient, number, token=show(patient))
    assert pharmacy.say("YJ03", again).code == "purchase.order_paid"
    assert account_of(nodes, patient) == ACCOUNT - 3200
    [sold] = pharmacy.say("2171", {"ssn": patient.certificate}).output
    assert (sold["mdtrt_regno"], sold["acct_payamt"], sold["psn_name"]) == (number, Decimal(32), patient.name)

    body = pharmacy.message("2163", about(pharmacy, number))
    back = pharmacy.reply("2163", body)
    assert (back.output["acct_payamt"], back.output["psn_name"]) == (Decimal(32), patient.name)
    assert pharmacy.reply("2163", body).output_bytes == back.output_bytes
    assert encounters_of(patient) == ["cancelled"]
    assert account_of(nodes, patient) == ACCOUNT


def test_a_payment_is_reversed_and_the_order_waits_again(nodes, pharmacy, patient, show):
    number, msgid = push(pharmacy, patient, show(patient)).output["mdtrt_regno"], pharmacy.message_id()
    token = show(patient)
    assert pharmacy.say("YJ03", payment(patient, number, token=token), insured_in=CHENGDU, msgid=msgid).done
    rounds.once()
    row = {"psn_no": patient.number, "omsgid": msgid, "oinfno": "YJ03"}
    assert pharmacy.say("2601", {"data": row}, insured_in=CHENGDU).done
    assert account_of(nodes, patient) == ACCOUNT
    assert found(pharmacy, "2170", patient) == [number]
    assert pharmacy.say("2181", about(pharmacy, number, ssn=patient.certificate, status="1106")).done
    assert encounters_of(patient) == ["cancelled"]


def test_a_code_that_is_not_the_buyers_pushes_and_pays_nothing(nodes, pharmacy, patient, show):
    with nodes[1].acting():
        other = born(CHENGDU, account=ACCOUNT)
    assert push(pharmacy, patient, show(other)).code == "enrolment.credential_invalid"
    assert encounters_of(patient) == []
    number = push(pharmacy, patient, show(patient)).output["mdtrt_regno"]
    refused = pharmacy.say("YJ03", payment(patient, number, token=show(other)), insured_in=CHENGDU)
    assert refused.code == "enrolment.credential_invalid"
    assert found(pharmacy, "2170", patient) == [number]
    assert account_of(nodes, patient) == account_of(nodes, other) == ACCOUNT


def test_while_the_home_node_is_silent_nothing_is_pushed_and_nothing_paid(pharmacy, patient, show, line, monkeypatch):
    monkeypatch.setattr(homes, "HOLD_SECONDS_MAX", 0.1)
    number = push(pharmacy, patient, show(patient)).output["mdtrt_regno"]
    line.update({"benefit.hold", "benefit.quote"})
    assert push(pharmacy, patient, show(patient)).code == "exchange.peer_silent"
    assert encounters_of(patient) == ["open"]
    body = pharmacy.message("YJ03", payment(patient, number, token=show(patient)), insured_in=CHENGDU)
    assert pharmacy.reply("YJ03", body).code == "exchange.peer_silent"
    line.clear()
    asking.transport_is(asking._carried_by[0])
    assert found(pharmacy, "2170", patient) == [number]
    assert pharmacy.reply("YJ03", body).done
