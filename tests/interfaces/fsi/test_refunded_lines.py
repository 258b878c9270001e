"""Refunds cancel their charges to the fen in every part, in whatever portions and order they come and go."""

from datetime import timedelta

import pytest
from hypothesis import given, settings, strategies as st
from people import born
from reckoning import fen

from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import institutions, shelf
from yijie.kernel.dates import now

PARTS = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt", "det_item_fee_sumamt")


@pytest.fixture
def beijing(desk):
    """The desk of a tertiary hospital in Beijing."""
    return desk(institutions.BEIJING_TERTIARY)


def charged(beijing, code, price, quantity):
    """A patient with a stay and one charge of serial 1."""
    patient = born()
    stay = beijing.stay_of(patient, [], began=now() - timedelta(days=1))
    item = Item(code, price, quantity, approval="1", serial="1")
    return patient, stay, beijing.charge(patient, stay, [item], now())


def back(code, price, quantity, serial):
    """A refund of that quantity."""
    return Item(code, price, f"-{quantity}", approval="1", original="1", serial=serial)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("code", "price"),
    [
        (shelf.DRUG_B.code, "0.25"),
        (shelf.MATERIAL_20.code, "1.13"),
        (shelf.MATERIAL_OVER_CEILING.code, "30.05"),
        (shelf.DRUG_C.code, "0.37"),
        (shelf.DRUG_RESTRICTED.code, "0.55"),
    ],
)
def test_a_charge_and_its_refunds_leave_nothing(beijing, code, price, at_once):
    patient, stay, lines = charged(beijing, code, price, "7")
    refunds = [back(code, price, "1", f"{n}") for n in range(2, 9)]
    for portion in [refunds] if at_once else [[one] for one in refunds]:
        lines += beijing.charge(patient, stay, portion, now())
    assert {name: sum(fen(line[name]) for line in lines) for name in PARTS} == dict.fromkeys(PARTS, 0)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_refund_goes_only_with_those_that_came_after_it(beijing, at_once):
    """Each was graded against what the ones before had left."""
    patient, stay, _ = charged(beijing, shelf.DRUG_B.code, "0.25", "7")
    refunds = [back(shelf.DRUG_B.code, "0.25", "1", f"{n}") for n in (2, 3, 4)]
    for portion in [refunds] if at_once else [[one] for one in refunds]:
        beijing.charge(patient, stay, portion, now())
    for serial in ("2", "3"):
        refusal = beijing.revoke(patient, stay, serial)
        assert refusal.code == "encounter.refund_unfit"
        assert "一并撤销" in refusal.text
    assert beijing.revoke(patient, stay, "4").done
    assert beijing.revoke(patient, stay, "2", "3").done
    assert beijing.revoke(patient, stay, "1").done


def test_a_serial_used_again_is_a_new_line(beijing):
    """What rested on the line that had the number before does not hold the new one."""
    patient, stay, _ = charged(beijing, shelf.DRUG_B.code, "0.25", "7")
    first, second = back(shelf.DRUG_B.code, "0.25", "1", "2"), back(shelf.DRUG_B.code, "0.25", "1", "3")
    beijing.charge(patient, stay, [first], now())
    assert beijing.revoke(patient, stay, "2").done
    beijing.charge(patient, stay, [second], now())
    beijing.charge(patient, stay, [first], now())
    assert beijing.revoke(patient, stay, "3").code == "encounter.refund_unfit"
    assert beijing.revoke(patient, stay, "2").done
    assert beijing.revoke(patient, stay, "3").done


def test_refunds_that_a_void_moved_still_follow_each_other(beijing):
    """The second interval joins the first when that is voided; its refunds rest on each other as before."""
    patient, stay, _ = charged(beijing, shelf.DRUG_B.code, "0.25", "7")
    charges = [Item(shelf.DRUG_B.code, "0.25", "7", approval="1")]
    number = beijing.settle_stay(patient, stay, charges, mid_stay=True)["setlinfo"]["setl_id"]
    beijing.charge(patient, stay, [Item(shelf.DRUG_A.code, "3.20", "10", serial="9")], now())
    for serial in ("2", "3"):
        beijing.charge(patient, stay, [back(shelf.DRUG_B.code, "0.25", "1", serial)], now())
    assert beijing.void("2305", patient, stay, number).done
    assert beijing.revoke(patient, stay, "2").code == "encounter.refund_unfit"
    assert beijing.revoke(patient, stay, "3").done
    assert beijing.revoke(patient, stay, "2").done


@settings(max_examples=25)
@given(
    code=st.sampled_from([shelf.DRUG_B.code, shelf.MATERIAL_20.code, shelf.MATERIAL_OVER_CEILING.code]),
    price=st.integers(1, 9999).map(lambda cents: f"{cents / 100:.2f}"),
    portions=st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_any_portions_cancel(own_nation, code, price, portions):
    from desks import Desk  # noqa: PLC0415  speaks to this process, many times a second

    beijing = Desk(institutions.BEIJING_TERTIARY)
    patient, stay, lines = charged(beijing, code, price, f"{sum(portions)}")
    for serial, portion in enumerate(portions, 2):
        lines += beijing.charge(patient, stay, [back(code, price, f"{portion}", f"{serial}")], now())
    assert {name: sum(fen(line[name]) for line in lines) for name in PARTS} == dict.fromkeys(PARTS, 0)
