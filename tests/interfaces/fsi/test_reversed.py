"""2601: a message whose answer was lost is undone by its own id, once, also when it never arrived."""

from datetime import timedelta

import pytest
from people import born
from reckoning import fen
from stored import everything_stored, one, rows

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]
ACCOUNT = 50_000


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


@pytest.fixture
def patient(own_nation):
    """A working employee of Beijing with 500 yuan on the account."""
    return born(account=ACCOUNT)


def charged(beijing, patient):
    """A discharged stay with charges."""
    return beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())


def year_and_account(patient):
    """What a reversal has to restore."""
    year = rows("SELECT amounts FROM decision_accumulator WHERE person_number = %s", patient.number)
    account = one("SELECT -amount FROM ledger_balance WHERE account = 'person' AND owner = %s", patient.number)
    return [amounts for (amounts,) in year if amounts != "{}"], account


def test_a_settlement_of_a_stay_is_reversed_and_can_be_made_again(beijing, patient):
    stay = charged(beijing, patient)
    before = year_and_account(patient)
    body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(ITEMS), account=True))
    number = beijing.reply("2304", body).output["setlinfo"]["setl_id"]
    msgid = beijing_msgid(body)
    assert year_and_account(patient) != before
    assert beijing.reverse(patient, "2304", msgid).output == {}
    assert year_and_account(patient) == before
    assert one("SELECT state FROM settlement_settlement WHERE id = %s", int(number[6:])) == "voided"
    late = beijing.reply("2304", body)
    assert late.code == "message.reversed"
    assert "新的 msgid" in late.text
    assert beijing.settle_stay(patient, stay, ITEMS, account=True)["setlinfo"]["setl_id"] != number


def beijing_msgid(body):
    """The id a message carries."""
    return body.split(b'"msgid":"')[1].split(b'"')[0].decode()


def test_a_settlement_of_a_visit_is_reversed(beijing, patient):
    visit = beijing.visit_of(patient, ITEMS, began=now())
    before = year_and_account(patient)
    settled = beijing.settle_visit(patient, visit, ITEMS, account=True, msgid="LOST-2207")["setlinfo"]
    assert fen(settled["acct_pay"]) == ACCOUNT
    assert beijing.reverse(patient, "2207", "LOST-2207").done
    assert year_and_account(patient) == before
    assert beijing.settle_visit(patient, visit, ITEMS, account=True)["setlinfo"]["setl_id"] != settled["setl_id"]


def test_an_admission_is_reversed_while_nothing_is_charged(beijing, patient):
    msgid = beijing.message_id()
    beijing.message_id = lambda: msgid
    stay = beijing.admit(patient, "ZY-REV", now() - timedelta(hours=1))
    del beijing.message_id
    beijing.charge(patient, stay, ITEMS, now())
    refusal = beijing.reverse(patient, "2401", msgid)
    assert refusal.code == "encounter.state_unfit"
    assert "2302" in refusal.text
    assert beijing.revoke(patient, stay, "0000").done
    assert beijing.reverse(patient, "2401", msgid).done
    assert one("SELECT state FROM encounter_encounter WHERE id = %s", int(stay[6:])) == "cancelled"
    assert beijing.admit(patient, "ZY-REV", now() - timedelta(hours=1)) != stay


def test_reversing_twice_is_the_same_as_once(beijing, patient):
    stay = charged(beijing, patient)
    beijing.settle_stay(patient, stay, ITEMS, msgid="TWICE")
    assert beijing.reverse(patient, "2304", "TWICE").done
    voided = rows("SELECT * FROM settlement_settlement ORDER BY id")
    assert beijing.reverse(patient, "2304", "TWICE").done
    assert rows("SELECT * FROM settlement_settlement ORDER BY id") == voided


def test_reversing_what_2305_voided_before_is_done_without_effect(beijing, patient):
    stay = charged(beijing, patient)
    number = beijing.settle_stay(patient, stay, ITEMS, msgid="VOIDED")["setlinfo"]["setl_id"]
    assert beijing.void("2305", patient, stay, number).done
    voided = rows("SELECT * FROM settlement_settlement ORDER BY id")
    assert beijing.reverse(patient, "2304", "VOIDED").done
    assert rows("SELECT * FROM settlement_settlement ORDER BY id") == voided


@pytest.mark.parametrize("infno", ["2401", "2304", "2207", "2102"])
def test_a_message_not_yet_seen_leaves_a_tombstone(beijing, patient, infno):
    """Whatever 2601 names and we have not seen takes no effect when it comes late."""
    assert beijing.reverse(patient, infno, f"LATE-{infno}").done
    again = everything_stored()["settlement_settlement"]
    if infno == "2304":
        stay = charged(beijing, patient)
        bill = beijing.stay_bill(patient, stay, total_of(ITEMS))
        code, text = beijing.refused("2304", bill, msgid="LATE-2304")
        assert code == "message.reversed"
        assert "2601" in text
        assert everything_stored()["settlement_settlement"] == again
        assert beijing.settle_stay(patient, stay, ITEMS)
    if infno == "2207":
        visit = beijing.visit_of(patient, ITEMS, began=now())
        bill = beijing.visit_bill(patient, visit, total_of(ITEMS), batch="B1", account=False)
        assert beijing.refused("2207", bill, msgid="LATE-2207")[0] == "message.reversed"
        assert beijing.settle_visit(patient, visit, ITEMS)
    assert beijing.reverse(patient, infno, f"LATE-{infno}").done


def test_a_tombstone_of_one_transaction_leaves_the_others_alone(beijing, patient):
    msgid = beijing.message_id()
    assert beijing.reverse(patient, "2401", msgid).done
    stay = charged(beijing, patient)
    assert beijing.settle_stay(patient, stay, ITEMS, msgid=msgid)


def test_nobody_else_is_reversed(beijing, patient, desk):
    stay = charged(beijing, patient)
    beijing.settle_stay(patient, stay, ITEMS, msgid="MINE")
    stranger_person = born()
    held = everything_stored()
    refusal = beijing.reverse(stranger_person, "2304", "MINE")
    assert refusal.code == "message.not_that_person"
    assert "omsgid" in refusal.text
    assert everything_stored() == held
    stranger = desk(institutions.BEIJING_SECONDARY)
    assert stranger.reverse(patient, "2304", "MINE").done, "its own message of that id, never seen: a tombstone"
    assert held["settlement_settlement"] == everything_stored()["settlement_settlement"]
    assert beijing.reverse(patient, "2304", "MINE").done
    refusal = beijing.reverse(stranger_person, "2304", "MINE")
    assert refusal.code == "message.not_that_person", "also when it is reversed already"


def test_other_transactions_are_undone_by_their_own(beijing, patient):
    held = everything_stored()
    for infno in ("2301", "2305", "2601", "5203", "9999"):
        refusal = beijing.reverse(patient, infno, "ANY")
        assert refusal.code == "message.not_reversible"
        assert "2304" in refusal.text
    assert everything_stored() == held


def test_a_settlement_with_later_ones_on_it_names_them(beijing, patient):
    first, second = charged(beijing, patient), None
    beijing.settle_stay(patient, first, ITEMS, msgid="FIRST")
    second = charged(beijing, patient)
    later = beijing.settle_stay(patient, second, ITEMS, msgid="SECOND")["setlinfo"]["setl_id"]
    held = everything_stored()
    refusal = beijing.reverse(patient, "2304", "FIRST")
    assert refusal.code == "decision.later_lives"
    assert later in refusal.text
    assert everything_stored() == held
    assert beijing.reverse(patient, "2304", "SECOND").done
    assert beijing.reverse(patient, "2304", "FIRST").done


def test_a_refused_message_can_be_reversed_and_stays_refused(beijing, patient):
    """The caller cannot know that it was refused: the answer was lost."""
    stay = charged(beijing, patient)
    wrong = beijing.stay_bill(patient, stay, "1.00")
    assert beijing.refused("2304", wrong, msgid="REFUSED")[0] == "settlement.total_differs"
    assert beijing.reverse(patient, "2304", "REFUSED").done
    right = beijing.stay_bill(patient, stay, total_of(ITEMS))
    assert beijing.refused("2304", right, msgid="REFUSED")[0] == "message.reversed"


def test_a_stay_whose_charges_were_all_given_back_is_settled_and_voided_like_any_other(beijing, patient):
    """A bill of nothing moves no money, still it is a settlement with a mirror."""
    refund = Item(shelf.SURGERY.code, "1200.00", "-2", original="1001", serial="1002")
    items = [Item(shelf.SURGERY.code, "1200.00", "2", serial="1001"), refund]
    stay = beijing.stay_of(patient, items, began=now() - timedelta(days=1), ended=now())
    settled = beijing.settle_stay(patient, stay, items, msgid="NOTHING")["setlinfo"]
    assert fen(settled["medfee_sumamt"]) == 0
    voided = beijing.void("2305", patient, stay, settled["setl_id"])
    assert voided.done, voided.text
    beijing.settle_stay(patient, stay, items, msgid="NOTHING-AGAIN")
    assert beijing.reverse(patient, "2304", "NOTHING-AGAIN").done
