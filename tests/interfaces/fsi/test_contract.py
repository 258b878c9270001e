"""Every transaction this node serves, from its own table: what fits is done at any length, what does not is refused."""

import copy
import json
import random
from datetime import timedelta

import able as ready
import messages
import pytest
from desks import Desk
from people import born
from stored import everything_stored

from yijie.interfaces.demo.his import moment
from yijie.interfaces.fsi import Kind
from yijie.interfaces.fsi.service import OFFERED
from yijie.interfaces.sample import institutions
from yijie.kernel.dates import now

EVERY = sorted(OFFERED - ready.ANSWERED_BY_A_FILE)
LONGEST_HEADER = {
    "recer_sys_code": "字" * 10,
    "dev_no": "字" * 100,
    "dev_safe_info": "字" * 2000,
    "cainfo": "字" * 1024,
    "signtype": "字" * 10,
    "infver": "V10000",
    "opter": "字" * 30,
    "opter_name": "字" * 50,
    "fixmedins_name": "字" * 200,
}
FIELD_ERRORS_EACH = 12
PHARMACY_QUOTE = "2101"
"""Registers, grades and decides, and takes all of it back: nothing of it can be asked for."""


def test_every_transaction_of_the_issue_is_served():
    wanted = {"1101", "1201", "2001", "2501", "2502", "2505", "2506", "2601", "9001", "9002"}
    wanted |= {f"220{n}" for n in range(1, 9)} | {f"230{n}" for n in range(1, 6)} | {f"240{n}" for n in range(1, 6)}
    wanted |= {f"520{n}" for n in range(1, 7)} | {f"530{n}" for n in range(1, 5)}
    assert set(EVERY) >= wanted


@pytest.mark.parametrize("infno", EVERY)
def test_the_smallest_message_is_done_and_its_answer_fits_the_table(own_nation, infno):
    reply = ready.able(infno).say()
    assert reply.done, reply.text
    assert reply.output is not None


@pytest.mark.parametrize("infno", EVERY)
def test_every_field_at_its_longest_is_kept_and_comes_back(own_nation, infno):
    """Whatever has room in the message has room in the tables, and in the answers to later questions."""
    asked = ready.able(infno, messages.maximal_input)
    body = asked.desk.message(infno, asked.payload, insured_in=asked.patient.home_region)
    message = json.loads(body) | LONGEST_HEADER
    reply = asked.desk.reply(infno, json.dumps(message, ensure_ascii=False).encode())
    assert reply.done, reply.text
    assert reply.output is not None
    for question in questions(asked, reply):
        assert question.output is not None


def questions(asked, reply):
    """All that can be asked about a person afterwards."""
    desk, patient = asked.desk, asked.patient
    desk.sign_no = ""
    since = moment(now() - timedelta(days=2))
    if asked.infno == PHARMACY_QUOTE:
        return
    encounter = asked.encounter or str(reply.output).partition("mdtrt_id': '")[2][:25]
    settlement = asked.settlement or str(reply.output).partition("setl_id': '")[2][:25]
    row = {"psn_no": patient.number}
    for medical_type in ("2101", "11"):
        yield desk.say("5201", {"data": row | {"begntime": since, "endtime": moment(now()), "med_type": medical_type}})
    yield desk.say("5303", {"data": row | {"begntime": since, "endtime": moment(now())}})
    yield desk.say("5302", {"data": row | {"biz_appy_type": "01"}})
    yield desk.say("5304", {"data": row | {"begntime": since}})
    yield desk.say("5206", {"data": row})
    if encounter:
        yield desk.say("5202", {"data": row | {"mdtrt_id": encounter}})
    if encounter and settlement and asked.infno not in {"2206", "2303"}:
        about = row | {"mdtrt_id": encounter, "setl_id": settlement}
        yield desk.say("5203", {"data": about})
        yield desk.say("5204", {"data": about})


def unfitting(field):
    """A value the field must refuse."""
    if field.code_list:
        return "没有这个代码"
    if field.kind is Kind.TEXT:
        return "字" * (field.length + 1) if field.length else "\x00"
    return {Kind.NUMBER: "一百", Kind.DATE: "昨天", Kind.MOMENT: "2026-02-30 08:00:00"}.get(field.kind, ["a"])


def reaching(payload, whole, way):
    """A copy of a message with the nodes on the way to a field, taken from a whole one where it has none."""
    reached = copy.deepcopy(payload)
    here, there = reached, whole
    for step in way[:-1]:
        if isinstance(step, str) and step not in here:
            here[step] = copy.deepcopy(there[step])
        here, there = here[step], there[step]
    return reached


@pytest.mark.parametrize("infno", EVERY)
def test_a_field_that_does_not_fit_is_named_and_nothing_is_stored(own_nation, infno):
    """A sample of the fields each time; the message is done when it is put right."""
    asked = ready.able(infno)
    whole = messages.skeleton_input(infno)
    chosen = [(way, field) for way, field in ready.fields_of(infno) if field.kind is not Kind.ANY]
    chance = random.Random()
    for way, field in chance.sample(chosen, min(len(chosen), FIELD_ERRORS_EACH)):
        payload = reaching(asked.payload, whole, way)
        held = everything_stored()
        reply = asked.say(messages.with_value(payload, way, unfitting(field)))
        assert reply.code.startswith("fsi."), (way, reply.code, reply.text)
        assert field.name[:20] in reply.text
        assert everything_stored() == held
    assert asked.say().done


@pytest.mark.parametrize("infno", EVERY)
def test_a_missing_field_is_asked_for(own_nation, infno):
    asked = ready.able(infno)
    for way, field in ready.fields_of(infno):
        if field.required and messages.present(asked.payload, way):
            held = everything_stored()
            reply = asked.say(messages.without(asked.payload, way))
            assert reply.code == "fsi.field_missing", (way, reply.text)
            assert everything_stored() == held
    assert asked.say().done


def test_one_number_for_both_kinds_of_address(own_nation, desk):
    """The transaction number may stand in the address, and then it counts."""
    beijing, patient = desk(institutions.BEIJING_TERTIARY), born()
    card = {"mdtrt_cert_type": "02", "mdtrt_cert_no": patient.certificate, "psn_cert_type": "01"}
    body = beijing.message("1101", {"data": card})
    for address in (
        "/fsi/api/rsfComIfsService/callService/1101",
        "/mbs/fmi/fsi/api/callFsiService/callService",
        "/ebus/hsa/hgs/1101",
        "/hsa/hgs/1101",
        "/uif-hsaf-med-api/api/medical/service",
    ):
        response = beijing._client.post(address, content=body)
        assert response.status_code == 200
        assert response.json()["output"]["baseinfo"]["psn_no"] == patient.number
    response = beijing._client.post("/fsi/api/rsfComIfsService/callService/2401", content=body)
    assert response.status_code == 200
    assert "fsi.infno_disagrees" in response.json()["err_msg"]
    assert beijing._client.get("/fsi/api/rsfComIfsService/callService").status_code == 405


def test_an_answer_has_the_members_of_the_table(own_nation):
    asked = ready.able("1101")
    whole = asked.say().whole
    assert set(whole) == {"infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output"}
    assert (len(whole["inf_refmsgid"]), len(whole["refmsg_time"])) == (30, 17)
    assert whole["inf_refmsgid"].startswith(Desk(institutions.BEIJING_TERTIARY).region)
