"""Somebody holds a row for too long: the desk is told to ask again, nothing is stored, and asked again it is done."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from desks import Desk
from django.db import connection
from people import born
from stored import everything_stored

from yijie.interfaces.demo.his import Item, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "4")]


@pytest.fixture
def beijing(own_nation):
    """A desk in this process whose session waits for locks no longer than a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '150ms'")
    yield Desk(institutions.BEIJING_TERTIARY)
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@contextmanager
def held(url, statement, *parameters):
    """Another session holds what the statement locks."""
    with psycopg.connect(url) as other:
        other.execute(statement, parameters)
        yield
        other.rollback()


def settled_before(beijing, patient):
    """A first settlement, so that the person's year and balance are there to be locked."""
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=3), ended=now())
    beijing.settle_stay(patient, stay, ITEMS)


LOCKS = {
    "the encounter": "SELECT 1 FROM encounter_encounter WHERE id = %(stay)s FOR UPDATE",
    "the year": "SELECT 1 FROM decision_accumulator WHERE person_number = %(person)s FOR UPDATE",
    "the account": "SELECT 1 FROM ledger_balance WHERE account = 'person' AND owner = %(person)s FOR UPDATE",
    "the institution's balance": "SELECT 1 FROM ledger_balance WHERE owner = %(hospital)s FOR UPDATE",
    "the message": (
        "INSERT INTO fsi_message (institution, infno, msgid, state, person_number, output, operator, received_at)"
        " VALUES (%(hospital)s, '2304', %(msgid)s, 'done', '', '', '', now())"
    ),
}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_settlement_that_must_wait_too_long_asks_to_be_asked_again(beijing, own_nation, lock):
    patient = born(account=50_000)
    settled_before(beijing, patient)
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    msgid = beijing.message_id()
    body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(ITEMS), account=True), msgid=msgid)
    facts = {"stay": int(stay[6:]), "person": patient.number, "hospital": beijing.code, "msgid": msgid}
    before = everything_stored()
    with psycopg.connect(own_nation) as other:
        other.execute(LOCKS[lock], facts)
        reply = beijing.reply("2304", body)
        other.rollback()
    assert reply.code == "busy.ask_again"
    assert "同一报文重试" in reply.text
    assert everything_stored() == before
    assert beijing.reply("2304", body).done


def test_a_void_and_a_charge_that_must_wait_ask_again_as_well(beijing, own_nation):
    patient = born()
    stay = beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())
    extra = beijing.lines(patient, stay, [Item(shelf.DRUG_A.code, "3.20", serial="77")], now())
    before = everything_stored()
    encounter = "SELECT 1 FROM encounter_encounter WHERE id = %s FOR UPDATE"
    with held(own_nation, encounter, int(stay[6:])):
        assert beijing.refused("2301", {"feedetail": extra})[0] == "busy.ask_again"
    assert everything_stored() == before
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    before = everything_stored()
    with held(own_nation, encounter, int(stay[6:])):
        assert beijing.void("2305", patient, stay, number).code == "busy.ask_again"
    year = "SELECT 1 FROM decision_accumulator WHERE person_number = %s FOR UPDATE"
    with held(own_nation, year, patient.number):
        assert beijing.void("2305", patient, stay, number).code == "busy.ask_again"
    assert everything_stored() == before
    assert beijing.void("2305", patient, stay, number).done
