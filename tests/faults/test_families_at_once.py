"""Two desks at once, far beyond settling: versions without gaps, one file, one of two, and books that agree."""

from datetime import timedelta

import able as ready
import messages
import pytest
from crowd import all_at_once
from desks import Desk
from people import born
from stored import everything_stored, one, rows

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import clock_set_to, now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2", serial="1001")]
CLIENTS = 8


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def at_once(server, infno, payloads, desk):
    """Each payload as a message of its own, all at the same moment; the replies."""
    return all_at_once(server.address, [(infno, desk.message(infno, payload)) for payload in payloads])


def test_a_department_is_opened_once(own_server, beijing):
    row = messages.minimal_input("3401")["deptinfo"] | {"hosp_dept_codg": "ONCE"}
    replies = at_once(own_server, "3401", [{"deptinfo": row}] * CLIENTS, beijing)
    assert sorted(reply.code for reply in replies) == [""] + ["archive.taken"] * (CLIENTS - 1)


def test_a_record_sent_by_many_has_every_version(own_server, beijing):
    row = messages.minimal_input("3501")["invinfo"] | {"fixmedins_bchno": "MANY"}
    replies = at_once(own_server, "3501", [{"invinfo": row | {"memo": str(n)}} for n in range(CLIENTS)], beijing)
    assert all(reply.done for reply in replies)
    versions = rows("SELECT version, ended_at IS NULL FROM archive_entry WHERE key = 'MANY' ORDER BY 1")
    assert versions == [(n, n == CLIENTS) for n in range(1, CLIENTS + 1)]


def test_one_message_sent_by_many_is_one_version(own_server, beijing):
    row = messages.minimal_input("3501")["invinfo"] | {"fixmedins_bchno": "SAME"}
    body = beijing.message("3501", {"invinfo": row})
    replies = all_at_once(own_server.address, [("3501", body)] * CLIENTS)
    assert all(reply.done for reply in replies)
    assert one("SELECT count(*) FROM archive_entry WHERE key = 'SAME'") == 1


def test_an_increment_asked_for_by_many_is_one_file(own_server, beijing):
    replies = at_once(own_server, "1302", [{"data": {"ver": "0"}}] * CLIENTS, beijing)
    assert len({reply.output["file_qury_no"] for reply in replies}) == 1
    assert one("SELECT count(*) FROM files_file WHERE name LIKE '1302%%'") == 1


def test_lists_of_one_settlement_are_versions(own_server, beijing):
    facts = ready._settled_stay(beijing, born())
    whole = ready.good_list(facts, beijing)
    replies = at_once(own_server, "4101", [whole] * CLIENTS, beijing)
    assert all(reply.done for reply in replies)
    settlement = int(facts["settlement"][6:])
    found = rows("SELECT version FROM settlement_list_settlementlist WHERE settlement = %s ORDER BY 1", settlement)
    assert found == [(n,) for n in range(1, CLIENTS + 1)]


@pytest.mark.parametrize("turn", range(4))
def test_upload_void_and_settle_race_and_the_books_agree(own_server, beijing, turn):
    """Whoever comes first, the others are told; what is settled is what was charged (asked after every test)."""
    patient = born(account=20_000)
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(hours=2), ended=now())
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    row = {"mdtrt_id": stay, "setl_id": number, "psn_no": patient.number}
    more = Item(shelf.DRUG_A.code, "3.20", "10", serial=f"20{turn}")
    charge = {"feedetail": beijing.lines(patient, stay, [more], now())}
    bill = beijing.stay_bill(patient, stay, total_of(ITEMS))
    grown = beijing.stay_bill(patient, stay, total_of([*ITEMS, more]))
    sent = [("2305", {"data": row}), ("2301", charge), ("2304", bill), ("2304", grown), ("2305", {"data": row})]
    replies = all_at_once(own_server.address, [(infno, beijing.message(infno, payload)) for infno, payload in sent])
    known = {
        "",
        "encounter.already_settled",
        "encounter.state_unfit",
        "settlement.already_voided",
        "settlement.total_differs",
        "encounter.line_duplicate",
    }
    assert {reply.code for reply in replies} <= known
    assert sum(reply.done for reply in replies if reply.infno == "2305") == 1
    assert sum(reply.done for reply in replies if reply.infno == "2304") <= 1


@pytest.mark.parametrize("infno", ["2304", "3501", "3301", "4101"])
def test_a_message_sent_again_after_months_is_the_same_answer(own_nation, infno):
    asked = ready.able(infno)
    body = asked.desk.message(infno, asked.payload, insured_in=asked.patient.home_region)
    first = asked.desk.reply(infno, body)
    assert first.done, first.text
    held = everything_stored()
    with clock_set_to(now() + timedelta(days=200)):
        again = asked.desk.reply(infno, body)
    assert again.output_bytes == first.output_bytes
    assert everything_stored() == held


def test_one_id_in_every_family_collides_with_none(own_nation):
    msgid = "H110105000012026112312345678"
    for infno in ("3401", "3501", "4301", "3301", "2503", "9101"):
        asked = ready.able(infno)
        assert asked.say(msgid=msgid).done, infno
    elsewhere = Desk(institutions.SHANGHAI_TERTIARY)
    assert elsewhere.say("3501", ready.able("3501").payload, msgid=msgid).done
