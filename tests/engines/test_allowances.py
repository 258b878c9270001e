"""Sums paid beside the bill: maternity allowance, family care, credits to the personal account; and rounding."""

import pytest
from benefit_kit import case, ceiling, layer, policy, ratio, since

from yijie.engines.benefit import benefit_report, evaluate
from yijie.engines.benefit.explain import parameter_sentence, step_words
from yijie.engines.benefit.refusals import FactMissing, NegativeAmount
from yijie.kernel.codes import Fund, PersonCategory
from yijie.kernel.money import yuan


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
