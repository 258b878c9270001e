"""What a hospital reports of people of another node: chronic diseases (2503, 2504), settlement lists (4101–4104)."""

from datetime import timedelta

import pytest
from desks import Desk
from journeys.test_kept_records import chronic
from journeys.test_settlement_lists import ITEMS, named, question, whole
from people import born

from yijie.domain import filing
from yijie.domain.transaction import fetch
from yijie.interfaces.sample.institutions import BEIJING_TERTIARY
from yijie.kernel.dates import now

EMERGENCY = '{"IPT_TYPE":"2"}'


@pytest.fixture
def hospital(nodes, line):
    """A hospital in Beijing, where the test acts from now on."""
    with nodes[0].acting():
        yield Desk(BEIJING_TERTIARY)


def requests(patient):
    """Chronic diseases asked for, at the node where the test acts."""
    return fetch("SELECT count(*) FROM filing_chronicfiling WHERE person_number = %s", [patient.number])[0][0]


def test_a_chronic_disease_is_asked_for_and_decided_at_the_home_node(nodes, line, hospital, patient):
    """Once, though the first answer was lost; taken back only until the home bureau decides."""
    at_home = {"insured_in": "510100"}
    msgid = hospital.message_id()
    line.add("his.hand_on.answer")
    assert hospital.refused("2503", chronic(patient), msgid=msgid, **at_home)[0] == "exchange.peer_silent"
    line.clear()
    number = hospital.say("2503", chronic(patient), msgid=msgid, **at_home).output["result"]["trt_dcla_detl_sn"]
    assert number.startswith("510100")
    assert requests(patient) == 0
    with nodes[1].acting():
        assert requests(patient) == 1
    assert hospital.refused("2503", chronic(patient), **at_home)[0] == "filing.chronic_taken"
    taken_back = {"data": {"trt_dcla_detl_sn": number, "psn_no": patient.number, "memo": "误"}}
    with nodes[1].acting():
        other = born("510100").number
    assert hospital.refused("2504", {"data": taken_back["data"] | {"psn_no": other}}, **at_home)[0] == "filing.unknown"
    line.add("his.hand_on")
    assert hospital.refused("2504", taken_back, **at_home)[0] == "exchange.peer_silent"
    line.clear()
    msgid = hospital.message_id()
    assert hospital.say("2504", taken_back, msgid=msgid, **at_home).done
    assert hospital.say("2504", taken_back, msgid=msgid, **at_home).done, "the same message again"
    assert hospital.refused("2504", taken_back, **at_home)[0] == "filing.unknown"

    again = hospital.say("2503", chronic(patient), **at_home).output["result"]["trt_dcla_detl_sn"]
    with nodes[1].acting():
        filing.decide_chronic(int(again[6:]), approved=True, by="成都经办")
    held = hospital.say("5301", {"data": {"psn_no": patient.number}}, **at_home).output["feedetail"]
    assert [row["opsp_dise_code"] for row in held] == ["M01600"]
    taken_back = {"data": taken_back["data"] | {"trt_dcla_detl_sn": again}}
    assert hospital.refused("2504", taken_back, **at_home)[0] == "filing.state_unfit"


def test_a_settlement_list_carries_the_name_that_only_the_home_node_knows(nodes, line, hospital, patient):
    townsman = born("110000")
    stays = {}
    for one in (patient, townsman):
        stay = hospital.stay_of(one, ITEMS, began=now() - timedelta(hours=3), ended=now(), extension=EMERGENCY)
        settled = hospital.settle_stay(one, stay, ITEMS)["setlinfo"]["setl_id"]
        stays[one.number] = {"encounter": stay, "settlement": settled}
    facts = stays[patient.number]
    line.add("person.facts")
    assert hospital.refused("4101", whole(facts, hospital))[0] == "exchange.peer_silent"
    assert hospital.refused("4103", named(patient, facts))[0] == "settlement_list.missing", "nothing half stored"
    line.clear()
    msgid = hospital.message_id()
    body = whole(facts, hospital)
    kept = hospital.say("4101", body, msgid=msgid).output
    assert hospital.say("4101", body, msgid=msgid).output == kept
    assert hospital.say("4101", whole(stays[townsman.number], hospital)).done

    said = hospital.say("4103", named(patient, facts)).output
    assert said["setlinfo"]["psn_name"] == patient.name
    assert sum(row["item_sumamt"] for row in said["iteminfo"]) > 0
    checked = hospital.say("4104", question(facts) | {"data": question(facts)["data"] | {"setl_id": ""}}).output
    names = {row["psn_no"]: row["psn_name"] for row in checked}
    assert names == {patient.number: patient.name, townsman.number: townsman.name}
    assert hospital.say("4102", named(patient, facts, stas_type="1")).done
    assert hospital.refused("4101", whole(facts, hospital))[0] == "settlement_list.locked"
    line.add("person.facts")
    assert hospital.refused("4104", question(facts))[0] == "exchange.peer_silent"
    assert hospital.say("4104", question(stays[townsman.number])).done, "who is insured here needs nobody"
