"""Messages sent again: the same content gets the same bytes for ever, other content under the same id has no effect."""

import json
from datetime import timedelta

import pytest
from people import born
from stored import everything_stored, one

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def charged(beijing):
    """A patient and a discharged stay."""
    patient = born(account=50_000)
    return patient, beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())


def rewritten(body, **header):
    """The same message as another JSON writer would put it, with other header members."""
    message = json.loads(body) | header
    shuffled = dict(sorted(message.items(), reverse=True))
    shuffled["input"] = {
        node: dict(sorted(row.items(), reverse=True)) if isinstance(row, dict) else row
        for node, row in message["input"].items()
    }
    return json.dumps(shuffled, ensure_ascii=True, indent=3).encode()


@pytest.mark.parametrize("infno", ["2401", "2301", "2402", "2304", "2305", "2404", "2601", "9001"])
def test_a_repeated_message_is_answered_with_the_same_bytes_and_done_once(beijing, infno):
    bodies = {}
    answered = beijing.answered

    def recording(body):
        bodies[json.loads(body)["infno"]] = body
        return answered(body)

    beijing.answered = recording
    beijing.sign_in()
    patient, stay = charged(beijing)
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    beijing.void("2305", patient, stay, number)
    empty = beijing.admit(patient, "ZY-EMPTY", now())
    beijing.say("2404", {"data": {"mdtrt_id": empty, "psn_no": patient.number}})
    beijing.reverse(patient, "2304", "never-sent")
    beijing.answered = answered

    first = beijing.reply(infno, bodies[infno])
    assert first.done
    held = everything_stored()
    for again in (
        bodies[infno],
        rewritten(bodies[infno]),
        rewritten(bodies[infno], inf_time="2020-01-01 00:00:00", opter_name="另一人", cainfo="signed", sign_no=""),
    ):
        repeated = beijing.reply(infno, again)
        assert repeated.output_bytes == first.output_bytes
        assert repeated.whole["inf_refmsgid"] != first.whole["inf_refmsgid"]
    assert everything_stored() == held


def test_the_way_a_number_is_written_is_no_other_content(beijing):
    patient, stay = charged(beijing)
    body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(ITEMS)))
    as_number = body.replace(b'"medfee_sumamt":"2400.00"', b'"medfee_sumamt":2400.00')
    first = beijing.reply("2304", as_number)
    for written in (b"2400", b"2400.000", b"2.4E3"):
        again = as_number.replace(b'"medfee_sumamt":2400.00', b'"medfee_sumamt":' + written)
        assert beijing.reply("2304", again).output_bytes == first.output_bytes
    assert beijing.reply("2304", body).code == "message.reused", "a text is not a number"


@pytest.mark.parametrize("change", ["total", "person", "encounter", "home"])
def test_other_content_under_the_same_id_has_no_effect(beijing, change):
    patient, stay = charged(beijing)
    other, elsewhere = charged(beijing)
    msgid = beijing.message_id()
    done = beijing.say("2304", beijing.stay_bill(patient, stay, total_of(ITEMS)), insured_in="110000", msgid=msgid)
    assert done.done
    held = everything_stored()
    payload, home = {
        "total": (beijing.stay_bill(patient, stay, "2400.01"), "110000"),
        "person": (beijing.stay_bill(other, elsewhere, total_of(ITEMS)), "110000"),
        "encounter": (beijing.stay_bill(patient, elsewhere, total_of(ITEMS)), "110000"),
        "home": (beijing.stay_bill(patient, stay, total_of(ITEMS)), "510100"),
    }[change]
    code, text = beijing.refused("2304", payload, insured_in=home, msgid=msgid)
    assert code == "message.reused"
    assert msgid in text
    assert "新的 msgid" in text
    assert everything_stored() == held
    again = beijing.say("2304", beijing.stay_bill(patient, stay, total_of(ITEMS)), insured_in="110000", msgid=msgid)
    assert again.output_bytes == done.output_bytes


def test_equal_ids_of_other_transactions_and_institutions_do_not_collide(desk):
    msgid = "H110105000012026112312000000001"[:30]
    for code in (institutions.BEIJING_TERTIARY, institutions.BEIJING_SECONDARY):
        hospital, patient = desk(code), born()
        hospital.message_id = lambda: msgid
        stay = hospital.admit(patient, f"ZY-{code}", now() - timedelta(days=1))
        hospital.charge(patient, stay, ITEMS, now())
        hospital.discharge(patient, stay, now())
        number = hospital.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
        assert hospital.void("2305", patient, stay, number).done
    assert one("SELECT count(*) FROM fsi_message WHERE msgid = %s", msgid) == 10


def test_an_answer_stands_also_after_the_settlement_was_voided(beijing):
    """The old message never settles again; what the bill comes to now is asked under a new id."""
    patient, stay = charged(beijing)
    body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(ITEMS), account=True))
    settled = beijing.reply("2304", body)
    number = settled.output["setlinfo"]["setl_id"]
    voiding = beijing.message("2305", {"data": {"mdtrt_id": stay, "setl_id": number, "psn_no": patient.number}})
    voided = beijing.reply("2305", voiding)
    held = everything_stored()
    assert beijing.reply("2304", body).output_bytes == settled.output_bytes
    assert beijing.reply("2305", voiding).output_bytes == voided.output_bytes
    assert everything_stored() == held
    second = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    assert second != number
    assert beijing.reply("2304", body).output_bytes == settled.output_bytes


def test_a_second_settlement_under_a_new_id_is_refused(beijing):
    """A client that lost the answer and makes a new id is told which settlement there is."""
    patient, stay = charged(beijing)
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    held = everything_stored()
    code, text = beijing.refused("2304", beijing.stay_bill(patient, stay, total_of(ITEMS)))
    assert code == "encounter.already_settled"
    assert number in text
    assert everything_stored() == held
