"""2101–2103: a purchase is quoted without a trace, settled in one message, voided and reversed whole."""

from datetime import timedelta

import pytest
from desks import Desk
from people import born
from stored import everything_stored, one

from yijie.interfaces.demo.his import moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

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
