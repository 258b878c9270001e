"""Sums paid beside the bill: maternity allowance, family care, credits to the personal account; and rounding."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from benefit_kit import case, ceiling, layer, policy, ratio, since
from hypothesis import given, strategies as st

from yijie.engines.benefit import Years, benefit_report, evaluate, settle_all
from yijie.engines.benefit.columnar import claims_of, evaluate_table
from yijie.engines.benefit.explain import parameter_sentence, step_words
from yijie.engines.benefit.refusals import FactMissing, NegativeAmount
from yijie.kernel.codes import Fund, PersonCategory
from yijie.kernel.money import fen_from_yuan, yuan


def allowed(rules, asked):
    """The allowances, in yuan."""
    return [yuan(paid.amount) for paid in evaluate(rules, asked).allowances]


def wage(monthly):
    """A case that states its monthly wage in yuan and has no bill."""
    return case(stated={"wage": monthly * 100})


def allowance(**parts):
    return {"allowance": {"share": since("100%"), **parts}}


MATERNITY = {"stated_as": "wage", "days": since(128), "divided_by": since(30)}


def test_a_wage_by_the_day():
    rules = policy(layer(allowance(**MATERNITY)))
    answer = evaluate(rules, wage(8000))
    assert [(paid.paid_to, yuan(paid.amount)) for paid in answer.allowances] == [("person", "34133.33")]
    assert (answer.amounts.total, answer.cash, answer.funds[Fund.POOLED]) == (0, 0, 0), "nothing of it is of the bill"
    assert answer.deltas == {"count.inpatient": 1, "layer1.paid": 3413333}


def test_the_wage_is_held_between_bounds():
    rules = policy(layer(allowance(**MATERNITY, least=since(1860), most=since(24000))))
    assert [allowed(rules, wage(sum_)) for sum_ in (1000, 6000, 90000)] == [["7936.00"], ["25600.00"], ["102400.00"]]


def test_a_wage_nobody_stated_is_asked_for():
    with pytest.raises(FactMissing, match=r"stated\.wage"):
        evaluate(policy(layer(allowance(**MATERNITY))), case())


def test_further_days_once_and_for_each():
    rules = policy(
        layer(
            allowance(**MATERNITY),
            {"more_days": {"when": {"category": "working"}, "days": since(15)}},
            {"more_days": {"for_each": "child", "days": since(15)}},
        ),
        pool={"units": {"child": "婴儿"}},
    )
    twins = case(stated={"wage": 300000}, units={"child": 200}, category=PersonCategory.RETIRED)
    assert allowed(rules, twins) == ["15800.00"]  # 128 + 2 x 15 days of 100
    assert allowed(rules, case(stated={"wage": 300000}, units={"child": 0})) == ["14300.00"]


def test_a_monthly_credit_to_the_account_in_whole_yuan():
    # 武汉: 2.5 % of the average pension of 3300 = 82.50, credited as 83
    rules = policy(
        layer(
            {"allowance": {"share": since("2.5%"), "base": since(3300), "paid_to": "account"}},
            {"rounding": {"to": since("yuan")}},
        )
    )
    (paid,) = evaluate(rules, case()).allowances
    assert (paid.paid_to, yuan(paid.amount)) == ("account", "83.00")


def test_family_care_by_the_day_with_a_limit():
    rules = policy(layer(allowance(base=since(20), unit="day"), ceiling("payment", 500, per="month")))
    assert allowed(rules, case(units={"day": 2000})) == ["400.00"]
    assert allowed(rules, case(units={"day": 3000})) == ["500.00"]


@pytest.mark.parametrize(
    ("direction", "grain", "paid"),
    [
        ("half_up", "yuan", "83.00"),
        ("down", "yuan", "82.00"),
        ("up", "yuan", "83.00"),
        ("half_up", "jiao", "82.50"),
        ("half_up", "fen", "82.50"),
        ("down", "jiao", "82.50"),
    ],
)
def test_a_payment_in_whole_jiao_or_yuan(direction, grain, paid):
    rules = policy(layer(ratio("50%"), {"rounding": {"to": since(grain), "direction": direction}}))
    assert yuan(evaluate(rules, case("165")).funds[Fund.POOLED]) == paid


def test_rounding_up_never_pays_more_than_the_cost():
    rules = policy(layer(ratio("100%"), {"rounding": {"to": since("yuan"), "direction": "up"}}))
    assert yuan(evaluate(rules, case("10.20")).funds[Fund.POOLED]) == "10.20"


def test_an_allowance_is_told_beside_the_bill():
    rules = policy(layer(allowance(**MATERNITY), {"rounding": {"to": since("yuan"), "direction": "down"}}))
    answer = evaluate(rules, wage(8000))
    (told,) = benefit_report(rules, answer)["allowances"]
    assert told == {
        "layer": "layer1",
        "title": {"zh": "层", "en": "Layer"},
        "payer": "pooled",
        "paid_to": "person",
        "amount": "34133.00",
    }
    assert [step_words(step, "en") for step in answer.trace] == [
        "allowance: base 8000.00 yuan (stated 8000.00), for 128: 34133.33",
        "rounding: 34133.33 yuan becomes 34133.00",
    ]
    (grain,) = answer.trace[1].uses
    assert parameter_sentence(grain, "rounding", rules.vocabulary, "zh").startswith("取整到 元，自")


def test_what_was_prepaid_is_settled_against_cash():
    rules = policy(layer(ratio("80%")))
    short, over = (evaluate(rules, case("1000", prepaid=yuan_ * 100)) for yuan_ in (150, 500))
    assert [yuan(sum_) for sum_ in (short.cash, short.cash_due, short.refund)] == ["200.00", "50.00", "0.00"]
    assert [yuan(sum_) for sum_ in (over.cash, over.cash_due, over.refund)] == ["200.00", "0.00", "300.00"]
    with pytest.raises(NegativeAmount, match="prepaid"):
        evaluate(rules, case("1000", prepaid=-1))


CHILDREN = {"more_days": {"for_each": "child", "days": since(15)}}
ON_100 = {"base": since(100), "days": since(98)}


def parts(rules, *visits):
    """Allowances of one stay settled in parts, in yuan; traced and compiled alike."""
    stay = [replace(visit, continues=number > 0) for number, visit in enumerate(visits)]
    told = [
        [yuan(paid.amount) for answer in settle_all(rules, stay, Years(), trace) for paid in answer.allowances]
        for trace in (True, False)
    ]
    assert told[0] == told[1]
    columns = evaluate_table(rules, claims_of(stay, [0] * len(stay))).allowances
    assert [yuan(int(amount)) for amount in columns["layer1"]] == told[0]
    return told[0]


def test_a_stay_settled_in_parts_has_its_allowance_once():
    rules = policy(layer(allowance(**ON_100)))
    assert parts(rules, case(), case(), case()) == ["9800.00", "0.00", "0.00"]
    assert parts(policy(layer(allowance(base=since(30)))), case(), case()) == ["30.00", "0.00"], "no days, no units"
    assert [*parts(rules, case(), case()), *parts(rules, case())] == ["9800.00", "0.00", "9800.00"], "each stay its own"


def test_what_is_known_only_with_the_last_part_is_still_paid():
    rules = policy(layer(allowance(**ON_100), CHILDREN), pool={"units": {"child": "婴儿"}})
    none, twins = case(units={"child": 0}), case(units={"child": 200})
    assert parts(rules, none, twins, twins) == ["9800.00", "3000.00", "0.00"]
    assert parts(rules, twins, none) == ["12800.00", "0.00"], "nothing is taken back by a part"


def test_days_of_a_stay_in_parts_are_all_its_days():
    rules = policy(layer(allowance(base=since(20), unit="day")))
    ten, five = (case(service_to=date(2025, 3, 10) + timedelta(days=days)) for days in (10, 5))
    assert parts(rules, ten, five) == ["200.00", "100.00"]


def test_hours_of_a_stay_in_parts_are_those_each_part_states():
    rules = policy(layer(allowance(base=since(20), unit="hour")), pool={"units": {"hour": "小时"}})
    long = {"service_from": date(2025, 3, 10), "service_to": date(2025, 3, 15)}
    assert parts(rules, case(**long, units={"hour": 300}), case(continues=True, units={"hour": 500})) == [
        "60.00",
        "40.00",
    ]


def test_each_part_may_be_paid_for_its_own_units():
    rules = policy(layer(allowance(**ON_100, granted="each_part")))
    assert parts(rules, case(), case()) == ["9800.00", "9800.00"]
    rules = policy(
        layer(allowance(base=since(20), unit="day", granted="each_part"), ceiling("payment", 500, per="month"))
    )
    month, few = (case(units={"day": days * 100}) for days in (30, 5))
    april = replace(few, service_from=date(2025, 4, 2), service_to=date(2025, 4, 2))
    assert parts(rules, month, few, april) == ["500.00", "0.00", "100.00"]
    week = case(service_to=date(2025, 3, 17))
    assert parts(rules, week, week) == ["140.00", "140.00"], "its own days only"


def test_a_ceiling_and_whole_yuan_hold_over_the_parts():
    rules = policy(
        layer(allowance(base=since("10.30"), days=since(9), divided_by=since(2)), {"rounding": {"to": since("yuan")}})
    )  # 46.35
    assert parts(rules, case(), case()) == ["46.00", "0.00"]
    rules = policy(layer(allowance(**ON_100), ceiling("payment", 6000)))
    assert parts(rules, case(), case()) == ["6000.00", "0.00"]


def test_a_later_part_says_what_was_paid_before():
    rules = policy(layer(allowance(**ON_100)))
    (step,) = evaluate(rules, case(continues=True, stay={"layer1.paid": 500_000})).trace
    assert step_words(step, "en") == (
        "allowance: base 100.00 yuan (stated 100.00), for 98: due 9800.00,"
        " 5000.00 paid earlier in this stay, 4800.00 more now"
    )
    assert "本次住院此前已付 5000.00 元" in step_words(step, "zh")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=5))
def test_a_stay_in_parts_is_paid_what_the_stay_whole_would_be(told):
    """Days and children become known bit by bit; the parts together are the whole, to the fen."""
    rules = policy(
        layer(allowance(base=since(77), unit="day", divided_by=since(3)), CHILDREN), pool={"units": {"child": "婴儿"}}
    )
    known = sorted(children for children, _ in told)
    visits = [
        case(units={"child": children * 100, "day": days * 100})
        for children, (_, days) in zip(known, told, strict=True)
    ]
    begins = date(2025, 3, 10)
    visits = [replace(visit, service_to=begins + timedelta(days=visit.units["day"] // 100)) for visit in visits]
    days = sum(days for _, days in told)
    whole = case(units={"child": known[-1] * 100, "day": days * 100})
    paid = parts(rules, *visits)
    assert yuan(sum(fen_from_yuan(part) for part in paid)) == allowed(rules, whole)[0]
