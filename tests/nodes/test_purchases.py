"""Purchases and visits in one message, of a person insured at another node: tried, settled, taken back."""

import pytest
from desks import Desk
from journeys.test_document import SETTLE, TRIAL, document, taken_back
from journeys.test_kept_records import chronic
from journeys.test_pharmacy import purchase
from people import born

from yijie.domain import filing
from yijie.domain.exchange import asking
from yijie.domain.transaction import fetch
from yijie.interfaces.fsi import crossing
from yijie.interfaces.node import homes, rounds
from yijie.interfaces.sample import institutions
from yijie.kernel.dates import today

ACCOUNT = 50_000


@pytest.fixture
def pharmacy(nodes, line):
    """A pharmacy in Beijing, where the test acts from now on."""
    with nodes[0].acting():
        yield Desk(institutions.BEIJING_PHARMACY)


def account_of(nodes, patient):
    rounds.once()
    with nodes[1].acting():
        [(held,)] = fetch(
            "SELECT -amount FROM ledger_balance WHERE account = 'person' AND owner = %s", [patient.number]
        )
    return held


def encounters_of(patient):
    return [state for (state,) in fetch(
        "SELECT state FROM encounter_encounter WHERE person_number = %s ORDER BY id", [patient.number]
    )]  # fmt: skip


def sell(pharmacy, patient, infno="2102", **header):
    return pharmacy.say(infno, purchase(patient), insured_in="510100", **header)


def test_a_quote_leaves_nothing_and_says_what_the_settlement_will(nodes, pharmacy, patient):
    quoted = sell(pharmacy, patient, "2101").output["setlinfo"]
    assert encounters_of(patient) == []
    settled = sell(pharmacy, patient).output["setlinfo"]
    assert (quoted["acct_pay"], quoted["fund_pay_sumamt"]) == (settled["acct_pay"], settled["fund_pay_sumamt"])
    assert account_of(nodes, patient) == ACCOUNT - settled["acct_pay"] * 100
    assert settled["acct_pay"] > 0


@pytest.mark.parametrize("way", ["2103", "2601"])
def test_taken_back_it_restores_everything(nodes, pharmacy, patient, way):
    msgid = pharmacy.message_id()
    body = pharmacy.message("2102", purchase(patient), insured_in="510100", msgid=msgid)
    said = pharmacy.reply("2102", body).output["setlinfo"]
    assert pharmacy.reply("2102", body).output["setlinfo"] == said
    rounds.once()
    if way == "2103":
        row = {"psn_no": patient.number, "mdtrt_id": said["mdtrt_id"], "setl_id": said["setl_id"]}
        voided = pharmacy.say("2103", {"data": row}, insured_in="510100").output["setlinfo"]
        assert voided["medfee_sumamt"] == -said["medfee_sumamt"]
    else:
        row = {"psn_no": patient.number, "omsgid": msgid, "oinfno": "2102"}
        assert pharmacy.say("2601", {"data": row}, insured_in="510100").done
    assert encounters_of(patient) == ["cancelled"]
    assert account_of(nodes, patient) == ACCOUNT


def test_where_the_home_node_does_not_answer_nothing_stays_registered(nodes, pharmacy, patient, line, monkeypatch):
    monkeypatch.setattr(homes, "HOLD_SECONDS_MAX", 0.1)
    line.add("benefit.hold")
    refused = sell(pharmacy, patient)
    assert refused.code == "exchange.peer_silent"
    assert encounters_of(patient) == ["cancelled"]
    line.clear()
    asking.transport_is(asking._carried_by[0])
    assert sell(pharmacy, patient).done


def test_a_process_that_ends_between_the_steps_leaves_a_purchase_that_the_repetition_takes_back(
    pharmacy, patient, monkeypatch
):
    class Ended(BaseException):
        pass

    def ends(_node, _begun):
        raise Ended

    body = pharmacy.message("2102", purchase(patient), insured_in="510100", msgid=pharmacy.message_id())
    with monkeypatch.context() as patched:
        patched.setattr(crossing.homes, "hold", ends)
        with pytest.raises(Ended):
            pharmacy.reply("2102", body)
    assert encounters_of(patient) == ["open"]
    assert pharmacy.reply("2102", body).code == "busy.attempt_open"
    fetch(
        "UPDATE settlement_attempt SET deadline_at = now() - interval '1 second' WHERE state = 'received' RETURNING 1"
    )
    rounds.once()
    assert pharmacy.reply("2102", body).done
    assert encounters_of(patient) == ["cancelled", "settled"]


def test_somebody_elses_document_buys_nothing(pharmacy, patient, nodes):
    with nodes[1].acting():
        other = born("510100")
    said = pharmacy.say("2102", purchase(patient, certno=other.certificate, mdtrt_cert_no=other.certificate),
                        insured_in="510100")  # fmt: skip
    assert not said.done
    assert encounters_of(patient) == []


def test_policy_items_of_a_settlement_are_asked_of_the_home_node(pharmacy, patient):
    said = sell(pharmacy, patient).output["setlinfo"]
    row = {"setl_Id": said["setl_id"], "mdtrt_Id": said["mdtrt_id"], "psn_No": patient.number}
    items = pharmacy.say("100001", {"data": row}, insured_in="510100").output
    assert items


def test_a_pharmacys_day_names_people_insured_at_another_node(pharmacy, patient):
    said = sell(pharmacy, patient).output["setlinfo"]
    row = {"fixmedins_code": pharmacy.code, "query_date": f"{today()}"}
    mine = [one for one in pharmacy.say("2175", row).output["n_output"] if one["mdtrt_regno"] == said["mdtrt_id"]]
    assert {one["psn_name"] for one in mine} == {patient.name}
    assert sum(one["dfr_sumamt"] for one in mine) == said["fund_pay_sumamt"] + said["acct_pay"]


def test_what_a_person_has_filed_is_asked_of_the_home_node(pharmacy, nodes, patient):
    with nodes[1].acting():
        asked = Desk(institutions.CHENGDU_TERTIARY).say("2503", chronic(patient)).output["result"]["trt_dcla_detl_sn"]
        filing.decide_chronic(int(asked[6:]), approved=True, by="经办")
    row = {"psn_no": patient.number, "med_type": "14", "begntime": ""}
    [held] = pharmacy.say("1160", {"data": row}, insured_in="510100").output["spinfo"]
    assert (held["psn_trt_no"], held["psn_trt_type"], held["dise_no"]) == (asked, "01", "M01600")


@pytest.fixture
def beijinger(nodes):
    """Somebody insured in Beijing."""
    with nodes[0].acting():
        return born()


@pytest.fixture
def hospital(nodes, line, beijinger):
    """A hospital in Chengdu, where the test acts from now on; an emergency there needs no filing."""
    with nodes[1].acting():
        yield Desk(institutions.CHENGDU_TERTIARY)


def told(hospital, patient, flag=SETTLE, msgid=""):
    return hospital.message("2260", document(patient, flag, med_type="13"), insured_in="110000", msgid=msgid)


def test_a_visit_in_one_message_is_tried_without_a_trace_and_settled(hospital, beijinger):
    tried = hospital.reply("2260", told(hospital, beijinger, TRIAL)).output["setlInfo"]
    assert encounters_of(beijinger) == []
    settled = hospital.reply("2260", told(hospital, beijinger)).output["setlInfo"]
    assert tried["fund_pay_sumamt"] == settled["fund_pay_sumamt"] > 0
    assert encounters_of(beijinger) == ["settled"]


@pytest.mark.parametrize("way", ["2261", "2208", "2601"])
def test_a_visit_in_one_message_is_taken_back_whole(hospital, beijinger, way):
    body = told(hospital, beijinger, msgid=hospital.message_id())
    said = hospital.reply("2260", body).output["setlInfo"]
    assert hospital.reply("2260", body).output["setlInfo"] == said
    rounds.once()
    if way == "2601":
        assert hospital.reverse(beijinger, "2260", said["medins_setl_id"]).done
    else:
        voided = taken_back(hospital, beijinger, said, way, "mdtrtinfo" if way == "2261" else "data").output
        [answered] = [node for name, node in voided.items() if name.lower() == "setlinfo"]
        assert answered["medfee_sumamt"] == -said["medfee_sumamt"]
    assert encounters_of(beijinger) == ["cancelled"]
