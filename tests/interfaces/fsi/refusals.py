"""Messages that must be refused, each with what is wrong about it, what the desk is told, and the message put right."""

from dataclasses import dataclass
from datetime import timedelta

from desks import record
from people import born

from yijie.domain import enrolment
from yijie.domain.enrolment.models import Credential
from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now, today

ITEMS = [Item(shelf.SURGERY.code, "1200.00", "2", serial="1001")]
TOTAL = total_of(ITEMS)
YESTERDAY = timedelta(days=1)
NOBODY = "11000000000000009999"


@dataclass
class Wrong:
    """A message to be refused: under which code, naming what; ``right`` is the input that is then done."""

    desk: object
    infno: str
    payload: dict
    code: str
    says: str
    right: dict | None = None
    home: str = ""


def changed(payload, **fields):
    """An input of one node with one record, some fields changed."""
    [(node, row)] = payload.items()
    return {node: row | fields}


def admission(desk, patient, **fields):
    """2401, complete."""
    captured = []
    asking = desk.ask
    try:
        desk.ask = lambda _infno, payload, **_: captured.append(payload) or {"result": {"mdtrt_id": ""}}
        desk.admit(patient, record(), now() - YESTERDAY)
    finally:
        desk.ask = asking
    [payload] = captured
    return payload | {"mdtrtinfo": payload["mdtrtinfo"] | fields}


def beijing(make):
    """The usual desk."""
    return make(institutions.BEIJING_TERTIARY)


def charged_stay(desk, patient=None, **stay):
    """A patient with a charged stay that is discharged."""
    patient = patient or born()
    return patient, desk.stay_of(patient, ITEMS, began=now() - YESTERDAY, **({"ended": now()} | stay))


def lines(desk, patient, stay, **fields):
    """2301 of one more line, some fields changed."""
    [row] = desk.lines(patient, stay, [Item(shelf.DRUG_A.code, "3.20", "10", serial="1002")], now())
    return {"feedetail": [row | fields]}


# -------------------------------------------------------------------------------------- the message itself


def unknown_transaction(make):
    return Wrong(beijing(make), "9999", {"data": {}}, "fsi.unknown_transaction", "核对接口规范")


def transaction_not_offered(make):
    return Wrong(beijing(make), "3101", {"data": {}}, "fsi.not_offered", "尚未开通")


def field_too_long(make):
    desk, patient = beijing(make), born()
    right = admission(desk, patient)
    wrong = admission(desk, patient, ipt_no="9" * 31)
    return Wrong(desk, "2401", wrong, "fsi.field_too_long", "最多30个", right)


def required_field_missing(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, adm_bed="")
    return Wrong(desk, "2401", wrong, "fsi.field_missing", "adm_bed", admission(desk, patient))


def wrong_code(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, med_type="777")
    return Wrong(desk, "2401", wrong, "fsi.not_in_code_list", "med_type", admission(desk, patient))


def wrong_decimals(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, medfee_sumamt="2400.001")
    return Wrong(desk, "2304", wrong, "fsi.too_many_decimals", "最多2位小数", right)


def outpatient_type_for_an_admission(make):
    desk, patient = beijing(make), born()
    return Wrong(
        desk, "2401", admission(desk, patient, med_type="11"), "fsi.care_unfit", "2101", admission(desk, patient)
    )


def inpatient_type_for_a_visit(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, ITEMS, began=now())
    right = desk.visit_bill(patient, visit, TOTAL, batch="B1", account=False)
    return Wrong(desk, "2207", changed(right, med_type="2101"), "fsi.care_unfit", "11", right)


def extension_that_is_no_json(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, exp_content='{"IPT_TYPE":')
    return Wrong(desk, "2401", wrong, "fsi.exp_content_unreadable", "IPT_TYPE", admission(desk, patient))


def extension_nested_beyond_measure(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, exp_content='{"a":' + "[" * 3900)
    return Wrong(desk, "2401", wrong, "fsi.exp_content_unreadable", "exp_content", admission(desk, patient))


# -------------------------------------------------------------------------------------- the institution


def at_institution(make, code, patient=None):
    """An admission at another institution than the usual one."""
    desk = make(code)
    return desk, admission(desk, patient or born())


def institution_unknown(make):
    desk, wrong = at_institution(make, "H11010599999")
    return Wrong(desk, "2401", wrong, "institution.unknown", "fixmedins_code")


def agreement_ended(make):
    desk, wrong = at_institution(make, institutions.AGREEMENT_ENDED)
    return Wrong(desk, "2401", wrong, "institution.no_agreement", "2024-12-31 到期")


def agreement_not_begun(make):
    desk, wrong = at_institution(make, institutions.AGREEMENT_NOT_BEGUN)
    return Wrong(desk, "2401", wrong, "institution.no_agreement", "尚未生效")


def agreement_suspended(make):
    desk, wrong = at_institution(make, institutions.SUSPENDED)
    return Wrong(desk, "2401", wrong, "institution.no_agreement", "已被暂停")


def not_open_for_remote_care(make):
    desk, wrong = at_institution(make, institutions.NOT_OPEN_FOR_REMOTE, born("510100"))
    return Wrong(desk, "2401", wrong, "institution.not_open_for_remote", "手工报销", home="510100")


def wrong_care_region(make):
    desk, patient = make(institutions.BEIJING_TERTIARY), born()
    payload = admission(desk, patient)
    desk.region = "510107"
    return Wrong(desk, "2401", payload, "institution.wrong_region", "mdtrtarea_admvs")


# -------------------------------------------------------------------------------------- the person


def unknown_person(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, psn_no=NOBODY)
    return Wrong(desk, "2401", wrong, "enrolment.person_unknown", "查无此人", admission(desk, patient))


def unknown_certificate(make):
    card = {"mdtrt_cert_type": "02", "mdtrt_cert_no": "110101190001011234", "psn_cert_type": "01"}
    return Wrong(beijing(make), "1101", {"data": card}, "enrolment.person_unknown", "110")


def not_insured_that_way(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, insutype="390")
    return Wrong(desk, "2401", wrong, "enrolment.not_insured", "1101", admission(desk, patient))


def not_insured_there(make):
    desk, patient = beijing(make), born()
    return Wrong(desk, "2401", admission(desk, patient), "enrolment.not_insured", "成都市", home="510100")


def paused(make):
    desk, patient = beijing(make), born(paused_on=today() - timedelta(days=90))
    return Wrong(desk, "2401", admission(desk, patient), "enrolment.inactive", "暂停参保")


def not_insured_yet(make):
    desk, patient = beijing(make), born(since=today())
    return Wrong(desk, "2401", admission(desk, patient), "enrolment.inactive", "才生效")


def not_filed_where_required(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, born("510100"))
    return Wrong(desk, "2304", desk.stay_bill(patient, stay, TOTAL), "benefit.refused", "补办备案", home="510100")


def certificate_of_another(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, certno="110101199001011237")
    return Wrong(desk, "2401", wrong, "enrolment.identity_mismatch", "证件号码", admission(desk, patient))


def card_of_another(make):
    desk, patient, other = beijing(make), born(), born()
    wrong = admission(desk, patient, mdtrt_cert_no=other.certificate)
    return Wrong(desk, "2401", wrong, "enrolment.identity_mismatch", "就诊凭证编号", admission(desk, patient))


def name_of_another(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, psn_name="张三")
    return Wrong(desk, "2304", wrong, "enrolment.identity_mismatch", "姓名", right)


def certificate_of_another_at_the_settlement(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, certno=born().certificate)
    return Wrong(desk, "2304", wrong, "enrolment.identity_mismatch", "证件号码", right)


def token_never_issued(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, mdtrt_cert_type="01", mdtrt_cert_no="EC-never-issued")
    return Wrong(desk, "2401", wrong, "enrolment.credential_invalid", "刷新二维码", admission(desk, patient))


def token_of_another_person(make):
    desk, patient = beijing(make), born()
    token = enrolment.issue_credential(born().number)
    wrong = admission(desk, patient, mdtrt_cert_type="01", mdtrt_cert_no=token)
    own = enrolment.issue_credential(patient.number)
    right = admission(desk, patient, mdtrt_cert_type="01", mdtrt_cert_no=own)
    return Wrong(desk, "2401", wrong, "enrolment.credential_invalid", "刷新二维码", right)


def token_used_elsewhere(make):
    desk, patient = beijing(make), born()
    token = enrolment.issue_credential(patient.number)
    make(institutions.BEIJING_SECONDARY).read_credential(token)
    wrong = {"mdtrt_cert_type": "01", "mdtrt_cert_no": token, "psn_cert_type": "01"}
    return Wrong(desk, "1101", {"data": wrong}, "enrolment.credential_invalid", "其他机构")


def expired_token(patient):
    """A token whose ten minutes are over."""
    token = enrolment.issue_credential(patient.number)
    Credential.objects.filter(token=token).update(expires_at=now() - timedelta(seconds=1))
    return token


def token_expired(make):
    patient = born()
    wrong = {"mdtrt_cert_type": "01", "mdtrt_cert_no": expired_token(patient), "psn_cert_type": "01"}
    fresh = wrong | {"mdtrt_cert_no": enrolment.issue_credential(patient.number)}
    return Wrong(
        beijing(make), "1101", {"data": wrong}, "enrolment.credential_invalid", "二维码已过期", {"data": fresh}
    )


def token_expired_at_the_settlement(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, mdtrt_cert_type="01", mdtrt_cert_no=expired_token(patient))
    return Wrong(desk, "2304", wrong, "enrolment.credential_invalid", "刷新二维码", right)


# -------------------------------------------------------------------------------------- the encounter


def admitted_already(make):
    desk, patient = beijing(make), born()
    stay = desk.stay_of(patient, [], began=now() - YESTERDAY)
    return Wrong(desk, "2401", admission(desk, patient), "encounter.already_admitted", stay)


def admission_in_the_future(make):
    desk, patient = beijing(make), born()
    wrong = admission(desk, patient, begntime=moment(now() + timedelta(days=3)))
    return Wrong(desk, "2401", wrong, "encounter.times_unfit", "begntime", admission(desk, patient))


def two_principal_diagnoses(make):
    desk, patient = beijing(make), born()
    right = admission(desk, patient)
    [diagnosis] = right["diseinfo"]
    wrong = right | {"diseinfo": [diagnosis, diagnosis | {"diag_srt_no": 2}]}
    return Wrong(desk, "2401", wrong, "encounter.diagnosis_missing", "主诊断", right)


def discharge_of(desk, patient, stay, ended):
    """2402, complete."""
    info = {
        "mdtrt_id": stay,
        "psn_no": patient.number,
        "insutype": patient.insurance,
        "endtime": moment(ended),
        "dscg_dept_codg": "A04",
        "dscg_dept_name": "外科",
        "dscg_way": "1",
    }
    diagnosis = desk.diagnosis(1, "K35.800", "急性阑尾炎", ended)
    return {"dscginfo": info, "diseinfo": [diagnosis | {"mdtrt_id": stay, "psn_no": patient.number}]}


def discharged_before_admitted(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = discharge_of(desk, patient, stay, now() - timedelta(days=5))
    return Wrong(desk, "2402", wrong, "encounter.times_unfit", "endtime", discharge_of(desk, patient, stay, now()))


def discharged_in_the_future(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = discharge_of(desk, patient, stay, now() + timedelta(days=400))
    return Wrong(desk, "2402", wrong, "encounter.times_unfit", "endtime", discharge_of(desk, patient, stay, now()))


def visit_moved_into_the_future(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, ITEMS, began=now())
    right = {
        "mdtrt_id": visit,
        "psn_no": patient.number,
        "med_type": "11",
        "begntime": moment(now()),
        "dise_codg": "J06.900",
        "dise_name": "急性上呼吸道感染",
    }
    wrong = {"mdtrtinfo": right | {"begntime": moment(now() + timedelta(days=400))}}
    return Wrong(desk, "2203", wrong, "encounter.times_unfit", "begntime", {"mdtrtinfo": right})


def wrong_person_for_the_encounter(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = desk.stay_bill(born(), stay, TOTAL)
    return Wrong(desk, "2304", wrong, "encounter.unknown", "mdtrt_id", right)


def encounter_of_another_hospital(make):
    desk = beijing(make)
    patient, stay = charged_stay(make(institutions.BEIJING_SECONDARY))
    return Wrong(desk, "2304", desk.stay_bill(patient, stay, TOTAL), "encounter.unknown", "mdtrt_id")


def cancelled_admission(make):
    desk, patient = beijing(make), born()
    stay = desk.stay_of(patient, [], began=now() - YESTERDAY)
    assert desk.say("2404", {"data": {"mdtrt_id": stay, "psn_no": patient.number}}).done
    return Wrong(desk, "2301", lines(desk, patient, stay), "encounter.state_unfit", "已撤销")


def cancelling_under_charges(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    wrong = {"data": {"mdtrt_id": stay, "psn_no": patient.number}}
    return Wrong(desk, "2404", wrong, "encounter.state_unfit", "2302")


def undoing_a_discharge_after_readmission(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    again = desk.stay_of(patient, [], began=now())
    wrong = {"data": {"mdtrt_id": stay, "psn_no": patient.number}}
    return Wrong(desk, "2405", wrong, "encounter.already_admitted", again)


# -------------------------------------------------------------------------------------- the lines


def amount_is_not_price_times_quantity(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    right = lines(desk, patient, stay)
    wrong = lines(desk, patient, stay, det_item_fee_sumamt="32.02")
    return Wrong(desk, "2301", wrong, "encounter.line_amount_wrong", "32.00", right)


def amount_beyond_all_measure(make):
    """Lines whose sum no book could hold."""
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = lines(desk, patient, stay, pric="9999999999.999999", cnt="9999", det_item_fee_sumamt="99989999999999.99")
    return Wrong(desk, "2301", wrong, "encounter.line_too_large", "100000000.00", lines(desk, patient, stay))


def unknown_item(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = lines(desk, patient, stay, med_list_codg="X-NOT-IN-THE-CATALOGUE")
    return Wrong(desk, "2301", wrong, "catalogue.item_unknown", "目录对照", lines(desk, patient, stay))


def serial_used_before(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = lines(desk, patient, stay, feedetl_sn="1001")
    return Wrong(desk, "2301", wrong, "encounter.line_duplicate", "1001", lines(desk, patient, stay))


def serial_twice_in_one_message(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    [row] = lines(desk, patient, stay)["feedetail"]
    wrong = {"feedetail": [row, row]}
    return Wrong(desk, "2301", wrong, "encounter.line_duplicate", "第 2 条", {"feedetail": [row]})


def refund(desk, patient, stay, quantity, **fields):
    """2301 of one line that takes back surgery of serial 1001, of which 2 were charged."""
    item = Item(shelf.SURGERY.code, "1200.00", quantity, original="1001", serial="1009")
    [row] = desk.lines(patient, stay, [item], now())
    return {"feedetail": [row | fields]}


def refund_beyond_the_original(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    return Wrong(
        desk,
        "2301",
        refund(desk, patient, stay, "-3"),
        "encounter.refund_unfit",
        "可退数量 2",
        refund(desk, patient, stay, "-2"),
    )


def refund_beyond_what_is_left(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    assert desk.say("2301", refund(desk, patient, stay, "-1", feedetl_sn="1008")).done
    wrong = refund(desk, patient, stay, "-2")
    return Wrong(desk, "2301", wrong, "encounter.refund_unfit", "可退数量 1", refund(desk, patient, stay, "-1"))


def refund_of_more_money_than_is_left(make):
    """Three at 3.335 cost 10.01; each given back at 3.34 would be 10.02."""
    desk, patient = beijing(make), born()
    charged = Item(shelf.DRUG_A.code, "3.335", "3", serial="1001")
    stay = desk.stay_of(patient, [charged], began=now() - YESTERDAY)
    back = [Item(shelf.DRUG_A.code, "3.335", "-1", original="1001", serial=f"100{n}") for n in range(2, 5)]
    rows = desk.lines(patient, stay, back, now())
    fitting = [*rows[:2], rows[2] | {"det_item_fee_sumamt": "-3.33"}]
    return Wrong(desk, "2301", {"feedetail": rows}, "encounter.refund_unfit", "3.33", {"feedetail": fitting})


def refund_of_nothing_but_money(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = refund(desk, patient, stay, "0", det_item_fee_sumamt="-0.01")
    return Wrong(desk, "2301", wrong, "encounter.refund_unfit", "数量", refund(desk, patient, stay, "-1"))


def refund_without_an_original(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = refund(desk, patient, stay, "-1", init_feedetl_sn="7777")
    return Wrong(desk, "2301", wrong, "encounter.refund_unfit", "7777", refund(desk, patient, stay, "-1"))


def refund_of_another_item(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = refund(desk, patient, stay, "-1", med_list_codg=shelf.NURSING.code)
    return Wrong(desk, "2301", wrong, "encounter.refund_unfit", "项目编码", refund(desk, patient, stay, "-1"))


def charged_in_the_future(make):
    """Terms of days to come are not known; a day of skew between clocks is borne."""
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = lines(desk, patient, stay, fee_ocur_time=moment(now() + timedelta(days=3)))
    return Wrong(desk, "2301", wrong, "encounter.line_ahead", "在将来", lines(desk, patient, stay))


def price_below_zero(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = lines(desk, patient, stay, pric="-0.01", cnt="1", det_item_fee_sumamt="0")
    return Wrong(desk, "2301", wrong, "encounter.line_price_wrong", "单价", lines(desk, patient, stay))


def lines_of_two_persons(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    [row] = lines(desk, patient, stay)["feedetail"]
    wrong = {"feedetail": [row, row | {"feedetl_sn": "1003", "psn_no": born().number}]}
    return Wrong(desk, "2301", wrong, "fsi.lines_mixed", "psn_no", {"feedetail": [row]})


def revoking_lines_of_two_stays(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    other, elsewhere = charged_stay(desk, ended=None)
    row = {"feedetl_sn": "1001", "mdtrt_id": stay, "psn_no": patient.number}
    foreign = {"feedetl_sn": "1001", "mdtrt_id": elsewhere, "psn_no": other.number}
    return Wrong(desk, "2302", {"data": [row, foreign]}, "fsi.lines_mixed", "mdtrt_id", {"data": [row]})


def revoking_what_is_not_there(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    row = {"feedetl_sn": "4711", "mdtrt_id": stay, "psn_no": patient.number}
    right = row | {"feedetl_sn": "1001"}
    return Wrong(desk, "2302", {"data": [row]}, "encounter.line_unknown", "4711", {"data": [right]})


def revoking_a_line_that_was_refunded(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    assert desk.say("2301", refund(desk, patient, stay, "-1")).done
    row = {"feedetl_sn": "1001", "mdtrt_id": stay, "psn_no": patient.number}
    both = [row, row | {"feedetl_sn": "1009"}]
    return Wrong(desk, "2302", {"data": [row]}, "encounter.refund_unfit", "一并撤销", {"data": both})


def visit_lines_for_a_stay(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    [row] = lines(desk, patient, stay)["feedetail"]
    wrong = {"feedetail": [row | {"chrg_bchno": "B1"}]}
    return Wrong(desk, "2204", wrong, "encounter.kind_unfit", "住院")


def stay_lines_for_a_visit(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, [], began=now())
    return Wrong(desk, "2301", lines(desk, patient, visit), "encounter.kind_unfit", "门诊")


def discharge_of_a_visit(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, [], began=now())
    wrong = discharge_of(desk, patient, visit, now())
    return Wrong(desk, "2402", wrong, "encounter.kind_unfit", "门诊")


def visit_settlement_of_a_stay(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    wrong = desk.visit_bill(patient, stay, TOTAL, batch="stay-1", account=False)
    return Wrong(desk, "2207", wrong, "encounter.kind_unfit", "住院")


def stay_settlement_of_a_visit(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, ITEMS, began=now(), batch="stay-1")
    return Wrong(desk, "2304", desk.stay_bill(patient, visit, TOTAL), "encounter.kind_unfit", "门诊")


# -------------------------------------------------------------------------------------- the settlement


def settled_already(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    number = desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    return Wrong(desk, "2304", desk.stay_bill(patient, stay, TOTAL), "encounter.already_settled", number)


def charging_what_is_settled(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    desk.settle_stay(patient, stay, ITEMS)
    return Wrong(desk, "2301", lines(desk, patient, stay), "encounter.state_unfit", "2305")


def charging_a_settled_batch(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, ITEMS, began=now())
    number = desk.settle_visit(patient, visit, ITEMS)["setlinfo"]["setl_id"]
    [row] = desk.lines(patient, visit, [Item(shelf.DRUG_A.code, "3.20", serial="1002")], now(), batch="B1")
    other_batch = {"feedetail": [row | {"chrg_bchno": "B2"}]}
    return Wrong(desk, "2204", {"feedetail": [row]}, "encounter.already_settled", number, other_batch)


def settled_before_discharge(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk, ended=None)
    wrong = desk.stay_bill(patient, stay, TOTAL)
    right = desk.stay_bill(patient, stay, TOTAL, mid_stay=True)
    return Wrong(desk, "2304", wrong, "settlement.not_discharged", "mid_setl_flag", right)


def total_differs(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    wrong = desk.stay_bill(patient, stay, "2400.01")
    right = desk.stay_bill(patient, stay, TOTAL)
    return Wrong(desk, "2304", wrong, "settlement.total_differs", "2400.00", right)


def a_part_differs(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, inscp_scp_amt="2399.99")
    return Wrong(desk, "2304", wrong, "settlement.total_differs", "符合政策范围金额", right)


def nothing_charged(make):
    desk, patient = beijing(make), born()
    stay = desk.stay_of(patient, [], began=now() - YESTERDAY, ended=now())
    return Wrong(desk, "2304", desk.stay_bill(patient, stay, "0.00"), "encounter.nothing_charged", "2301")


def nothing_charged_in_the_batch(make):
    desk, patient = beijing(make), born()
    visit = desk.visit_of(patient, ITEMS, began=now())
    wrong = desk.visit_bill(patient, visit, TOTAL, batch="B9", account=False)
    right = desk.visit_bill(patient, visit, TOTAL, batch="B1", account=False)
    return Wrong(desk, "2207", wrong, "encounter.nothing_charged", "2204", right)


def family_account(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, acct_used_flag="2")
    return Wrong(desk, "2304", wrong, "settlement.family_account_not_offered", "acct_used_flag", right)


def other_insurance_than_the_encounters(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    right = desk.stay_bill(patient, stay, TOTAL)
    wrong = changed(right, insutype="390")
    return Wrong(desk, "2304", wrong, "settlement.insurance_differs", "310", right)


def void_of_an_unknown_settlement(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    wrong = {"data": {"mdtrt_id": stay, "setl_id": stay, "psn_no": patient.number}}
    return Wrong(desk, "2305", wrong, "settlement.unknown", "setl_id")


def void_of_a_void(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    number = desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    mirror = desk.void("2305", patient, stay, number).output["setlinfo"]["setl_id"]
    wrong = {"data": {"mdtrt_id": stay, "setl_id": mirror, "psn_no": patient.number}}
    return Wrong(desk, "2305", wrong, "settlement.unknown", "setl_id")


def void_twice(make):
    desk = beijing(make)
    patient, stay = charged_stay(desk)
    number = desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    assert desk.void("2305", patient, stay, number).done
    wrong = {"data": {"mdtrt_id": stay, "setl_id": number, "psn_no": patient.number}}
    return Wrong(desk, "2305", wrong, "settlement.already_voided", number)


def void_into_a_record_number_taken_since(make):
    desk = beijing(make)
    patient = born()
    stay = desk.admit(patient, "ZY-TAKEN", now() - YESTERDAY)
    desk.charge(patient, stay, ITEMS, now())
    desk.discharge(patient, stay, now())
    number = desk.settle_stay(patient, stay, ITEMS)["setlinfo"]["setl_id"]
    other = desk.admit(born(), "ZY-TAKEN", now())
    wrong = {"data": {"mdtrt_id": stay, "setl_id": number, "psn_no": patient.number}}
    return Wrong(desk, "2305", wrong, "encounter.already_admitted", other)


HELPERS = {changed, admission, beijing, charged_stay, lines, at_institution, expired_token, discharge_of, refund}
ALL = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and value not in HELPERS and value is not Wrong
]
