"""Local queries of Guangdong and Chongqing: filings in force, mappings, slips, settlements of a period, credentials."""

from datetime import timedelta
from decimal import Decimal

import pytest
from desks import Desk
from journeys.test_document import document
from journeys.test_kept_records import chronic
from messages import minimal_input
from people import born

from yijie.domain import enrolment, filing
from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import clock_set_to, now, today

ITEMS = [
    Item(shelf.SURGERY.code, "1200.00", "2"),
    Item(shelf.EXAMINATION.code, "220.00", "5"),
    Item(shelf.DRUG_C.code, "36.00", "1"),
]
pytestmark = pytest.mark.usefixtures("own_nation")


@pytest.fixture
def hospital():
    """A tertiary hospital in Guangzhou."""
    return Desk(institutions.GUANGZHOU_TERTIARY)


@pytest.fixture
def patient():
    """A working employee of Guangzhou."""
    return born("440100")


def held(hospital, patient, day=None):
    row = {"psn_no": patient.number, "med_type": "11", "begntime": f"{day}" if day else ""}
    return hospital.say("1160", {"data": row}).output["spinfo"]


def test_what_a_person_has_filed_is_seen_by_the_day(hospital, patient):
    assert held(hospital, patient) == []
    asked = hospital.say("2503", chronic(patient, enddate=f"{today() + timedelta(days=30)}")).output["result"]
    assert held(hospital, patient) == [], "asked for is not approved"
    filing.decide_chronic(int(asked["trt_dcla_detl_sn"][6:]), approved=True, by="经办")
    choice = {"psn_no": patient.number, "biz_appy_type": "05", "begndate": f"{today()}", "fix_srt_no": "1"}
    choice |= {"fixmedins_code": hospital.code, "fixmedins_name": "样例医院"}
    signed = hospital.say("2505", {"data": choice}).output["result"]
    referral = minimal_input("2501")["refmedin"] | {
        "psn_no": patient.number,
        "insutype": "310",
        "insu_optins": "440100",
        "diag_code": "K35.800",
        "diag_name": "急性阑尾炎",
        "mdtrtarea_admdvs": "110000",
        "hosp_agre_refl_flag": "1",
        "refl_date": f"{today()}",
    }
    referred = hospital.say("2501", {"refmedin": referral | {"begndate": f"{today()}", "enddate": ""}}).output["result"]

    found = {row["psn_trt_no"]: row for row in held(hospital, patient)}
    assert set(found) == {one["trt_dcla_detl_sn"] for one in (asked, signed, referred)}
    disease = found[asked["trt_dcla_detl_sn"]]
    assert (disease["psn_trt_type"], disease["psn_trt_type_name"]) == ("01", "门慢门特登记")
    assert (disease["dise_no"], disease["dise_name"]) == ("M01600", "糖尿病")
    assert disease["begntime"] == f"{today()} 00:00:00"
    assert disease["endtime"] == f"{today() + timedelta(days=30)} 23:59:59"
    assert found[signed["trt_dcla_detl_sn"]]["psn_trt_type"] == "05"
    way = found[referred["trt_dcla_detl_sn"]]
    assert (way["psn_trt_type"], way["psn_trt_type_name"], way["dise_no"]) == ("06", "转诊转院登记", "K35.800")
    assert held(hospital, patient, today() - timedelta(days=1)) == []
    later = {row["psn_trt_type"] for row in held(hospital, patient, today() + timedelta(days=31))}
    assert later == {"05", "06"}
    gone = signed | {"psn_no": patient.number, "memo": "换医院"}
    assert hospital.say("2506", {"data": gone}).done
    assert {row["psn_trt_type"] for row in held(hospital, patient)} == {"01", "06"}


def matched(desk, **narrowed):
    return desk.say("5163", {"catalog": {"fixmedins_hilist_id": "", "begnrow": ""} | narrowed}).output["result"]


def test_mappings_that_stand_are_listed_from_a_row_on():
    hospital = Desk(institutions.SHENZHEN_TERTIARY)
    row = {
        "fixmedins_hilist_name": "自有药品",
        "list_type": "101",
        "med_list_codg": shelf.DRUG_A.code,
        "begndate": f"{today()}",
        "enddate": f"{today() + timedelta(days=90)}",
        "aprvno": "国药准字X",
        "exct_cont": "不含",
        "fixmedins_code": hospital.code,
    }
    rows = [minimal_input("3301")["data"][0] | row | {"fixmedins_hilist_id": f"Q{n}"} for n in range(3)]
    assert hospital.say("3301", {"data": rows}).done
    found = matched(hospital)
    assert found["totlcnt"] == 3
    assert [one["seq"] for one in found["catalogmatchinfo"]] == [1, 2, 3]
    assert {one["medins_hilist_id"] for one in found["catalogmatchinfo"]} == {"Q0", "Q1", "Q2"}
    one = found["catalogmatchinfo"][0]
    assert (one["aprvno"], one["exept_cont"], one["chk_stas"], one["med_list_codg"]) == (
        "国药准字X",
        "不含",
        "2",
        shelf.DRUG_A.code,
    )
    last = matched(hospital, begnrow="3")
    assert (last["totlcnt"], last["catalogmatchinfo"]) == (3, found["catalogmatchinfo"][2:])
    assert matched(hospital, begnrow="4")["catalogmatchinfo"] == []
    assert matched(hospital, fixmedins_hilist_id="Q1")["totlcnt"] == 1
    assert matched(hospital, chk_stas="3")["totlcnt"] == 0
    withdrawn = {name: rows[0][name] for name in ("fixmedins_hilist_id", "list_type", "med_list_codg")}
    assert hospital.say("3302", {"data": [minimal_input("3302")["data"][0] | withdrawn]}).done
    assert matched(hospital)["totlcnt"] == 2
    assert matched(Desk(institutions.WUHAN_TERTIARY))["totlcnt"] == 0, "only one's own"


def visited(hospital, patient):
    visit = hospital.visit_of(patient, ITEMS, began=now() - timedelta(hours=1))
    return hospital.settle_visit(patient, visit, ITEMS, account=True)["setlinfo"]


def slip(hospital, patient, info):
    row = {"psn_no": patient.number, "setl_id": info["setl_id"], "mdtrt_id": info["mdtrt_id"]}
    return hospital.say("5260", {"data": row}).output


def test_a_slip_shows_charges_and_funds_to_the_fen(hospital):
    patient = born("440100", account=50_000)
    paid = visited(hospital, patient)
    said = slip(hospital, patient, paid)
    head = said["setlinfo"]
    assert (head["psn_name"], head["fund_pay_sumamt"]) == (patient.name, paid["fund_pay_sumamt"])
    assert (head["ownpay_amt"], head["cash_payamt"]) == (paid["fulamt_ownpay_amt"], paid["psn_cash_pay"])
    assert head["pool_prop_selfpay"] == "", "Guangzhou means an amount by it"
    sums = said["setldetail"]
    assert sum(row["item_sumamt"] for row in sums) == paid["medfee_sumamt"]
    for row in sums:
        parts = ("item_claa_amt", "item_clab_amt", "item_ownpay_amt", "item_oth_amt")
        assert row["item_sumamt"] == sum(row[part] for part in parts)
    assert sum(row["item_ownpay_amt"] for row in sums) == paid["fulamt_ownpay_amt"] > 0
    funds = {row["fund_pay_type"]: row for row in said["funddetail"]}
    assert sum(row["fund_payamt"] for row in funds.values()) == paid["fund_pay_sumamt"] + paid["acct_pay"]
    assert "个人账户" in funds["310200"]["setl_proc_info"]
    assert all(row["setl_proc_info"] for row in funds.values())
    assert set(said) == {"setlinfo", "setldetail", "funddetail"}, "no node of zeros that nobody worked out"


def test_a_slip_of_a_void_is_the_negative_of_its_original(hospital, patient):
    paid = visited(hospital, patient)
    before = slip(hospital, patient, paid)
    voided = hospital.void("2208", patient, paid["mdtrt_id"], paid["setl_id"]).output["setlinfo"]
    assert slip(hospital, patient, paid)["setldetail"] == before["setldetail"]
    after = slip(hospital, patient, paid | {"setl_id": voided["setl_id"]})
    assert [-row["item_sumamt"] for row in after["setldetail"]] == [row["item_sumamt"] for row in before["setldetail"]]
    assert [-row["fund_payamt"] for row in after["funddetail"]] == [row["fund_payamt"] for row in before["funddetail"]]
    other = Desk(institutions.SHENZHEN_TERTIARY)
    named = {"psn_no": patient.number, "setl_id": paid["setl_id"], "mdtrt_id": paid["mdtrt_id"]}
    assert other.refused("5260", {"data": named})[0] == "settlement.unknown"


def test_a_slip_of_a_visit_in_one_message_keeps_its_charges_when_it_was_taken_back(hospital, patient):
    said = hospital.say("2260", document(patient, op_dise_info="阑尾炎")).output["setlInfo"]
    before = slip(hospital, patient, said)
    assert (before["setlinfo"]["op_dise_info"], before["setlinfo"]["adm_dept_name"]) == ("阑尾炎", "外科")
    assert sum(row["item_sumamt"] for row in before["setldetail"]) == Decimal("2400.00")
    assert hospital.void("2208", patient, said["mdtrt_id"], said["setl_id"]).done
    assert slip(hospital, patient, said)["setldetail"] == before["setldetail"]


def test_the_settlements_of_a_period(hospital, patient):
    with clock_set_to(now() - timedelta(days=2)):
        visited(hospital, patient)
    paid = visited(hospital, patient)
    voided = hospital.void("2208", patient, paid["mdtrt_id"], paid["setl_id"]).output["setlinfo"]

    def listed(since, until, desk=hospital):
        period = {"begntime": moment(since), "endtime": moment(until)}
        return desk.say("5261", {"data": {"psn_no": patient.number, **period}}).output["setlinfo"]

    today_only = listed(now() - timedelta(days=1), now() + timedelta(seconds=2))
    assert [row["setl_id"] for row in today_only] == [paid["setl_id"], voided["setl_id"]]
    assert sum(row["medfee_sumamt"] for row in today_only) == 0
    first = today_only[0]
    assert (first["mdtrt_id"], first["fund_pay_sumamt"], first["reim_type"]) == (
        paid["mdtrt_id"],
        paid["fund_pay_sumamt"],
        "",
    )
    assert first["ipt_op_no"]
    assert len(listed(now() - timedelta(days=3), now() + timedelta(seconds=2))) == 3
    assert listed(now() - timedelta(days=3), now(), Desk(institutions.SHENZHEN_TERTIARY)) == []


def decoding(code):
    return {"data": minimal_input("1162")["data"] | {"ecQrCode": code}}


def test_a_code_is_decoded_and_its_token_used_at_this_hospital(hospital, patient):
    code = enrolment.issue_credential(patient.number)
    said = hospital.say("1162", decoding(code)).output
    assert said["cardno"] == f"T{patient.number[-8:]}"
    assert hospital.read_credential(said["ecToken"])["baseinfo"]["psn_no"] == patient.number
    assert hospital.say("1162", decoding(code)).output == said
    assert hospital.reply(
        "2260",
        hospital.message("2260", document(patient, mdtrt_cert_type="01", mdtrt_cert_no=said["ecToken"])),
    ).done
    elsewhere = Desk(institutions.SHENZHEN_TERTIARY)
    assert elsewhere.refused("1162", decoding(code))[0] == "enrolment.credential_invalid"
    assert hospital.refused("1162", decoding("EC0"))[0] == "enrolment.credential_invalid"
    late = enrolment.issue_credential(patient.number)
    with clock_set_to(now() + timedelta(hours=1)):
        assert hospital.refused("1162", decoding(late))[0] == "enrolment.credential_invalid"
