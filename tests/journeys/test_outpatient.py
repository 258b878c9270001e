"""Outpatient care at home: pooled benefit above the year's deductible, the personal account, voids, a second batch."""

from datetime import timedelta

import pytest
from people import born
from reckoning import bill_of, fen, owed, percent, said
from stored import one

from yijie.interfaces.demo.his import Item, moment, total_of
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.dates import now

DEDUCTIBLE = 180_000
"""Working employees of Beijing, once a year."""
RATIO, RATIO_COMMUNITY, RATIO_ABOVE = 70, 90, 60
BORDER = 2_000_000
"""Up to 20,000 yuan of the year's cost, deductible included, the first ratio; above it the last."""

VISIT = [
    Item(shelf.LABORATORY.code, "70.00", "20"),
    Item(shelf.EXAMINATION.code, "220.00", "5"),
    Item(shelf.DRUG_C.code, "36.00", "1"),
]
SECOND = [Item(shelf.DRUG_B.code, "18.00", "10"), Item(shelf.DRUG_A.code, "3.20", "30")]
LARGE = [Item(shelf.SURGERY.code, "1200.00", "18")]


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def test_visits_of_a_beijing_employee_over_a_year(beijing):
    patient = beijing.patient(beijing.read_card(cast.BEIJING_EMPLOYEE.certificate))
    account = cast.BEIJING_EMPLOYEE.account
    began = now() - timedelta(hours=2)
    visit = beijing.visit_of(patient, VISIT, began=began)

    # The batch was sent with a mistake, is taken back as a whole and sent again.
    whole_batch = {"mdtrt_id": visit, "chrg_bchno": "B1", "psn_no": patient.number}
    assert beijing.say("2205", {"data": whole_batch}).done
    assert beijing.refused("2205", {"data": whole_batch})[0] == "encounter.line_unknown"
    beijing.charge_visit(patient, visit, VISIT, began, batch="B1")

    first = bill_of(VISIT)
    pooled = percent(first.eligible - DEDUCTIBLE, RATIO)
    drawn = min(account, first.eligible - pooled + first.first_self_pay)
    expected = owed(first, deductible=DEDUCTIBLE, pooled=pooled, account=drawn)
    quoted = beijing.say("2206", beijing.visit_bill(patient, visit, total_of(VISIT), batch="B1", account=True))
    assert said(quoted.output["setlinfo"]) == expected
    settled = beijing.settle_visit(patient, visit, VISIT, account=True)
    assert said(settled["setlinfo"]) == expected
    assert {row["fund_pay_type"] for row in settled["setldetail"]} == {"310102", "310200"}
    assert fen(settled["setlinfo"]["balc"]) == account - drawn

    # A second batch of the same visit: the deductible is borne, the rest of the account pays what it can.
    beijing.charge_visit(patient, visit, renumbered(SECOND), began, batch="B2")
    second = bill_of(SECOND)
    pooled_2 = percent(second.eligible, RATIO)
    drawn_2 = min(account - drawn, second.eligible - pooled_2 + second.first_self_pay)
    again = beijing.settle_visit(patient, visit, SECOND, batch="B2", account=True)
    assert said(again["setlinfo"]) == owed(second, deductible=0, pooled=pooled_2, account=drawn_2)

    # The first cannot be voided under the second; after the second it can, and everything is as it was.
    first_number, second_number = settled["setlinfo"]["setl_id"], again["setlinfo"]["setl_id"]
    refusal = beijing.void("2208", patient, visit, first_number)
    assert refusal.code == "decision.later_lives"
    assert second_number in refusal.text
    for number, paid in ((second_number, again), (first_number, settled)):
        voided = beijing.void("2208", patient, visit, number).output
        assert said(voided["setlinfo"]) == {name: -value for name, value in said(paid["setlinfo"]).items()}
        assert voided["setlinfo"]["setl_id"] != number
    assert fen(beijing.read_card(patient.certificate)["insuinfo"][0]["balc"]) == account
    assert beijing.about("5206", patient)["cuminfo"] == []

    # Settled once more it comes to the same.
    assert said(beijing.settle_visit(patient, visit, VISIT, account=True)["setlinfo"]) == expected


def renumbered(items):
    """The same charges under serial numbers of a second batch."""
    return [Item(i.code, i.price, i.quantity, i.approval, serial=f"2000{n}") for n, i in enumerate(items)]


def test_the_ratio_falls_above_the_border_of_the_year(beijing):
    """One bill across the border and one wholly above it."""
    patient = born()
    began = now() - timedelta(hours=1)
    visit = beijing.visit_of(patient, LARGE, began=began)
    first = bill_of(LARGE)
    assert first.eligible > BORDER
    pooled = percent(BORDER - DEDUCTIBLE, RATIO) + percent(first.eligible - BORDER, RATIO_ABOVE)
    settled = beijing.settle_visit(patient, visit, LARGE)
    assert said(settled["setlinfo"]) == owed(first, deductible=DEDUCTIBLE, pooled=pooled)
    second_visit = beijing.visit_of(patient, VISIT, began=began)
    second = bill_of(VISIT)
    settled = beijing.settle_visit(patient, second_visit, VISIT)
    assert said(settled["setlinfo"]) == owed(second, deductible=0, pooled=percent(second.eligible, RATIO_ABOVE))


def test_the_community_centre_pays_more_and_a_bill_below_the_deductible_nothing(desk):
    centre = desk(institutions.BEIJING_COMMUNITY)
    patient, began = born(), now() - timedelta(hours=1)
    small = [Item(shelf.LABORATORY.code, "70.00", "10")]
    visit = centre.visit_of(patient, small, began=began)
    paid = said(centre.settle_visit(patient, visit, small)["setlinfo"])
    assert paid == owed(bill_of(small), deductible=70_000, pooled=0)
    visit = centre.visit_of(patient, VISIT, began=began)
    parts = bill_of(VISIT)
    rest = DEDUCTIBLE - 70_000
    expected = owed(parts, deductible=rest, pooled=percent(parts.eligible - rest, RATIO_COMMUNITY))
    assert said(centre.settle_visit(patient, visit, VISIT)["setlinfo"]) == expected


def test_the_account_is_used_only_if_asked_for_and_never_beyond_what_it_holds(beijing):
    patient, began = born(account=10_000), now() - timedelta(hours=1)
    parts = bill_of(VISIT)
    pooled = percent(parts.eligible - DEDUCTIBLE, RATIO)
    visit = beijing.visit_of(patient, VISIT, began=began)
    without = beijing.settle_visit(patient, visit, VISIT)["setlinfo"]
    assert said(without) == owed(parts, deductible=DEDUCTIBLE, pooled=pooled)
    assert fen(without["balc"]) == 10_000
    visit = beijing.visit_of(patient, VISIT, began=began)
    using = said(beijing.settle_visit(patient, visit, VISIT, account=True)["setlinfo"])
    assert using == owed(parts, deductible=0, pooled=percent(parts.eligible, RATIO), account=10_000)


def test_a_registration_without_charges_is_taken_back(beijing):
    patient = born()
    visit = beijing.register(patient, "MZ-1", now())
    row = {"psn_no": patient.number, "mdtrt_id": visit, "ipt_otp_no": "MZ-1"}
    assert beijing.say("2202", {"data": row}).done
    assert beijing.refused("2202", {"data": row})[0] == "encounter.state_unfit"
    assert one("SELECT state FROM encounter_encounter WHERE id = %s", int(visit[6:])) == "cancelled"


def test_two_diagnoses_under_one_number_are_refused(beijing):
    patient = born()
    visit = beijing.visit_of(patient, VISIT, began=now())
    row = {"mdtrt_id": visit, "psn_no": patient.number, "med_type": "11", "begntime": moment(now())}
    row |= {"dise_codg": "J06.900", "dise_name": "急性上呼吸道感染"}
    twice = [beijing.diagnosis(1, code, "急性上呼吸道感染", now()) for code in ("J06.900", "J00.x00")]
    code, text = beijing.refused("2203", {"mdtrtinfo": row, "diseinfo": twice})
    assert code == "encounter.diagnosis_missing"
    assert "诊断排序号 1 重复" in text
    known = beijing.about("5202", patient, mdtrt_id=visit)["diseinfo"]
    assert [row["diag_code"] for row in known] == ["J06.900"], "what was sent before stands"


def test_an_outpatient_visit_away_from_home_needs_its_filing_as_a_stay_does(beijing):
    patient = born("440100", "310", "11")
    visit = beijing.visit_of(patient, VISIT, began=now())
    bill = beijing.visit_bill(patient, visit, total_of(VISIT), batch="B1", account=False)
    assert beijing.refused("2207", bill, insured_in="440100")[0] == "benefit.refused"
