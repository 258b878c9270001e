"""2260 and 2261: a visit told in one message is tried without a trace, settled, sent again, taken back whole."""

from datetime import timedelta

import pytest
from desks import Desk
from journeys.test_reconciled import details, own_row
from people import born
from reckoning import fen
from stored import everything_stored, one, rows

from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now, today

pytestmark = pytest.mark.usefixtures("own_nation")
CHARGED = 240_000
ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2")]
LATER = [Item(shelf.DRUG_A.code, "3.20", "10", serial="9001")]
TRIAL, SETTLE = "0", "1"


@pytest.fixture
def hospital():
    """A tertiary hospital in Guangzhou."""
    return Desk(institutions.GUANGZHOU_TERTIARY)


@pytest.fixture
def patient():
    """A working employee of Guangzhou."""
    return born("440100")


def document(patient, flag=SETTLE, line=None, **changed):
    """Two operations, one diagnosis, somebody who came for the patient; as a client in Guangzhou writes it."""
    began = moment(now() - timedelta(hours=1))
    row = {
        "psn_no": patient.number,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": patient.certificate,
        "setl_flag": flag,
        "insutype": patient.insurance,
        "med_type": "11",
        "begntime": began,
        "ipt_op_no": "MZ1",
        "adm_dept_code": "A01",
        "adm_dept_name": "外科",
        "main_cond_desc": "腹痛",
        "clnc_flag": "0",
        "invono": "F1",
        "order_no": "DD1",
        "op_dise_info": "右下腹痛两天",
    }
    agent = {"agnter_name": "家属", "agnter_rlts": "1", "agnter_cert_type": "01", "agnter_certno": "X"}
    diagnosis = {
        "dise_type": "1",
        "dise_srt_no": "1",
        "dise_code": "K35.800",
        "dise_name": "急性阑尾炎",
        "dise_dept": "A01",
        "dise_dor_no": "D1",
        "dise_dor_name": "样例医师",
        "dise_time": began,
    }
    charge = {
        "feedetl_sn": "1",
        "rx_drord_no": "CF1",
        "fee_ocur_date": f"{today()}",
        "cnt": "2",
        "pric": "1200.00",
        "det_item_fee_sumamt": "2400.00",
        "med_list_codg": shelf.SURGERY.code,
        "medins_milist_codg": "OWN",
        "medins_list_name": "手术",
        "hosp_appr_flag": "0",
        "orders_dept_code": "A02",
    }
    return {
        "mdtrtinfo": row | changed,
        "agnterinfo": agent,
        "diseinfo": {"rows": [diagnosis]},
        "feedetail": {"rows": [charge | (line or {})]},
    }


def taken_back(hospital, patient, said, infno="2261", node="mdtrtinfo"):
    row = {"setl_id": said["setl_id"], "mdtrt_id": said["mdtrt_id"], "psn_no": patient.number}
    return hospital.say(infno, {node: row})


def state_of(said):
    return one("SELECT state FROM encounter_encounter WHERE id = %s", int(said["mdtrt_id"][6:]))


def test_a_trial_says_what_settling_will_and_leaves_neither_trace_nor_message_id(hospital, patient):
    held, msgid = everything_stored(), hospital.message_id()
    tried = hospital.say("2260", document(patient, TRIAL), msgid=msgid).output
    assert everything_stored() == held
    assert tried["setlInfo"]["setl_id"] == ""
    settled = hospital.say("2260", document(patient), msgid=msgid).output
    different = {"mdtrt_id", "setl_time", "setl_id"}
    for name, value in tried["setlInfo"].items():
        assert name in different or settled["setlInfo"][name] == value, name
    assert tried["setldetail"] == settled["setldetail"]
    assert tried["detlcutinfo"] == settled["detlcutinfo"]


def test_what_the_message_tells_is_what_three_messages_would_have_told(hospital, patient):
    said = hospital.say("2260", document(patient)).output
    paid, [graded] = said["setlInfo"], said["detlcutinfo"]["rows"]
    assert fen(paid["medfee_sumamt"]) == CHARGED == fen(graded["det_item_fee_sumamt"])
    assert paid["medfee_sumamt"] == paid["fund_pay_sumamt"] + paid["psn_cash_pay"] + paid["hosp_part_amt"]
    assert paid["acct_pay"] == 0, "nobody said that the account pays"
    assert sum(row["fund_payamt"] for row in said["setldetail"]) == paid["fund_pay_sumamt"]
    named = {"mdtrt_id": paid["mdtrt_id"]}
    [visit] = hospital.queried_stays(patient, medical_type="11", since=now() - timedelta(hours=2))
    assert (visit["ipt_otp_no"], visit["adm_dept_codg"], visit["main_cond_dscr"]) == ("MZ1", "A01", "腹痛")
    assert visit["otp_diag_info"] == "右下腹痛两天"
    [diagnosis] = hospital.about("5202", patient, **named)["diseinfo"]
    assert (diagnosis["diag_code"], diagnosis["maindiag_flag"], diagnosis["diag_dept"]) == ("K35.800", "1", "A01")
    [line] = hospital.say("5204", {"data": named | {"psn_no": patient.number, "setl_id": paid["setl_id"]}}).output
    assert (line["rx_drord_no"], line["acord_dept_codg"], line["medins_list_codg"]) == ("CF1", "A02", "OWN")
    assert line["medins_list_name"] == "手术", "as the hospital calls it"
    stored = hospital.about("5203", patient, setl_id=paid["setl_id"], **named)["setlinfo"]
    assert (stored["invono"], stored["medins_setl_id"]) == ("F1", paid["medins_setl_id"])


def test_several_messages_settle_alike(hospital, patient):
    other = born("440100")
    said = hospital.say("2260", document(patient)).output["setlInfo"]
    visit = hospital.visit_of(other, ITEMS, began=now() - timedelta(hours=1))
    settled = hospital.settle_visit(other, visit, ITEMS)["setlinfo"]
    for name in ("medfee_sumamt", "fund_pay_sumamt", "inscp_scp_amt", "psn_cash_pay", "clr_type", "pool_prop_selfpay"):
        assert settled[name] == said[name], name


def test_sent_again_it_is_one_visit_and_the_platform_can_be_asked_about_it(hospital, patient):
    msgid = hospital.message_id()
    body = hospital.message("2260", document(patient), msgid=msgid)
    first, again = hospital.reply("2260", body), hospital.reply("2260", body)
    assert first.done
    assert first.output_bytes == again.output_bytes
    assert one("SELECT count(*) FROM settlement_settlement WHERE person_number = %s", patient.number) == 1
    asked = hospital.say("YJ01", {"data": {"oinfno": "2260", "omsgid": msgid}}).output["result"]
    assert (asked["stas"], asked["psn_no"]) == ("done", patient.number)
    assert asked["output"]["setlInfo"]["setl_id"] == first.output["setlInfo"]["setl_id"]
    assert hospital.refused("2260", document(patient, invono="F2"), msgid=msgid)[0] == "message.reused"


@pytest.mark.parametrize("way", ["2261", "2208", "2601"])
def test_taken_back_nothing_of_it_stands(hospital, patient, way):
    msgid = hospital.message_id()
    body = hospital.message("2260", document(patient), msgid=msgid)
    said = hospital.reply("2260", body).output["setlInfo"]
    if way == "2261":
        voided = taken_back(hospital, patient, said).output
        assert voided["setlInfo"]["medfee_sumamt"] == -said["medfee_sumamt"]
        assert sum(row["fund_payamt"] for row in voided["setldetail"]) == -said["fund_pay_sumamt"]
    elif way == "2208":
        assert taken_back(hospital, patient, said, "2208", "data").done
    else:
        assert hospital.reverse(patient, "2260", msgid).done
        assert hospital.reply("2260", body).code == "message.reversed"
    assert state_of(said) == "cancelled"
    [(live,)] = rows(
        "SELECT count(*) FROM encounter_fee_line WHERE encounter_id = %s AND revoked_at IS NULL",
        int(said["mdtrt_id"][6:]),
    )
    assert live == 0
    assert taken_back(hospital, patient, said).code in {"settlement.already_voided", "encounter.state_unfit"}
    again = hospital.say("2260", document(patient)).output["setlInfo"]
    assert again["fund_pay_sumamt"] == said["fund_pay_sumamt"], "the year is as it was"


def test_2261_of_a_visit_told_in_several_messages_leaves_the_visit_open(hospital, patient):
    visit = hospital.visit_of(patient, ITEMS, began=now() - timedelta(hours=1))
    said = hospital.settle_visit(patient, visit, ITEMS)["setlinfo"]
    assert taken_back(hospital, patient, said).done
    assert state_of(said) == "open"


def test_what_was_charged_and_settled_later_stays_when_the_document_is_voided(hospital, patient):
    said = hospital.say("2260", document(patient)).output["setlInfo"]
    hospital.charge_visit(patient, said["mdtrt_id"], LATER, now() - timedelta(minutes=30), batch="B2")
    later = hospital.settle_visit(patient, said["mdtrt_id"], LATER, batch="B2")["setlinfo"]
    assert taken_back(hospital, patient, later).done
    hospital.settle_visit(patient, said["mdtrt_id"], LATER, batch="B2")
    assert taken_back(hospital, patient, said).code == "decision.later_lives"


def test_the_books_of_a_day_have_it_and_one_that_was_lost_is_named_by_its_message(fresh_nation):
    hospital, lost = Desk(institutions.GUANGZHOU_TERTIARY), born("440100")
    known = hospital.say("2260", document(born("440100"))).output["setlInfo"]
    msgid = hospital.say("2260", document(lost)).output["setlInfo"]["medins_setl_id"]
    found = details(hospital, [own_row(known)])
    assert {line[2]: line[4] for line in found} == {known["setl_id"]: "0", "null": "1"}
    [named] = [line[3] for line in found if line[4] == "1"]
    assert named == msgid
    assert hospital.reverse(lost, "2260", named).done


def test_a_reversal_that_comes_first_is_remembered(hospital, patient):
    msgid = hospital.message_id()
    assert hospital.reverse(patient, "2260", msgid).done
    assert hospital.say("2260", document(patient), msgid=msgid).code == "message.reversed"
    assert hospital.say("2260", document(patient, TRIAL), msgid=msgid).done, "a trial takes no effect to be stopped"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"med_type": "2101"}, "fsi.care_unfit"),
        ({"mdtrt_cert_no": "440104199001010000"}, "enrolment.identity_mismatch"),
        ({"insutype": "390"}, "enrolment.not_insured"),
        ({"line": {"det_item_fee_sumamt": "2400.05"}}, "encounter.line_amount_wrong"),
        ({"line": {"hosp_appr_flag": "9"}}, "fsi.not_in_code_list"),
    ],
)
@pytest.mark.parametrize("flag", [TRIAL, SETTLE])
def test_a_wrong_document_is_refused_and_stores_nothing(hospital, patient, flag, changed, code):
    held = everything_stored()
    assert hospital.refused("2260", document(patient, flag, **changed))[0] == code
    assert everything_stored() == held


def test_two_diagnoses_under_one_number_are_refused(hospital, patient):
    twice = document(patient)
    twice["diseinfo"]["rows"] *= 2
    code, text = hospital.refused("2260", twice)
    assert code == "encounter.diagnosis_missing"
    assert "诊断排序号 1 重复" in text


def test_neither_tried_nor_settled_is_refused(hospital, patient):
    assert hospital.refused("2260", document(patient, "2"))[0] == "fsi.settle_flag_unknown"
