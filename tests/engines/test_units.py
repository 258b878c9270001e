"""Rules counted in units of service: hours, visits, days of a stay. Figures that can be checked in the head."""

from dataclasses import replace
from datetime import date

import pytest
from benefit_kit import case, ceiling, layer, policy, ratio, since

from yijie.engines.benefit import Years, benefit_report, evaluate, settle_in_order
from yijie.engines.benefit.explain import band_sentence, parameter_sentence, sentence
from yijie.engines.benefit.refusals import FactMissing
from yijie.kernel.codes import Fund, HospitalLevel
from yijie.kernel.money import yuan

HOURS = {"units": {"hour": "小时", "month": "月"}}


def units(**stated):
    """Units of service as the engine keeps them, in hundredths."""
    return {name: round(number * 100) for name, number in stated.items()}


def pooled(rules, asked):
    """What the pooled fund pays, in yuan."""
    return yuan(evaluate(rules, asked).funds[Fund.POOLED])


def stay(days, eligible, **more):
    """A stay of so many days from New Year's Day on."""
    start = date(2025, 1, 1)
    return case(eligible, **({"service_from": start, "service_to": date.fromordinal(start.toordinal() + days)} | more))


def phases(*rows, **forms):
    """A phases step from (upper end or None, share, most or None) triples."""
    written, over = [], 0
    for to, share, most in rows:
        row = {"over": over, "to": to, "share": share, "most": most}
        written.append({key: value for key, value in row.items() if value is not None})
        over = to
    return {"phases": {"schedule": since(written), **forms}}


# -- limits for every unit ---------------------------------------------------------------------------------------------


def test_a_limit_for_every_day_cuts_the_cost_before_the_ratio():
    # 滕州: 75 % of at most 120 a day
    rules = policy(layer({"unit_ceiling": {"unit": "day", "amount": since(120)}}, ratio("75%")))
    assert pooled(rules, stay(10, "2000")) == "900.00"
    assert pooled(rules, stay(10, "1000")) == "750.00"
    assert pooled(rules, stay(0, "200")) == "90.00", "a day at least"


def test_only_so_many_units_count_in_a_month():
    # 深圳: 80 an hour; as many hours as the degree of disability allows
    step = {"unit_ceiling": {"unit": "hour", "per": "month", "amount": since(80), "most": since(25)}}
    rules = policy(layer(step, ratio("100%")), pool=HOURS)
    first = evaluate(rules, case("2000", units=units(hour=20)))
    assert (yuan(first.funds[Fund.POOLED]), first.deltas["layer1.hour@2025-03"]) == ("1600.00", 2000)
    second = evaluate(rules, case("2000", units=units(hour=7.5), accumulators=first.deltas))
    assert (yuan(second.funds[Fund.POOLED]), second.deltas["layer1.hour@2025-03"]) == ("400.00", 500)
    april = evaluate(rules, case("2000", units=units(hour=7.5), accumulators=first.deltas, day="2025-04-01"))
    assert yuan(april.funds[Fund.POOLED]) == "600.00"


def test_units_the_case_does_not_state_are_asked_for():
    rules = policy(layer({"rate": {"unit": "hour", "amount": since(60)}}), pool=HOURS)
    with pytest.raises(FactMissing, match=r"units\.hour"):
        evaluate(rules, case("100"))


def test_what_a_limit_for_units_cuts_off_goes_to_the_next_layer():
    rules = policy(
        layer({"unit_ceiling": {"unit": "day", "amount": since(100)}}, ratio("80%")),
        layer({"covers": {"parts": since(["beyond_ceiling"])}}, ratio("50%"), pays_from="large_amount"),
    )
    answer = evaluate(rules, stay(5, "800"))
    assert [yuan(share.seen) for share in answer.layers] == ["800.00", "300.00"]
    assert yuan(answer.cash) == "250.00"


def test_a_fixed_sum_for_every_visit_is_borne_first():
    # 湘潭: 15 a visit
    rules = policy(layer({"first_amount": {"unit": "visit", "amount": since(15)}}, ratio("100%")))
    assert pooled(rules, case("200", units=units(visit=4))) == "140.00"
    assert pooled(rules, case("200")) == "185.00"
    assert pooled(rules, case("10")) == "0.00"


# -- rates -------------------------------------------------------------------------------------------------------------


def test_a_rate_pays_for_units_but_never_more_than_the_cost():
    # 宜兴: 75 a visit; 常州: 75 %
    rules = policy(layer({"rate": {"unit": "visit", "amount": since(75)}}))
    assert pooled(rules, case("1000", units=units(visit=3))) == "225.00"
    assert pooled(rules, case("200", units=units(visit=3))) == "200.00"
    scaled = policy(layer({"rate": {"unit": "visit", "amount": since(75)}}, {"factor": {"times": since("75%")}}))
    assert pooled(scaled, case("1000", units=units(visit=4))) == "225.00"


def test_two_steps_that_count_one_unit_count_it_once():
    limit = {"unit_ceiling": {"unit": "hour", "per": "month", "amount": since(80), "most": since(25)}}
    rules = policy(layer(limit, {"rate": {"unit": "hour", "amount": since(60)}}), pool=HOURS)
    answer = evaluate(rules, case("9000", units=units(hour=30)))
    assert (yuan(answer.funds[Fund.POOLED]), answer.deltas["layer1.hour@2025-03"]) == ("1500.00", 2500)
    assert answer.deltas["layer1.hour"] == 2500


def test_a_rate_says_how_many_units_it_paid_for():
    rate = {"rate": {"unit": "hour", "per": "month", "amount": since(60), "most": since(25)}}
    rules = policy(layer(rate), pool=HOURS)
    told = evaluate(rules, case("2000", units=units(hour=30.5))).trace[-1]
    assert sentence(told, "zh") == "计 25（发生 30.5），定额 1500.00 元：2000.00 元中支付 1500.00 元"
    assert [use.name for use in told.uses] == ["amount", "most"]


def test_a_package_of_so_much_a_month():
    # 900 a month for care at home
    rules = policy(layer({"rate": {"unit": "month", "amount": since(900)}}), pool=HOURS)
    assert pooled(rules, case("2000", units=units(month=2))) == "1800.00"
    limited = policy(layer(ratio("100%"), ceiling("payment", 900, per="month")))
    assert pooled(limited, case("2000")) == "900.00"


def test_a_fixed_sum_for_a_delivery_by_kind():
    table = {"by": "delivery", "normal": 3000, "caesarean": {"by": "level", "tertiary": 5000, "else": 4500}}
    rules = policy(
        layer({"rate": {"unit": "visit", "amount": since(table)}}),
        pool={"words": {"delivery": {"normal": "顺产", "caesarean": "剖宫产"}}, "assume": {"delivery": "normal"}},
    )
    assert pooled(rules, case("8000")) == "3000.00"
    assert pooled(rules, case("8000", facts={"delivery": "剖宫产"})) == "5000.00"
    assert pooled(rules, case("8000", facts={"delivery": "caesarean"}, level=HospitalLevel.PRIMARY)) == "4500.00"


# -- phases of a stay --------------------------------------------------------------------------------------------------

FALLING = phases((30, "80%", None), (60, "60%", None), (None, "50%", None))


def test_the_ratio_falls_with_the_days_of_a_stay():
    # 石狮: 80, 60 and 50 % in days 1-30, 31-60 and from 61 on
    rules = policy(layer(FALLING))
    assert pooled(rules, stay(20, "2000")) == "1600.00"
    assert pooled(rules, stay(50, "5000")) == "3600.00"  # 3000 x 80 % + 2000 x 60 %
    assert pooled(rules, stay(90, "9000")) == "5700.00"  # 3000 x 80 % + 3000 x 60 % + 3000 x 50 %


def test_each_phase_has_its_own_rate_a_day():
    # 崇左: at most 750 a day to day 60, 600 after it; a class of its own has none
    most = {"by": "level", "primary": "none", "else": 750}
    rules = policy(layer(phases((60, "80%", most), (None, "80%", 600))))
    assert pooled(rules, stay(90, "90000")) == "50400.00"  # (60 x 750 + 30 x 600) x 80 %
    assert pooled(rules, stay(90, "45000")) == "36000.00"
    primary = stay(90, "90000", level=HospitalLevel.PRIMARY)
    assert pooled(rules, primary) == "62400.00"  # (60000 + 18000) x 80 %


def test_phases_go_on_through_a_stay_settled_in_parts_and_over_the_year_where_said():
    rules = policy(layer(FALLING))
    parts = [stay(20, "2000"), replace(stay(30, "3000"), continues=True)]
    paid = [answer.funds[Fund.POOLED] for answer in settle_in_order(rules, parts, Years())]
    assert sum(paid) == 360000, "as the stay of fifty days in one"
    yearly = policy(layer(phases((30, "80%", None), (None, "50%", None), over="year")))
    first = evaluate(yearly, stay(30, "3000"))
    assert first.deltas["layer1.phases.day"] == 3000
    assert pooled(yearly, stay(10, "1000", accumulators=first.deltas)) == "500.00"
    assert pooled(rules, stay(10, "1000", accumulators=first.deltas)) == "800.00"


def test_phases_of_no_units_pay_nothing():
    rules = policy(layer(phases((10, "80%", None), (None, "50%", None), unit="hour")), pool=HOURS)
    assert pooled(rules, case("100", units=units(hour=0))) == "0.00"
    assert pooled(rules, case("100", units=units(hour=20))) == "65.00"


# -- what is said about them -------------------------------------------------------------------------------------------


def test_units_are_explained_as_units():
    step = {"unit_ceiling": {"unit": "hour", "per": "month", "amount": since(80), "most": since(25)}}
    rules = policy(layer(step, FALLING), pool=HOURS)
    answer = evaluate(rules, stay(40, "4000", units=units(hour=30.5)))
    by_name = {taken.step: taken for taken in answer.trace}
    assert sentence(by_name["unit_ceiling"], "zh").startswith("计 25（发生 30.5），限额 2000.00 元")
    uses = by_name["unit_ceiling"].uses
    assert [parameter_sentence(use, "unit_ceiling", rules.vocabulary, "en").split(",")[0] for use in uses] == [
        "amount 80.00",
        "not above 25",
    ]
    assert band_sentence(by_name["phases"].bands[0], "en", "phases") == "0 – 30: 1500.00 × 80% = 1200.00"
    report = benefit_report(rules, answer)
    (shown,) = [entry for entry in report["trace"] if entry["step"] == "phases"]
    assert [(band["over"], band["to"]) for band in shown["bands"]] == [("0", "30"), ("30", "60"), ("60", None)]
    (limited,) = [entry for entry in report["trace"] if entry["step"] == "unit_ceiling"]
    assert (limited["sums"]["units"], limited["sums"]["limit"]) == ("25", "2000.00")
