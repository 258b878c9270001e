"""A retired worker of Chengdu who lives in Beijing: filed, read, treated, charged, settled on the spot."""

from dataclasses import astuple
from datetime import timedelta

import pytest
import reckoning
from reckoning import GRANTED, bill_of, fen, graded, owed, percent, said
from stored import everything_stored, one

from yijie.domain import enrolment, filing
from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today
from yijie.kernel.errors import YijieError

PENSIONER = cast.CHENGDU_RETIREE
DAYS = 9
AGE_BONUS = ((90, 10), (80, 8), (70, 6), (60, 4), (50, 2), (0, 0))
"""Chengdu adds so many points from these ages on."""


def application(**changed):
    """What the pensioner asks her home bureau for."""
    asked = {
        "person_number": PENSIONER.number,
        "insurance": "310",
        "home_region": "510100",
        "care_region": "110105",
        "kind": FilingKind.LONG_TERM_RESIDENT,
        "since": today() - timedelta(days=30),
        "promised": True,
    }
    return filing.Application(**(asked | changed))


def file_for_beijing():
    """Request with a promise, approved by the bureau."""
    requested = filing.request(application(), by="陈桂芳")
    return filing.approve(requested.id, by="成都经办", note="承诺制备案")


def long_bill():
    """More than forty charges of nine days, all classes, prices from the shelf."""
    daily = [shelf.BED, shelf.NURSING, shelf.CONSULT, shelf.DRUG_A]
    items = [Item(one_of.code, one_of.price) for _ in range(DAYS) for one_of in daily]
    items += [Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "3") for _ in range(3)]
    items += [
        Item(shelf.DRUG_C.code, shelf.DRUG_C.price, "2"),
        Item(shelf.MATERIAL_OVER_CEILING.code, shelf.MATERIAL_OVER_CEILING.price, "4"),
        Item(shelf.DRUG_RESTRICTED.code, shelf.DRUG_RESTRICTED.price, "2"),
        Item(shelf.DRUG_RESTRICTED.code, shelf.DRUG_RESTRICTED.price, "3", approval=GRANTED),
        Item(shelf.PIECE_DECIMAL.code, shelf.PIECE_DECIMAL.price, "37.5"),
        Item(shelf.EXAMINATION.code, shelf.EXAMINATION.price),
        Item(shelf.SURGERY.code, shelf.SURGERY.price, "2"),
        Item(shelf.MATERIAL_20.code, shelf.MATERIAL_20.price, "3"),
    ]
    return [Item(i.code, i.price, i.quantity, i.approval, serial=f"2026{n:06d}") for n, i in enumerate(items, 1)]


@pytest.fixture
def beijing(fresh_desk):
    """The desk of a tertiary hospital in Beijing."""
    return fresh_desk(institutions.BEIJING_TERTIARY)


def entitled(desk, patient, day):
    """2001: whether the pooled fund would pay, and the reason in words."""
    row = {"insutype": "310", "fixmedins_code": desk.code, "med_type": "2101", "begntime": moment(day)}
    [pooled] = [r for r in desk.about("2001", patient, **row)["trtinfo"] if r["fund_pay_type"] == "310100"]
    return pooled["trt_enjymnt_flag"] == "1", pooled["trt_chk_rslt"]


def test_the_whole_stay_of_the_chengdu_pensioner_in_beijing(beijing):
    beijing.sign_in()
    began, ended = now() - timedelta(days=DAYS), now()
    read = beijing.read_card(PENSIONER.certificate, PENSIONER.name)
    patient = beijing.patient(read)
    assert (patient.number, patient.category, patient.home_region) == (PENSIONER.number, "12", "510100")
    assert fen(read["insuinfo"][0]["balc"]) == PENSIONER.account

    # Before the filing the home fund would not pay, afterwards it does; her phone says the same as her card.
    before, reason = entitled(beijing, patient, began)
    assert not before
    assert "备案" in reason
    file_for_beijing()
    assert entitled(beijing, patient, began)[0]
    assert beijing.read_credential(enrolment.issue_credential(patient.number))["baseinfo"] == read["baseinfo"]

    # Admission; forty-four lines in three messages, each line split as the Beijing catalogue says.
    stay = beijing.admit(patient, "ZY-CD-1", began)
    items = long_bill()
    assert len(items) >= 40
    for portion in (items[:20], items[20:36], items[36:]):
        for item, answered in zip(portion, beijing.charge(patient, stay, portion, began), strict=True):
            parts = graded(item.code, item.price, item.quantity, approval=item.approval)
            names = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt")
            assert [fen(answered[name]) for name in names] == list(astuple(parts)), item

    # One catheter goes back unused; one line was wrong and is taken back and sent again.
    catheters = next(i for i in items if i.code == shelf.MATERIAL_OVER_CEILING.code)
    refund = Item(catheters.code, catheters.price, "-1", original=catheters.serial, serial="20269001")
    [returned] = beijing.charge(patient, stay, [refund], began)
    assert (fen(returned["overlmt_amt"]), fen(returned["inscp_scp_amt"])) == (-800, -3000)
    wrong = items[4]
    assert beijing.revoke(patient, stay, wrong.serial).done
    assert beijing.refused("2303", beijing.stay_bill(patient, stay, total_of(items)))[0] == "settlement.total_differs"
    beijing.charge(patient, stay, [wrong], began)
    beijing.discharge(patient, stay, ended)

    # The quote stores nothing; the settlement says the same to the fen, and both what was reckoned by hand.
    parts = bill_of(items) - graded(catheters.code, catheters.price, "1")
    age = today().year - PENSIONER.birth.year - ((today().month, today().day) < (3, 12))
    ratio = 85 + next(points for from_age, points in AGE_BONUS if age >= from_age)
    pooled = percent(parts.eligible - 80_000, ratio)
    account = min(PENSIONER.account, parts.eligible - pooled + parts.first_self_pay)
    expected = owed(parts, deductible=80_000, pooled=pooled, account=account)
    charged = [*items, refund]
    held = everything_stored()
    quoted = beijing.quote_stay(patient, stay, charged, account=True)
    assert said(quoted["setlinfo"]) == expected
    assert everything_stored() == held
    body = beijing.message("2304", beijing.stay_bill(patient, stay, total_of(charged), account=True))
    settled = beijing.reply("2304", body)
    assert said(settled.output["setlinfo"]) == expected
    assert fen(settled.output["setlinfo"]["balc"]) == PENSIONER.account - account
    assert fen(beijing.read_card(PENSIONER.certificate)["insuinfo"][0]["balc"]) == PENSIONER.account - account

    # The same message three times: one settlement, the same bytes.
    assert beijing.reply("2304", body).output_bytes == settled.output_bytes
    assert beijing.reply("2304", body).output_bytes == settled.output_bytes
    assert one("SELECT count(*) FROM settlement_settlement") == 1

    # The statement: the payers, the lines that were live, and what the year has used up.
    number = settled.output["setlinfo"]["setl_id"]
    shown = beijing.about("5203", patient, setl_id=number, mdtrt_id=stay)["setlinfo"]
    assert fen(shown["hifp_pay"]) == pooled
    assert (shown["pay_loc"], shown["refd_setl_flag"], shown["hosp_lv"]) == ("4", "0", "2")
    lines = beijing.about("5204", patient, setl_id=number, mdtrt_id=stay)
    assert len(lines) == len(charged)
    assert sum(fen(line["det_item_fee_sumamt"]) for line in lines) == parts.total
    used = {row["cum_type_code"]: row["cum"] for row in beijing.about("5206", patient)["cuminfo"]}
    assert (fen(used["IPT_PAID"]), fen(used["IPT_DEDC"]), used["IPT_CNT"]) == (pooled, 80_000, 1)
    beijing.sign_out()


def test_a_stay_in_the_books_of_two_provinces(beijing):
    """What Chengdu owes Beijing is what Beijing owes its hospital; both follow the settlement to the fen."""
    file_for_beijing()
    patient = beijing.patient(beijing.read_card(PENSIONER.certificate))
    items = [Item(shelf.SURGERY.code, "1200.00", "4")]
    stay = beijing.stay_of(patient, items, began=now() - timedelta(days=2), ended=now())
    paid = said(beijing.settle_stay(patient, stay, items)["setlinfo"])
    balance = "SELECT sum(amount)::bigint FROM ledger_balance WHERE (region, account, owner) = (%s, %s, %s)"
    assert one(balance, "510100", "fund", "pooled") == paid["pooled"]
    assert one(balance, "510100", "to_care", "110000") == -paid["pooled"]
    assert one(balance, "110000", "from_home", "510100") == paid["pooled"]
    assert one(balance, "110000", "institution_due", beijing.code) == -paid["pooled"]
    assert one(balance, "110000", "desk_cash", beijing.code) == paid["cash"]


def test_a_filing_needs_a_promise_or_papers_and_the_right_kind(fresh_nation):
    def refusal(**changed):
        with pytest.raises(YijieError) as caught:
            filing.request(application(**changed), by="陈桂芳")
        return caught.value.code

    held = everything_stored()
    assert refusal(promised=False) == "filing.promise_missing"
    assert refusal(care_region="510107") == "filing.not_needed"
    assert refusal(insurance="390") == "enrolment.not_insured"
    worker = cast.CHENGDU_EMPLOYEE.number
    assert refusal(person_number=worker, kind=FilingKind.RESETTLED_RETIREE) == "filing.kind_unfit"
    assert refusal(person_number="51010000000000000099") == "enrolment.person_unknown"
    assert everything_stored() == held


def test_a_filing_counts_from_its_approval_only(beijing):
    """Requested is not filed; rejected is not filed; approved is, and revoking it spares care that has begun."""
    patient = beijing.patient(beijing.read_card(PENSIONER.certificate))
    requested = filing.request(application(), by="陈桂芳")
    assert not entitled(beijing, patient, now())[0]
    filing.reject(requested.id, by="成都经办", note="材料不清")
    assert not entitled(beijing, patient, now())[0]
    approved = file_for_beijing()
    items = [Item(shelf.SURGERY.code, "1200.00")]
    stay = beijing.stay_of(patient, items, began=now() - timedelta(days=2), ended=now())
    filing.revoke(approved.id, by="成都经办")
    expected = owed(bill_of(items), deductible=80_000, pooled=percent(40_000, 85 + bonus_of(PENSIONER)))
    assert said(beijing.settle_stay(patient, stay, items)["setlinfo"]) == expected
    assert not entitled(beijing, patient, now())[0]


def bonus_of(member):
    """Chengdu's points for age."""
    birth, day = member.birth, today()
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return next(points for from_age, points in AGE_BONUS if age >= from_age)


def test_reckoning_agrees_with_itself():
    """The hand's own arithmetic: half up, refunds the mirror of charges."""
    assert [reckoning.rounded(n) for n in (0.5, 1.49, -0.5, -1.49)] == [1, 1, -1, -1]
    assert reckoning.amount("0.1234", "37.5") == 463
