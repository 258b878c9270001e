"""2101–2103: a purchase is quoted without a trace, settled in one message, voided and reversed whole."""

from datetime import timedelta
from unittest.mock import patch

import psycopg
import pytest
from desks import Desk
from people import born, born_many
from stored import everything_stored, one, rows

from yijie.interfaces.demo.his import moment
from yijie.interfaces.fsi.transactions import in_one_message
from yijie.interfaces.fsi.transactions.together import settle_together
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError

pytestmark = pytest.mark.usefixtures("own_nation")
ACCOUNT = 50_000


@pytest.fixture
def pharmacy():
    """A pharmacy in Beijing."""
    return Desk(institutions.BEIJING_PHARMACY)


def purchase(patient, **changed):
    """One drug, ten packs."""
    row = {
        "psn_no": patient.number,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": patient.certificate,
        "psn_cert_type": "01",
        "certno": patient.certificate,
        "psn_type": "11",
        "psn_name": patient.name,
        "begntime": moment(now() - timedelta(minutes=1)),
        "medfee_sumamt": "32.00",
        "insutype": "310",
        "acct_used_flag": "1",
        "med_type": "41",
    }
    line = {
        "feedetl_sn": "1",
        "rx_circ_flag": "0",
        "fee_ocur_time": moment(now() - timedelta(minutes=1)),
        "med_list_codg": shelf.DRUG_A.code,
        "medins_list_codg": "OWN",
        "det_item_fee_sumamt": "32.00",
        "cnt": "10",
        "pric": "3.20",
    }
    trace = {"feedetl_sn": "1", "drug_trac_codg": "T" * 20, "trdn_flag": "0"}
    return {"druginfo": row | changed, "drugdetail": [line | {"durg_trac_info": [trace]}]}


def account_of(patient):
    return one("SELECT -amount FROM ledger_balance WHERE account = 'person' AND owner = %s", patient.number)


def test_a_quote_says_what_the_settlement_will_and_leaves_nothing(pharmacy):
    patient = born(account=ACCOUNT)
    held = everything_stored()
    quoted = pharmacy.say("2101", purchase(patient)).output
    assert everything_stored() == held
    settled = pharmacy.say("2102", purchase(patient)).output
    different = {"mdtrt_id", "medins_setl_id", "setl_time", "setl_id"}
    for name, value in quoted["setlinfo"].items():
        assert name in different or settled["setlinfo"][name] == value, name
    assert [row["feedetl_sn"] for row in settled["detlcutinfo"]] == ["1"]
    paid = settled["setlinfo"]
    assert paid["medfee_sumamt"] == paid["fund_pay_sumamt"] + paid["acct_pay"] + paid["psn_cash_pay"]
    assert account_of(patient) == ACCOUNT - paid["acct_pay"] * 100


@pytest.mark.parametrize("way", ["2103", "2601"])
def test_a_purchase_taken_back_restores_everything(pharmacy, way):
    patient, msgid = born(account=ACCOUNT), pharmacy.message_id()
    said = pharmacy.say("2102", purchase(patient), msgid=msgid).output["setlinfo"]
    if way == "2103":
        voided = pharmacy.void("2103", patient, said["mdtrt_id"], said["setl_id"]).output["setlinfo"]
        assert voided["medfee_sumamt"] == -said["medfee_sumamt"]
    else:
        assert pharmacy.reverse(patient, "2102", msgid).done
    assert account_of(patient) == ACCOUNT
    state = one("SELECT state FROM encounter_encounter WHERE id = %s", int(said["mdtrt_id"][6:]))
    assert state == "cancelled"
    assert pharmacy.say("2102", purchase(patient)).done


def test_a_purchase_sent_again_is_one_purchase(pharmacy):
    patient = born(account=ACCOUNT)
    body = pharmacy.message("2102", purchase(patient))
    first, again = pharmacy.reply("2102", body), pharmacy.reply("2102", body)
    assert first.done
    assert first.output_bytes == again.output_bytes
    number = one("SELECT count(*) FROM settlement_settlement WHERE person_number = %s", patient.number)
    assert number == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"medfee_sumamt": "32.01"}, "settlement.total_differs"),
        ({"med_type": "2101"}, "fsi.care_unfit"),
        ({"psn_name": "他人"}, "enrolment.identity_mismatch"),
        ({"acct_used_flag": "2"}, "settlement.family_account_not_offered"),
    ],
)
@pytest.mark.parametrize("infno", ["2101", "2102"])
def test_a_wrong_purchase_is_refused_and_stores_nothing(pharmacy, infno, changed, code):
    patient = born(account=ACCOUNT)
    held = everything_stored()
    assert pharmacy.refused(infno, purchase(patient, **changed))[0] == code
    assert everything_stored() == held


def test_a_hospital_is_no_pharmacy():
    hospital = Desk(institutions.BEIJING_TERTIARY)
    assert hospital.refused("2102", purchase(born()))[0] == "institution.pharmacy_only"


def waiting(pharmacy, messages):
    """Sales that came while another batch ran, as the one who runs the next batch finds them."""
    with patch.object(in_one_message, "answered", lambda _, asked, __: found.append(asked) or "{}"):
        found = []
        for message in messages:
            assert pharmacy.reply("2102", message).done
        return found


def codes(answers):
    return [answer.code if isinstance(answer, YijieError) else "" for answer in answers]


def test_sales_that_wait_are_settled_together_and_the_bad_ones_harm_nobody(pharmacy):
    """Refused before anything was stored, refused after it, seen before: each is answered by itself."""
    done, good, wrong_sum, other_name, fine, reused = born_many(6, account=ACCOUNT)
    first = pharmacy.message("2102", purchase(done))
    kept = pharmacy.reply("2102", first)
    spent = pharmacy.message_id()
    assert pharmacy.say("2102", purchase(born()), msgid=spent).done
    messages = [
        pharmacy.message("2102", purchase(good)),
        pharmacy.message("2102", purchase(wrong_sum, medfee_sumamt="32.01")),
        first,
        pharmacy.message("2102", purchase(other_name, psn_name="他人")),
        pharmacy.message("2102", purchase(reused), msgid=spent),
        pharmacy.message("2102", purchase(fine)),
    ]
    waited = waiting(pharmacy, messages)
    answers = settle_together(waited)
    refusals = ["", "settlement.total_differs", "", "enrolment.identity_mismatch", "message.reused", ""]
    assert codes(answers) == refusals
    assert answers[2].encode() == kept.output_bytes
    sold = rows(
        "SELECT e.person_number, count(*), count(s.id) FROM encounter_encounter e LEFT JOIN settlement_settlement s"
        " ON s.encounter = e.id WHERE e.person_number = ANY(%s) GROUP BY 1 ORDER BY 1",
        [p.number for p in (done, good, wrong_sum, other_name, fine, reused)],
    )
    assert sold == sorted((p.number, 1, 1) for p in (done, good, fine))
    moments = "SELECT count(DISTINCT settled_at) FROM settlement_settlement WHERE person_number = ANY(%s)"
    assert one(moments, [good.number, fine.number]) == 1, "one transaction, one time of settlement"
    assert [account_of(p) for p in (wrong_sum, other_name, reused)] == [ACCOUNT] * 3

    held = everything_stored()
    assert codes(settle_together(waited)) == refusals, "sent again: the same"
    assert everything_stored() == held
    corrected = pharmacy.message("2102", purchase(wrong_sum), msgid=waited[1].claim.key[2])
    assert pharmacy.reply("2102", corrected).done, "a refused message left its id free"


def test_where_all_are_bad_nothing_is_stored(pharmacy):
    patients = born_many(3, account=ACCOUNT)
    waited = waiting(
        pharmacy, [pharmacy.message("2102", purchase(p, medfee_sumamt=f"3{n}.99")) for n, p in enumerate(patients)]
    )
    held = everything_stored()
    assert codes(settle_together(waited)) == ["settlement.total_differs"] * 3
    assert everything_stored() == held


def test_many_sales_take_as_many_statements_as_a_few(pharmacy, monkeypatch):
    statements = []
    execute = psycopg.Cursor.execute
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *args, **more: statements.append(1) or execute(*args, **more))

    def count(sales):
        waited = waiting(pharmacy, [pharmacy.message("2102", purchase(p)) for p in born_many(sales, account=ACCOUNT)])
        statements.clear()
        assert codes(settle_together(waited)) == [""] * sales
        return len(statements)

    assert count(2) == count(12)
