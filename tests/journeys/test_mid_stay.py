"""A long stay settled in parts: what is settled stands still, the rest goes on, voids go from the newest back."""

from datetime import datetime, timedelta

import pytest
from desks import Desk
from people import born
from reckoning import Parts, bill_of, fen, owed, percent, said
from stored import everything_stored, one

from yijie.interfaces.demo.his import Item, moment
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import SHANGHAI, clock_set_to, now

DEDUCTIBLE, RATIO = 130_000, 85


def surgeries(count, serial):
    """A bill of that many operations of 1,200 yuan, class A."""
    return [Item(shelf.SURGERY.code, "1200.00", str(count), serial=serial)]


FIRST, SECOND, THIRD = surgeries(5, "1001"), surgeries(3, "1002"), surgeries(2, "1003")
FIRST_PARTS, SECOND_PARTS = bill_of(FIRST), bill_of(SECOND)
FIRST_OWED = owed(FIRST_PARTS, deductible=DEDUCTIBLE, pooled=percent(FIRST_PARTS.eligible - DEDUCTIBLE, RATIO))
SECOND_OWED = owed(SECOND_PARTS, deductible=0, pooled=percent(SECOND_PARTS.eligible, RATIO))


@pytest.fixture
def beijing(fresh_nation):
    """The desk of a tertiary hospital in Beijing, in this very process, so that the clock can be set."""
    return Desk(institutions.BEIJING_TERTIARY)


@pytest.fixture
def patient(fresh_nation):
    """A working employee of Beijing."""
    return born()


def number_of(settled):
    """setl_id of a settlement's output."""
    return settled["setlinfo"]["setl_id"]


def half_settled(desk, patient):
    """A stay whose first interval is settled; (mdtrt_id, setl_id)."""
    stay = desk.stay_of(patient, FIRST, began=now() - timedelta(days=20))
    return stay, number_of(desk.settle_stay(patient, stay, FIRST, mid_stay=True))


def fully_settled(desk, patient):
    """A stay settled mid-way and at the end; (mdtrt_id, first setl_id, last setl_id)."""
    stay, first = half_settled(desk, patient)
    desk.charge(patient, stay, SECOND, now())
    desk.discharge(patient, stay, now())
    return stay, first, number_of(desk.settle_stay(patient, stay, SECOND))


def test_the_deductible_is_borne_once_and_the_stay_counts_once(beijing, patient):
    stay = beijing.stay_of(patient, FIRST, began=now() - timedelta(days=20))
    assert said(beijing.settle_stay(patient, stay, FIRST, mid_stay=True)["setlinfo"]) == FIRST_OWED
    beijing.charge(patient, stay, SECOND, now())
    beijing.discharge(patient, stay, now())
    assert said(beijing.quote_stay(patient, stay, SECOND)["setlinfo"]) == SECOND_OWED
    assert said(beijing.settle_stay(patient, stay, SECOND)["setlinfo"]) == SECOND_OWED
    counted = {row["cum_type_code"]: row["cum"] for row in beijing.about("5206", patient)["cuminfo"]}
    assert (counted["IPT_CNT"], fen(counted["IPT_DEDC"])) == (1, DEDUCTIBLE)


def test_what_the_first_interval_left_of_the_deductible_is_borne_in_the_second(beijing, patient):
    small = [Item(shelf.LABORATORY.code, "70.00", "10")]
    stay = beijing.stay_of(patient, small, began=now() - timedelta(days=20))
    assert said(beijing.settle_stay(patient, stay, small, mid_stay=True)["setlinfo"])["deductible"] == 70_000
    beijing.charge(patient, stay, SECOND, now())
    beijing.discharge(patient, stay, now())
    expected = owed(SECOND_PARTS, deductible=60_000, pooled=percent(SECOND_PARTS.eligible - 60_000, RATIO))
    assert said(beijing.settle_stay(patient, stay, SECOND)["setlinfo"]) == expected


def test_lines_of_a_settled_interval_stand_still(beijing, patient):
    """Neither by serial nor by "all" can a line under a living settlement be taken back, nor its number used again."""
    stay, number = half_settled(beijing, patient)
    beijing.charge(patient, stay, SECOND, now())
    held = everything_stored()
    refusal = beijing.revoke(patient, stay, "1001")
    assert refusal.code == "encounter.already_settled"
    assert number in refusal.text
    assert beijing.revoke(patient, stay, "1002", "1001").code == "encounter.already_settled"
    assert everything_stored() == held
    lines = {"feedetail": beijing.lines(patient, stay, FIRST, now())}
    assert beijing.refused("2301", lines)[0] == "encounter.line_duplicate"
    assert beijing.revoke(patient, stay, "0000").done
    assert one("SELECT count(*) FROM encounter_fee_line WHERE revoked_at IS NULL") == 1


def test_the_interval_in_the_middle_is_voided_after_the_last(beijing, patient):
    stay, first, last = fully_settled(beijing, patient)
    held = everything_stored()
    refusal = beijing.void("2305", patient, stay, first)
    assert refusal.code == "settlement.later_interval_lives"
    assert last in refusal.text
    assert everything_stored() == held
    assert beijing.void("2305", patient, stay, last).done
    assert beijing.void("2305", patient, stay, first).done
    both = FIRST + SECOND
    parts = bill_of(both)
    whole = owed(parts, deductible=DEDUCTIBLE, pooled=percent(parts.eligible - DEDUCTIBLE, RATIO))
    assert said(beijing.settle_stay(patient, stay, both)["setlinfo"]) == whole
    for number, expected in ((first, FIRST_PARTS), (last, SECOND_PARTS)):
        lines = beijing.about("5204", patient, setl_id=number, mdtrt_id=stay)
        assert sum(fen(line["det_item_fee_sumamt"]) for line in lines) == expected.total, "lines of a voided one"


def test_after_a_void_in_hospital_old_and_new_lines_are_one_interval_again(beijing, patient):
    stay, number = half_settled(beijing, patient)
    beijing.charge(patient, stay, SECOND, now())
    assert beijing.void("2305", patient, stay, number).done
    beijing.charge(patient, stay, THIRD, now())
    assert beijing.revoke(patient, stay, "1001").done
    rest = SECOND + THIRD
    parts = bill_of(rest)
    expected = owed(parts, deductible=DEDUCTIBLE, pooled=percent(parts.eligible - DEDUCTIBLE, RATIO))
    assert said(beijing.settle_stay(patient, stay, rest, mid_stay=True)["setlinfo"]) == expected


def test_a_charge_of_the_first_interval_is_refunded_in_the_second(beijing, patient):
    stay, first = half_settled(beijing, patient)
    beijing.charge(patient, stay, SECOND, now())
    refund = [Item(shelf.SURGERY.code, "1200.00", "-2", original="1001", serial="1009")]
    beijing.charge(patient, stay, refund, now())
    beijing.discharge(patient, stay, now())
    left = SECOND_PARTS - Parts(eligible=240_000)
    expected = owed(left, deductible=0, pooled=percent(left.eligible, RATIO))
    last = beijing.settle_stay(patient, stay, SECOND + refund)
    assert said(last["setlinfo"]) == expected
    assert beijing.void("2305", patient, stay, number_of(last)).done
    assert beijing.void("2305", patient, stay, first).done


def test_a_refund_larger_than_what_was_charged_since_cannot_be_settled_and_says_so(beijing, patient):
    stay, _ = half_settled(beijing, patient)
    refund = [Item(shelf.SURGERY.code, "1200.00", "-2", original="1001", serial="1009")]
    beijing.charge(patient, stay, refund, now())
    beijing.discharge(patient, stay, now())
    held = everything_stored()
    code, text = beijing.refused("2304", beijing.stay_bill(patient, stay, "-2400.00"))
    assert code == "benefit.negative"
    assert "撤销" in text
    assert everything_stored() == held


def test_the_interval_before_new_year_cannot_be_voided_under_the_one_after_it(beijing, patient):
    """Each belongs to the year in which it was settled; still the later one rests on the earlier."""
    december = datetime(2025, 12, 20, 9, tzinfo=SHANGHAI)
    january = december + timedelta(days=30)
    with clock_set_to(december):
        stay = beijing.stay_of(patient, FIRST, began=december - timedelta(days=10))
        first = number_of(beijing.settle_stay(patient, stay, FIRST, mid_stay=True))
    with clock_set_to(january):
        beijing.charge(patient, stay, SECOND, january)
        beijing.discharge(patient, stay, january)
        last = number_of(beijing.settle_stay(patient, stay, SECOND))
        assert one("SELECT count(DISTINCT year) FROM settlement_settlement") == 2
        held = everything_stored()
        refusal = beijing.void("2305", patient, stay, first)
        assert refusal.code == "settlement.later_interval_lives"
        assert last in refusal.text
        assert everything_stored() == held
        assert beijing.void("2305", patient, stay, last).done
        assert beijing.void("2305", patient, stay, first).done


def test_an_interval_settled_in_the_last_minute_of_a_month_is_voided_in_the_next(beijing, patient):
    """Postings are kept by the month of Shanghai's clock, also where it is another month in Greenwich."""
    for month_end in (
        datetime(2026, 2, 1, 0, 0, 30, tzinfo=SHANGHAI),
        datetime(2026, 1, 31, 23, 59, 30, tzinfo=SHANGHAI),
    ):
        with clock_set_to(month_end):
            stay = beijing.stay_of(patient, FIRST, began=month_end - timedelta(days=2), ended=month_end)
            number = number_of(beijing.settle_stay(patient, stay, FIRST))
        with clock_set_to(month_end + timedelta(days=40)):
            assert beijing.void("2305", patient, stay, number).done
            beijing.revoke(patient, stay, "0000")


def test_the_state_of_a_stay_is_seen_in_5303(beijing, patient):
    stay, _ = half_settled(beijing, patient)
    period = {"begntime": moment(now() - timedelta(days=30)), "endtime": moment(now())}
    assert [row["mdtrt_id"] for row in beijing.about("5303", patient, **period)["data"]] == [stay]
    beijing.discharge(patient, stay, now())
    assert beijing.about("5303", patient, **period)["data"] == []
