"""The session with the database is cut before and after every single statement: done once, or not at all."""

import re
from datetime import timedelta
from itertools import count

import pytest
from desks import Desk
from people import born
from running import django_on
from stored import everything_stored, one, rows
from wire import AFTER, BEFORE, Wire

from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "4")]
STATEMENTS_MAX = 40
"""More than any message needs; the loops below end where no statement is left to cut at."""


@pytest.fixture(scope="module")
def wire(own_nation, tmp_path_factory):
    """A wire to the module's own nation that can be cut; Django speaks through it."""
    folder, target = tmp_path_factory.mktemp("wire"), re.search(r"host=([^&]+)", own_nation)[1]
    cuttable = Wire(folder, target)
    with django_on(own_nation.replace(target, str(folder))):
        yield cuttable
    cuttable.close()


@pytest.fixture
def beijing(wire):
    """The desk of a tertiary hospital in Beijing, in this very process."""
    return Desk(institutions.BEIJING_TERTIARY)


def cut_everywhere(wire):
    """Every place where the wire can be cut, as blocks to send within, until one is through before its cut comes."""
    for at in (BEFORE, AFTER):
        for exchange in count(1):
            assert exchange < STATEMENTS_MAX
            yield wire.cut_at(exchange, at)
            if not wire.cuts:
                assert exchange > 3, "hardly a statement was cut at"
                break


def discharged(beijing):
    """A patient with an account and a stay ready to be settled."""
    patient = born(account=20_000)
    return patient, beijing.stay_of(patient, ITEMS, began=now() - timedelta(days=1), ended=now())


def test_a_settlement_is_made_once_wherever_the_session_is_cut(beijing, wire):
    waiting = [discharged(beijing) for _ in range(2 * STATEMENTS_MAX)]
    for cutting in cut_everywhere(wire):
        patient, stay = waiting.pop()
        body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(ITEMS), account=True))
        with cutting:
            settled = beijing.reply("2304", body)
        assert settled.done, settled.text
        assert one("SELECT count(*) FROM settlement_settlement WHERE encounter = %s", int(stay[6:])) == 1
        assert beijing.reply("2304", body).output_bytes == settled.output_bytes
        version = "SELECT version FROM decision_accumulator WHERE person_number = %s"
        assert rows(version, patient.number) == [(1,)]
        assert disagreements() == []


def test_a_void_and_a_reversal_are_made_once_wherever_the_session_is_cut(beijing, wire):
    waiting = []
    for _ in range(3 * STATEMENTS_MAX):
        patient, stay = discharged(beijing)
        msgid = beijing.message_id()
        waiting.append((patient, stay, msgid, beijing.settle_stay(patient, stay, ITEMS, msgid=msgid)))
    for number, cutting in enumerate(cut_everywhere(wire)):
        patient, stay, msgid, settled = waiting.pop()
        with cutting:
            if number % 2:
                reply = beijing.reverse(patient, "2304", msgid)
            else:
                reply = beijing.void("2305", patient, stay, settled["setlinfo"]["setl_id"])
        assert reply.done, reply.text
        mirrors = "SELECT count(*) FROM settlement_settlement WHERE voids IS NOT NULL AND encounter = %s"
        assert one(mirrors, int(stay[6:])) == 1
        assert disagreements() == []


@pytest.mark.parametrize("infno", ["2301", "2401", "2501", "1101", "2303", "5203"])
def test_every_other_message_is_done_once_wherever_the_session_is_cut(beijing, wire, infno):
    """Charging, admitting, filing; and what only reads is simply asked again."""
    people = [born() for _ in range(2 * STATEMENTS_MAX)]
    patient, stay = discharged(beijing)
    number = beijing.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    quoted, quoted_stay = discharged(beijing)
    open_stay = beijing.stay_of(born(), [], began=now())
    owner = one("SELECT person_number FROM encounter_encounter WHERE id = %s", int(open_stay[6:]))
    for serial, cutting in enumerate(cut_everywhere(wire)):
        item = [Item(shelf.DRUG_A.code, "3.20", serial=f"{serial}")]
        line = beijing.lines(quoted, open_stay, item, now())[0] | {"psn_no": owner}
        asked = {
            "2301": {"feedetail": [line]},
            "2501": {"refmedin": referral(people[serial])},
            "1101": {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": patient.certificate, "psn_cert_type": "01"}},
            "2303": beijing.stay_bill(quoted, quoted_stay, total_of(ITEMS)),
            "5203": {"data": {"psn_no": patient.number, "setl_id": number, "mdtrt_id": stay}},
        }
        with cutting:
            if infno == "2401":
                assert beijing.admit(people[serial], f"CUT-{serial}", now())
                continue
            reply = beijing.say(infno, asked[infno], insured_in="110000")
        assert reply.done, reply.text
    done = one("SELECT count(*) FROM encounter_fee_line WHERE encounter_id = %s", int(open_stay[6:]))
    assert done == (serial + 1 if infno == "2301" else 0)
    assert one("SELECT count(*) FROM filing_filing") == one("SELECT count(*) FROM filing_filingstep") // 2


def referral(patient):
    """A referral to Shanghai."""
    return {
        "psn_no": patient.number,
        "insutype": "310",
        "diag_code": "C34.900",
        "diag_name": "肺恶性肿瘤",
        "reflin_medins_no": institutions.SHANGHAI_TERTIARY,
        "reflin_medins_name": "上海样例第一人民医院",
        "mdtrtarea_admdvs": "310104",
        "refl_type": "3",
        "refl_date": f"{today()}",
        "refl_rea": "本地不具备诊治条件",
        "refl_opnn": "同意转院",
    }


def test_a_message_that_must_be_refused_is_refused_wherever_the_session_is_cut(beijing, wire):
    patient, stay = discharged(beijing)
    held = everything_stored()
    for cutting in cut_everywhere(wire):
        with cutting:
            code, _ = beijing.refused("2304", beijing.stay_bill(patient, stay, "1.00"))
        assert code == "settlement.total_differs"
    assert everything_stored() == held


def test_a_session_lost_while_nobody_asked_is_no_matter(beijing, wire):
    patient, stay = discharged(beijing)
    period = {"begntime": moment(now() - timedelta(days=2)), "endtime": moment(now())}
    for _ in range(3):
        with wire.cut_at(1, BEFORE):
            assert beijing.about("5303", patient, **period)["data"] == []
        assert wire.cuts == 1
    assert beijing.settle_stay(patient, stay, ITEMS)
