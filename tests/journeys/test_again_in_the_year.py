"""Voided and settled again; a second stay in the year: a lower deductible, the ceiling carried on."""

from datetime import timedelta

import pytest
from people import born
from reckoning import bill_of, fen, owed, percent, said
from stored import one, rows

from yijie.interfaces.demo.his import Item
from yijie.interfaces.sample import cast, institutions, shelf
from yijie.kernel.dates import now

WUHAN_LIMIT = 24_000_000
"""Cost of the year that the pooled fund of Wuhan looks at, deductible and own share included."""
WUHAN_DEDUCTIBLES = (80_000, 40_000, 40_000)
WUHAN_RATIO = 86
BEIJING_DEDUCTIBLES = (130_000, 65_000, 65_000)


def surgeries(count):
    """A bill of that many operations of 1,200 yuan, class A."""
    return [Item(shelf.SURGERY.code, "1200.00", str(count))]


def test_the_annual_limit_of_wuhan_is_reached_in_the_second_stay(desk):
    wuhan = desk(institutions.WUHAN_TERTIARY)
    patient = wuhan.patient(wuhan.read_card(cast.WUHAN_EMPLOYEE.certificate))
    account = cast.WUHAN_EMPLOYEE.account
    used, settled = 0, []
    for count, deductible in zip((125, 100, 20), WUHAN_DEDUCTIBLES, strict=True):
        items = surgeries(count)
        parts = bill_of(items)
        cost = min(parts.eligible, WUHAN_LIMIT - used)
        taken = min(deductible, cost)
        pooled = percent(cost - taken, WUHAN_RATIO)
        drawn = min(account, parts.eligible - pooled)
        stay = wuhan.stay_of(patient, items, began=now() - timedelta(days=3), ended=now())
        answered = wuhan.settle_stay(patient, stay, items, account=True)
        assert said(answered["setlinfo"]) == owed(parts, deductible=taken, pooled=pooled, account=drawn)
        settled.append((stay, answered["setlinfo"]["setl_id"]))
        used, account = used + cost, account - drawn
    assert used == WUHAN_LIMIT
    assert pooled == 0, "the third stay lies wholly above the limit"
    counted = {row["cum_type_code"]: row["cum"] for row in wuhan.about("5206", patient)["cuminfo"]}
    assert fen(counted["IPT_COST"]) == WUHAN_LIMIT
    assert counted["IPT_CNT"] == 3

    # Newest first they go, and the year is as if nothing had been.
    for stay, number in reversed(settled):
        assert wuhan.void("2305", patient, stay, number).done
    assert wuhan.about("5206", patient)["cuminfo"] == []
    assert fen(wuhan.read_card(patient.certificate)["insuinfo"][0]["balc"]) == cast.WUHAN_EMPLOYEE.account


def test_voided_and_settled_again_it_is_the_first_stay_of_the_year_again(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    patient, items = born(), surgeries(20)
    parts = bill_of(items)
    stay = beijing.stay_of(patient, items, began=now() - timedelta(days=3), ended=now())
    first = beijing.settle_stay(patient, stay, items)["setlinfo"]
    voided = beijing.void("2305", patient, stay, first["setl_id"]).output["setlinfo"]
    assert said(voided) == {name: -amount for name, amount in said(first).items()}
    assert voided["insu_admdvs"] == "110000"

    # The wrong line is replaced; the new bill is settled with the deductible of a first stay.
    [wrong] = rows("SELECT serial FROM encounter_fee_line WHERE encounter_id = %s", int(stay[6:]))
    assert beijing.revoke(patient, stay, *wrong).done
    beijing.charge(patient, stay, surgeries(18), now())
    parts = bill_of(surgeries(18))
    second = beijing.settle_stay(patient, stay, surgeries(18))["setlinfo"]
    assert said(second) == owed(parts, deductible=130_000, pooled=percent(parts.eligible - 130_000, 85))

    # Each settlement still shows its own lines, the void its negative amounts.
    for number, amounts in ((first["setl_id"], [2_400_000]), (second["setl_id"], [2_160_000])):
        lines = beijing.about("5204", patient, setl_id=number, mdtrt_id=stay)
        assert [fen(line["det_item_fee_sumamt"]) for line in lines] == amounts
    shown = beijing.about("5203", patient, setl_id=voided["setl_id"], mdtrt_id=stay)["setlinfo"]
    assert shown["refd_setl_flag"] == "1"
    assert fen(shown["medfee_sumamt"]) == -2_400_000
    assert one("SELECT count(*) FROM settlement_settlement WHERE encounter = %s", int(stay[6:])) == 3


@pytest.mark.parametrize("ordinal", [2, 3])
def test_later_stays_in_beijing_bear_half_the_deductible(desk, ordinal):
    beijing = desk(institutions.BEIJING_TERTIARY)
    patient, items = born(), surgeries(3)
    parts = bill_of(items)
    for deductible in BEIJING_DEDUCTIBLES[:ordinal]:
        stay = beijing.stay_of(patient, items, began=now() - timedelta(days=3), ended=now())
        expected = owed(parts, deductible=deductible, pooled=percent(parts.eligible - deductible, 85))
        assert said(beijing.settle_stay(patient, stay, items)["setlinfo"]) == expected


def test_a_void_in_the_middle_names_what_to_void_first(desk):
    beijing = desk(institutions.BEIJING_TERTIARY)
    patient, items = born(), surgeries(3)
    stays = []
    for _ in range(3):
        stay = beijing.stay_of(patient, items, began=now() - timedelta(days=3), ended=now())
        stays.append((stay, beijing.settle_stay(patient, stay, items)["setlinfo"]["setl_id"]))
    refusal = beijing.void("2305", patient, *stays[0])
    assert refusal.code == "decision.later_lives"
    assert refusal.text.index(stays[2][1]) < refusal.text.index(stays[1][1]), "newest first"
    assert beijing.void("2305", patient, *stays[2]).done
    refusal = beijing.void("2305", patient, *stays[2])
    assert refusal.code == "settlement.already_voided"
