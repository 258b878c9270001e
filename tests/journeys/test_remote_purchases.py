"""2161–2181 and YJ03: somebody of Chengdu buys in Beijing; the order is pushed, found, paid, refunded, taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from crowd import all_at_once
from desks import Desk
from journeys.test_pharmacy import purchase
from people import born
from rich.console import Console
from stored import everything_stored, one, rows

from yijie.domain import enrolment
from yijie.domain.coherent import disagreements
from yijie.interfaces.demo.his import moment
from yijie.interfaces.sample import institutions, shelf
from yijie.interfaces.statement import print_statement
from yijie.kernel.dates import clock_set_to, now, today

pytestmark = pytest.mark.usefixtures("own_nation")
ACCOUNT = 50_000
CHENGDU, BEIJING = "510100", "110000"


@pytest.fixture
def pharmacy():
    """A pharmacy in Beijing."""
    return Desk(institutions.BEIJING_PHARMACY)


@pytest.fixture
def patient():
    """Somebody insured in Chengdu."""
    return born(CHENGDU, account=ACCOUNT)


def line(**changed):
    """One drug, ten packs."""
    return {
        "feedetl_sn": "1",
        "medins_list_codg": "OWN",
        "medins_list_name": "本店氯化钠注射液",
        "hilist_code": shelf.DRUG_A.code,
        "hilist_type": "11",
        "pric": "3.20",
        "cnt": "10",
        "amt": "32.00",
        "used_mtd": "静脉滴注",
        "sin_dos": "0.5",
        "detl_ocur_time": moment(now()),
        "adm_diag_dr": "样例医师",
        "opter_name": "店员甲",
    } | changed


def order(pharmacy, patient, *lines, token="", **changed):
    """The input of 2166."""
    return {
        "ec_token": token or enrolment.issue_credential(patient.number),
        "fixmedins_code": pharmacy.code,
        "fixmedins_name": pharmacy.name,
        "insuplc": patient.home_region,
        "mdtrtarea": pharmacy.region,
        "psn_no": patient.number,
        "ssn": patient.certificate,
        "psn_name": patient.name,
        "gend": "1",
        "brdy": "1980-01-01",
        "mdtrtsn": "YD0001",
        "med_type": "41",
        "psn_type": patient.category,
        "insutype": patient.insurance,
        "dscg_date": f"{today()}",
        "medfee_sumamt": "32.00",
        "opter_name": "店员甲",
        "feedetl": list(lines) or [line()],
        **changed,
    }


def push(pharmacy, patient, *lines, **changed):
    """2166; the 就诊登记号."""
    said = pharmacy.say("2166", order(pharmacy, patient, *lines, **changed), insured_in=patient.home_region).output
    assert said["push_flag"] == "1"
    return said["mdtrt_regno"]


def payment(patient, number, *, token="", account="1"):
    """The input of YJ03."""
    token = token or enrolment.issue_credential(patient.number)
    return {"data": {"mdtrt_regno": number, "ec_token": token, "acct_used_flag": account}}


def pay(pharmacy, patient, number, **how):
    """YJ03; its ``setlinfo``."""
    return pharmacy.say("YJ03", payment(patient, number, **how), insured_in=patient.home_region).output["setlinfo"]


def about(pharmacy, number, **more):
    """The input of 2163 and 2167; with ``ssn`` and ``status`` that of 2181."""
    return {"fixmedins_code": pharmacy.code, "mdtrt_regno": number, "opter_name": "店员甲", **more}


def found(pharmacy, infno, patient, **more):
    """Numbers of the orders that 2170 or 2171 tells of."""
    return [one["mdtrt_regno"] for one in pharmacy.say(infno, {"ssn": patient.certificate, **more}).output]


def account_of(patient):
    return one("SELECT -amount FROM ledger_balance WHERE account = 'person' AND owner = %s", patient.number)


def totals(settled):
    """3201 over today, of the pharmacy's settlements."""
    fields = {"medfee_sumamt": "medfee_sumamt", "fund_pay_sumamt": "fund_pay_sumamt", "acct_pay": "acct_pay"}
    sums = {name: str(sum((one[field] for one in settled), Decimal(0))) for name, field in fields.items()}
    row = {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": BEIJING,
        "stmt_begndate": f"{today()}",
        "stmt_enddate": f"{today()}",
    }
    return {"data": row | sums | {"fixmedins_setl_cnt": str(len(settled))}}


def test_somebody_of_chengdu_buys_in_beijing(fresh_nation, pharmacy, patient):
    asked = {"ssn": patient.certificate, "insuplc": CHENGDU, "fixmedins_code": pharmacy.code}
    buyer = pharmacy.say("2161", asked, insured_in=CHENGDU).output
    assert (buyer["psn_no"], buyer["insutype"], buyer["acct_balc"]) == (patient.number, "310", Decimal(500))
    assert buyer["outmed_fundmgt_optins_fulname"] == "成都市医疗保障局"

    said = pharmacy.say("2166", order(pharmacy, patient), insured_in=CHENGDU).output
    assert "医疗费总额32.00元，预计基金支付0.00元、个人账户支付32.00元、个人现金支付0.00元" in said["prmmsg"]
    number = said["mdtrt_regno"]
    assert account_of(patient) == ACCOUNT, "pushed is not paid"
    assert pharmacy.say("3201", totals([])).output["stmtinfo"]["stmt_rslt"] == "0"

    [waiting] = pharmacy.say("2170", {"ssn": patient.certificate}).output
    assert (waiting["mdtrt_regno"], waiting["medfee_sumamt"], waiting["insuplc"]) == (number, Decimal(32), CHENGDU)
    assert (waiting["certno"], waiting["dscg_date"]) == (patient.certificate, f"{today()}")
    [drug] = waiting["feedetl"]
    assert (drug["hilist_code"], drug["hilist_name"]) == (shelf.DRUG_A.code, "氯化钠注射液")
    assert (drug["medins_list_name"], drug["used_mtd"], drug["sin_dos"]) == (
        "本店氯化钠注射液",
        "静脉滴注",
        Decimal("0.5"),
    )
    assert (drug["adm_diag_dr"], drug["chrgitm_lv"], drug["amt"]) == ("样例医师", "01", Decimal(32))
    assert found(pharmacy, "2171", patient) == []

    paid = pay(pharmacy, patient, number)
    assert (paid["acct_pay"], paid["psn_cash_pay"], paid["balc"]) == (Decimal(32), Decimal(0), Decimal(468))
    assert found(pharmacy, "2170", patient) == []
    [sold] = pharmacy.say("2171", {"ssn": patient.certificate, "mdtrt_regno": number}).output
    assert (sold["acct_payamt"], sold["psn_cashpay"], sold["out_type"]) == (Decimal(32), Decimal(0), "2")
    assert sold["feedetl"][0]["med_invo_item_type"] == "09"

    assert pharmacy.say("3201", totals([paid])).output["stmtinfo"]["stmt_rslt"] == "0"
    row = {"psn_no": patient.number, "mdtrt_id": paid["mdtrt_id"], "setl_id": paid["setl_id"]}
    stored = pharmacy.say("5203", {"data": row}, insured_in=CHENGDU).output["setlinfo"]
    assert (stored["acct_pay"], stored["pay_loc"], stored["clr_type"]) == (Decimal(32), "4", "41")
    [line] = pharmacy.say("5204", {"data": row}, insured_in=CHENGDU).output
    assert (line["bilg_dr_name"], line["medins_list_name"]) == ("样例医师", "本店氯化钠注射液")

    back = pharmacy.say("2163", about(pharmacy, number)).output
    assert (back["medfee_sumamt"], back["acct_payamt"], back["psn_cashpay"]) == (Decimal(32), Decimal(32), Decimal(0))
    assert account_of(patient) == ACCOUNT
    assert one("SELECT sum(total) FROM settlement_settlement WHERE person_number = %s", patient.number) == 0
    assert found(pharmacy, "2170", patient) == found(pharmacy, "2171", patient) == []
    assert pharmacy.say("3201", totals([])).output["stmtinfo"]["stmt_rslt"] == "0"
    assert disagreements() == []


def test_an_order_that_is_cancelled_is_neither_found_nor_paid(pharmacy, patient):
    number = push(pharmacy, patient)
    body = pharmacy.message("2167", about(pharmacy, number))
    assert pharmacy.reply("2167", body).done
    assert pharmacy.reply("2167", body).done, "sent again"
    assert pharmacy.refused("2167", about(pharmacy, number))[0] == "purchase.order_cancelled"
    assert pharmacy.refused("YJ03", payment(patient, number))[0] == "purchase.order_cancelled"
    assert pharmacy.refused("2163", about(pharmacy, number))[0] == "purchase.order_cancelled"
    assert found(pharmacy, "2170", patient) == []


def test_an_order_pushed_again_is_one_order_whatever_happened_to_it(pharmacy, patient):
    body = pharmacy.message("2166", order(pharmacy, patient), insured_in=CHENGDU)
    first, again = pharmacy.reply("2166", body), pharmacy.reply("2166", body)
    assert first.done
    assert first.output_bytes == again.output_bytes
    number = first.output["mdtrt_regno"]
    assert found(pharmacy, "2170", patient) == [number]
    pay(pharmacy, patient, number)
    assert pharmacy.reply("2166", body).output_bytes == first.output_bytes


def test_an_order_is_paid_once(pharmacy, patient):
    number = push(pharmacy, patient)
    body = pharmacy.message("YJ03", payment(patient, number), insured_in=CHENGDU)
    first, again = pharmacy.reply("YJ03", body), pharmacy.reply("YJ03", body)
    assert first.done
    assert first.output_bytes == again.output_bytes
    code, text = pharmacy.refused("YJ03", payment(patient, number), insured_in=CHENGDU)
    assert code == "purchase.order_paid"
    assert first.output["setlinfo"]["setl_id"] in text
    assert pharmacy.refused("2167", about(pharmacy, number))[0] == "purchase.order_paid"
    assert account_of(patient) == ACCOUNT - 3200


def test_the_account_is_left_alone_where_the_payer_wants_it(pharmacy, patient):
    paid = pay(pharmacy, patient, push(pharmacy, patient), account="0")
    assert (paid["acct_pay"], paid["psn_cash_pay"]) == (Decimal(0), Decimal(32))
    number = push(pharmacy, patient)
    refused = pharmacy.refused("YJ03", payment(patient, number, account="2"))
    assert refused[0] == "settlement.family_account_not_offered"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token": "EC-NOBODYS"}, "enrolment.credential_invalid"),
        ({"ssn": "110105198001011234"}, "enrolment.identity_mismatch"),
        ({"psn_name": "他人"}, "enrolment.identity_mismatch"),
        ({"medfee_sumamt": "32.01"}, "settlement.total_differs"),
        ({"insuplc": "110000"}, "purchase.header_differs"),
        ({"mdtrtarea": "310000"}, "purchase.header_differs"),
        ({"fixmedins_code": institutions.SHANGHAI_PHARMACY}, "purchase.header_differs"),
        ({"med_type": "2101"}, "fsi.care_unfit"),
        ({"dscg_date": "2099-01-01"}, "encounter.times_unfit"),
        ({"insutype": "390"}, "enrolment.not_insured"),
        ({"feedetl": [line(hilist_code="")]}, "purchase.item_unmapped"),
        ({"feedetl": [line(hilist_code="NONE")]}, "catalogue.item_unknown"),
        ({"feedetl": [line(amt="33.00")]}, "encounter.line_amount_wrong"),
        ({"feedetl": [line(cnt="-10", amt="-32.00")]}, "encounter.refund_unfit"),
    ],
)
def test_a_wrong_order_is_refused_and_stores_nothing(pharmacy, patient, changed, code):
    wrong = order(pharmacy, patient, **changed)
    held = everything_stored()
    assert pharmacy.refused("2166", wrong, insured_in=CHENGDU)[0] == code
    assert everything_stored() == held


def test_what_disagrees_with_the_header_is_said_with_the_member_of_the_header(pharmacy, patient):
    for changed, told in (
        ({"insuplc": "110000"}, "insuplc 110000 与报文头 insuplc_admdvs 所指的 510100 不一致"),
        ({"mdtrtarea": "310000"}, "mdtrtarea 310000 与报文头 mdtrtarea_admvs 所指的 110000 不一致"),
        ({"fixmedins_code": "P0"}, f"fixmedins_code P0 与报文头 fixmedins_code 所指的 {pharmacy.code} 不一致"),
    ):
        assert told in pharmacy.refused("2166", order(pharmacy, patient, **changed), insured_in=CHENGDU)[1]


def test_a_line_that_gives_back_is_told_how_an_order_is_refunded(pharmacy, patient):
    wrong = order(pharmacy, patient, line(cnt="-10", amt="-32.00"))
    assert "没有该字段的交易请整单撤销" in pharmacy.refused("2166", wrong, insured_in=CHENGDU)[1]


def test_somebody_elses_code_pays_nothing(pharmacy, patient):
    number, other = push(pharmacy, patient), born(CHENGDU, account=ACCOUNT)
    refused = pharmacy.refused("YJ03", payment(other, number), insured_in=CHENGDU)
    assert refused[0] == "enrolment.credential_invalid"
    assert (account_of(patient), account_of(other)) == (ACCOUNT, ACCOUNT)
    assert found(pharmacy, "2170", patient) == [number]


def test_a_code_that_has_expired_must_be_shown_anew(pharmacy, patient):
    token = enrolment.issue_credential(patient.number)
    number = push(pharmacy, patient, token=token)
    with clock_set_to(now() + timedelta(minutes=30)):
        assert pharmacy.refused("YJ03", payment(patient, number, token=token))[0] == "enrolment.credential_invalid"
        pay(pharmacy, patient, number)


def test_a_line_without_a_national_code_is_found_by_the_pharmacys_mapping(pharmacy, patient):
    own = "OWN-MAPPED"
    mapping = {
        "fixmedins_hilist_id": own,
        "fixmedins_hilist_name": "盐水",
        "list_type": "101",
        "med_list_codg": shelf.DRUG_A.code,
        "begndate": f"{today()}",
        "enddate": "2099-12-31",
    }
    assert pharmacy.say("3301", {"data": [mapping]}).done
    body = pharmacy.message(
        "2166", order(pharmacy, patient, line(hilist_code="", medins_list_codg=own)), insured_in=CHENGDU
    )
    first = pharmacy.reply("2166", body)
    [waiting] = pharmacy.say("2170", {"ssn": patient.certificate}).output
    assert waiting["feedetl"][0]["hilist_code"] == shelf.DRUG_A.code
    assert pharmacy.say("3301", {"data": [mapping | {"med_list_codg": shelf.DRUG_B.code}]}).done
    code, text = pharmacy.refused(
        "2166", order(pharmacy, patient, line(hilist_code="", medins_list_codg=own)), insured_in=CHENGDU
    )
    assert code == "purchase.item_unmapped"
    assert "第 1 条明细" in text
    assert pharmacy.reply("2166", body).output_bytes == first.output_bytes


def test_a_hospital_is_no_pharmacy(patient):
    hospital = Desk(institutions.BEIJING_TERTIARY)
    assert hospital.refused("2166", order(hospital, patient), insured_in=CHENGDU)[0] == "institution.pharmacy_only"
    asked = {"ssn": patient.certificate, "insuplc": CHENGDU, "fixmedins_code": hospital.code}
    assert hospital.refused("2161", asked)[0] == "institution.pharmacy_only"


def test_another_pharmacy_does_not_know_the_order(pharmacy, patient):
    number, other = push(pharmacy, patient), Desk(institutions.SHANGHAI_PHARMACY)
    assert found(other, "2170", patient) == []
    for infno, payload in (
        ("2167", about(other, number)),
        ("2163", about(other, number)),
        ("YJ03", payment(patient, number)),
        ("2181", about(other, number, ssn=patient.certificate, status="1106")),
    ):
        assert other.refused(infno, payload)[0] == "purchase.order_unknown"
    question = {"ssn": patient.certificate, "fixmedins_code": pharmacy.code}
    assert other.refused("2170", question)[0] == "purchase.header_differs"
    assert found(pharmacy, "2170", patient) == [number]


@pytest.mark.parametrize("number", ["0", "ABC", "９", "99999999999999999999"])
def test_a_number_that_is_no_orders_names_nothing(pharmacy, patient, number):
    assert pharmacy.refused("2167", about(pharmacy, number))[0] == "purchase.order_unknown"
    assert found(pharmacy, "2171", patient, mdtrt_regno=number) == []


def test_a_purchase_of_2102_is_no_order(pharmacy):
    patient = born(account=ACCOUNT)
    sold = pharmacy.say("2102", purchase(patient)).output["setlinfo"]
    number = str(int(sold["mdtrt_id"][6:]))
    assert pharmacy.refused("2163", about(pharmacy, number))[0] == "purchase.order_unknown"
    assert found(pharmacy, "2171", patient) == []


def test_paid_orders_are_chosen_by_day_and_by_where_the_buyer_is_insured(pharmacy, patient):
    local, neighbour = born(account=ACCOUNT), born("440300", account=ACCOUNT)
    for who, told, at in (
        (patient, "2", pharmacy),
        (local, "0", pharmacy),
        (neighbour, "1", Desk(institutions.GUANGZHOU_PHARMACY)),
    ):
        number = push(at, who)
        pay(at, who, number)
        assert found(at, "2171", who, out_type=told) == [number]
        assert found(at, "2171", who, out_type="3") == []
        assert found(at, "2171", who, start_date=f"{today()}", end_date=f"{today()}") == [number]
        assert found(at, "2171", who, end_date=f"{today() - timedelta(days=1)}") == []
        assert found(at, "2171", who, start_date=f"{today() + timedelta(days=1)}", end_date="9999-12-31") == []


def test_2181_takes_back_an_order_once_and_nothing_else(pharmacy, patient):
    def reverse(number, status, **whose):
        payload = about(pharmacy, number, status=status, ssn=patient.certificate, **whose)
        return pharmacy.say("2181", payload).code

    number = push(pharmacy, patient)
    assert reverse(number, "9999") == "purchase.reversal_unknown"
    assert reverse(number, "1107") == "", "nothing was cancelled, the order stands"
    assert reverse(number, "1203") == "purchase.order_unpaid"
    stranger = about(pharmacy, number, status="1106", ssn=born().certificate)
    assert pharmacy.refused("2181", stranger)[0] == "purchase.order_unknown"
    assert found(pharmacy, "2170", patient) == [number]
    assert reverse(number, "1106") == reverse(number, "1106") == "", "twice is the same as once"
    assert found(pharmacy, "2170", patient) == []
    assert reverse(number, "1107") == "purchase.step_final"

    paid = push(pharmacy, patient)
    pay(pharmacy, patient, paid)
    assert reverse(paid, "1106") == "purchase.order_paid"
    assert reverse(paid, "1203") == "", "nothing was refunded, the payment stands"
    assert pharmacy.say("2163", about(pharmacy, paid)).done
    assert reverse(paid, "1203") == "purchase.step_final"


def test_a_refund_sent_again_is_one_refund(pharmacy, patient):
    number = push(pharmacy, patient)
    assert pharmacy.refused("2163", about(pharmacy, number))[0] == "purchase.order_unpaid"
    pay(pharmacy, patient, number)
    body = pharmacy.message("2163", about(pharmacy, number))
    first, again = pharmacy.reply("2163", body), pharmacy.reply("2163", body)
    assert first.output_bytes == again.output_bytes
    assert account_of(patient) == ACCOUNT


def test_a_paid_order_is_voided_like_any_purchase(pharmacy, patient):
    number = push(pharmacy, patient)
    paid = pay(pharmacy, patient, number)
    voided = pharmacy.void("2103", patient, paid["mdtrt_id"], paid["setl_id"]).output["setlinfo"]
    assert voided["medfee_sumamt"] == -paid["medfee_sumamt"]
    assert account_of(patient) == ACCOUNT
    assert pharmacy.refused("2163", about(pharmacy, number))[0] == "purchase.order_cancelled"


def test_a_payment_that_is_reversed_leaves_the_order_to_be_paid(pharmacy, patient):
    number, msgid = push(pharmacy, patient), pharmacy.message_id()
    body = pharmacy.message("YJ03", payment(patient, number), insured_in=CHENGDU, msgid=msgid)
    assert pharmacy.reply("YJ03", body).done
    known = pharmacy.say("YJ01", {"data": {"oinfno": "YJ03", "omsgid": msgid}}).output["result"]
    assert (known["stas"], known["psn_no"]) == ("done", patient.number)
    assert pharmacy.reverse(patient, "YJ03", msgid).done
    assert account_of(patient) == ACCOUNT
    assert found(pharmacy, "2170", patient) == [number]
    assert pharmacy.reply("YJ03", body).code == "message.reversed"
    pay(pharmacy, patient, number)
    assert account_of(patient) == ACCOUNT - 3200


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "药店购药次数（异地）"), ("en", "purchases at pharmacies (outside the pool)")]
)
def test_the_statement_counts_purchases_in_the_payers_words(pharmacy, patient, language, words):
    paid = pay(pharmacy, patient, push(pharmacy, patient))
    console = Console(width=100)
    with console.capture() as printed:
        print_statement(paid["setl_id"], language, console)
    assert words in printed.get()


def test_who_stands_at_the_desk_is_asked_by_identity_number_and_region(pharmacy):
    def buyer(who, region):
        return pharmacy.say("2161", {"ssn": who.certificate, "insuplc": region, "fixmedins_code": pharmacy.code})

    resident = born(CHENGDU, insurance="390", category="1404")
    said = buyer(resident, "510104").output
    assert (said["insutype"], said["acct_balc"], said["insuplc_admdvs"]) == ("390", Decimal(0), CHENGDU)
    assert buyer(resident, BEIJING).code == "enrolment.not_insured"
    paused = born(CHENGDU, paused_on=today() - timedelta(days=40))
    assert buyer(paused, CHENGDU).code == "enrolment.inactive"
    stranger = resident.certificate[:-4] + "0000"
    asked = {"ssn": stranger, "insuplc": CHENGDU, "fixmedins_code": pharmacy.code}
    assert pharmacy.refused("2161", asked)[0] == "enrolment.person_unknown"


def test_no_order_keeps_the_identity_number(pharmacy, patient):
    push(pharmacy, patient)
    [(details,)] = rows("SELECT details::text FROM encounter_encounter WHERE person_number = %s", patient.number)
    assert patient.certificate not in details


def test_two_who_pay_and_one_who_cancels_at_once_do_one_thing(own_server, patient):
    """Whichever comes first: the order is paid once, or it is cancelled and nobody pays."""
    counter = Desk(institutions.BEIJING_PHARMACY)
    for _ in range(3):
        number = push(counter, patient)
        held = account_of(patient)
        messages = [
            ("YJ03", counter.message("YJ03", payment(patient, number), insured_in=CHENGDU)),
            ("YJ03", counter.message("YJ03", payment(patient, number), insured_in=CHENGDU)),
            ("2167", counter.message("2167", about(counter, number))),
        ]
        done = [
            infno
            for (infno, _), reply in zip(messages, all_at_once(own_server.address, messages), strict=True)
            if reply.done
        ]
        assert done in (["YJ03"], ["2167"])
        assert held - account_of(patient) == (3200 if done == ["YJ03"] else 0)
