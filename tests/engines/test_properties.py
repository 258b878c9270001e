"""What must hold for every policy and every year of visits, tried on random ones."""

from dataclasses import replace
from fractions import Fraction

import pytest
import yaml
from benefit_kit import REFERRED, case, layer, policy, since
from hypothesis import given, strategies as st

from yijie.engines.benefit import (
    Amounts,
    Bucket,
    Remote,
    Years,
    apply_deltas,
    evaluate,
    settle_in_order,
    undo_deltas,
)
from yijie.engines.benefit.arithmetic import cost_beyond, cost_in_bands, repeated_deductible
from yijie.kernel.codes import Fund
from yijie.kernel.money import half_up

yuan = st.integers(0, 20_000)
shares = st.integers(0, 1000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}%")
periods = st.sampled_from(["year", "quarter", "month", "day", "visit"])
CEILINGS = {"payment_ceiling": "paid", "cost_ceiling": "cost", "excess_ceiling": "excess"}
GRAIN_MAX = 100
"""The coarsest rounding, in fen."""
units = st.sampled_from(["day", "visit", "hour"])
POOL = {"units": {"hour": "小时"}, "buckets": {"drugs": "药品", "devices": "器械"}}


def rows(draw, highest, **more):
    """Rows that touch from zero upwards, the last open."""
    borders = sorted(draw(st.sets(st.integers(1, highest), max_size=3)))
    written = [{"over": over, "share": draw(shares)} | more for over in (0, *borders)]
    for row, to in zip(written, borders, strict=False):
        row["to"] = to
    return written


@st.composite
def band_rows(draw):
    return rows(draw, 50_000)


@st.composite
def ratio_rules(draw):
    """A flat ratio or bands, on either basis and span."""
    if draw(st.booleans()):
        return {"ratio": {"share": since(draw(shares))}}
    forms = {"measured_on": draw(st.sampled_from(["cost", "excess"])), "over": draw(st.sampled_from(["visit", "year"]))}
    return {"bands": {**forms, "schedule": since(draw(band_rows()))}}


@st.composite
def unit_rules(draw):
    """A rate for every unit, or phases of a stay with or without a limit."""
    if draw(st.booleans()):
        most = {"per": draw(periods), "most": since(draw(st.integers(0, 40)))} if draw(st.booleans()) else {}
        return {"rate": {"unit": draw(units), "amount": since(draw(yuan)), **most}}
    limit = {"most": draw(yuan)} if draw(st.booleans()) else {}
    forms = {"unit": draw(units), "over": draw(st.sampled_from(["visit", "year"]))}
    return {"phases": {**forms, "schedule": since(rows(draw, 30, **limit))}}


@st.composite
def deductibles(draw, subtracted=("before_ratio", "before_ratio", "after_ratio", "apart")):
    body = {
        "charged": draw(st.sampled_from(["each_visit", "once_a_year"])),
        "subtracted": draw(st.sampled_from(subtracted)),
        "amount": since({"by": "level", "tertiary": draw(yuan), "else": draw(yuan)}),
    }
    repeat = draw(st.sampled_from(["none", "repeat_times", "repeat_minus_share", "repeat_minus"]))
    if repeat != "none":
        body[repeat] = since(draw(yuan) if repeat == "repeat_minus" else draw(shares))
    return {"deductible": body}


@st.composite
def deductibles_of_any_form(draw):
    """The same with a multiple, a floor, or another one after so many days of a stay."""
    rule = draw(deductibles())
    more = {
        "times": draw(st.sampled_from(["0.5", "2.5"])),
        "least": draw(st.integers(0, 500)),
        "again_every": draw(st.integers(1, 60)),
    }
    if rule["deductible"]["charged"] == "once_a_year":
        del more["again_every"]
    chosen = draw(st.sets(st.sampled_from(sorted(more))))
    return {"deductible": rule["deductible"] | {name: since(more[name]) for name in sorted(chosen)}}


def maybe(draw, step):
    """The step, or nothing."""
    return [step(draw)] if draw(st.booleans()) else []


def limit(kind):
    return lambda draw: {f"{kind}_ceiling": {"per": draw(periods), "amount": since(draw(yuan))}}


def unit_limit(draw):
    most = {"per": draw(periods), "most": since(draw(st.integers(0, 40)))} if draw(st.booleans()) else {}
    return {"unit_ceiling": {"unit": draw(units), "amount": since(draw(yuan)), **most}}


def first_share(draw):
    return {"first_share": {"when": {"remote": "referral"}, "share": since(draw(shares))}}


def first_amount(draw):
    return {"first_amount": {"unit": draw(units), "amount": since(draw(st.integers(0, 200)))}}


def adjusting(draw):
    step = draw(st.sampled_from(["points", "factor", "own_share"]))
    figure = (
        draw(st.sampled_from(["-10%", "5%", "40%"])) if step == "points" else draw(st.sampled_from(["0.6", "1.05"]))
    )
    return {step: {"when": {"remote": "referral"}, "add" if step == "points" else "times": since(figure)}}


def rounding(draw):
    forms = {"direction": draw(st.sampled_from(["half_up", "down", "up"]))}
    return {"rounding": {**forms, "to": since(draw(st.sampled_from(["fen", "jiao", "yuan"])))}}


@st.composite
def layers(draw, payer, covers):
    """Any mixture of steps, in their order."""
    steps = [{"covers": covers}]
    steps += maybe(draw, first_amount) + maybe(draw, first_share)
    steps += maybe(draw, limit("cost")) + maybe(draw, unit_limit)
    steps += maybe(draw, lambda draw: draw(deductibles_of_any_form())) + maybe(draw, limit("excess"))
    steps.append(draw(ratio_rules() | ratio_rules() | unit_rules()))
    steps += maybe(draw, adjusting)
    steps += maybe(draw, lambda draw: {"guarantee": {"share": since(draw(shares))}})
    steps += maybe(draw, rounding) + maybe(draw, limit("payment"))
    return layer(*steps, pays_from=payer)


@st.composite
def allowances(draw):
    """A sum beside the bill, for days or units, once a stay or with each part, with or without further days."""
    forms = {"granted": draw(st.sampled_from(["once_a_stay", "each_part"]))}
    forms |= {"unit": draw(units)} if draw(st.booleans()) else {"days": since(draw(st.integers(1, 200)))}
    body = {"share": since(draw(shares)), "base": since(draw(yuan)), "divided_by": since(draw(st.integers(1, 30)))}
    more = {"more_days": {"for_each": draw(units), "days": since(draw(st.integers(1, 15)))}}
    steps = maybe(draw, lambda _: more) + maybe(draw, rounding) + maybe(draw, limit("payment"))
    return layer({"allowance": forms | body}, *steps)


def looks_at(*parts, **more):
    return {"parts": since(list(parts)), **more}


def parts_in_share(draw):
    """A commercial layer that weighs what lies outside the catalogue, or looks at marked sums only."""
    partly = {"partly": since(["first_self_pay", "devices"]), "partly_share": since(draw(shares))}
    return draw(st.sampled_from([looks_at("not_covered", **partly), looks_at("drugs"), looks_at("drugs", "devices")]))


@st.composite
def policies(draw):
    """Up to five layers of funds, an allowance, and the personal account."""
    without = {"without": since(["drugs"])} if draw(st.booleans()) else {}
    bodies = [draw(layers("pooled", looks_at("eligible", **without)))]
    if draw(st.booleans()):
        bodies.append(
            draw(layers("large_amount", looks_at(draw(st.sampled_from(["beyond_ceiling", "unpaid_over_ceiling"])))))
        )
    if draw(st.booleans()):
        bodies.append(draw(layers("major_illness", looks_at("eligible"))))
    if draw(st.booleans()):
        bodies.append(draw(layers("aid", looks_at("eligible", "first_self_pay"))))
    if draw(st.booleans()):
        bodies.append(draw(layers("other", parts_in_share(draw))))
    if draw(st.booleans()):
        bodies.append(draw(allowances()))
    bodies.append(layer({"covers": looks_at("eligible")}, pays_from="personal_account"))
    return policy(*bodies, pool=POOL)


@st.composite
def bills(draw):
    """Four parts, with drugs marked among the eligible and devices among what is not covered."""
    parts = [draw(st.integers(0, 10_000_000) | st.integers(0, 300)) for _ in range(4)]
    buckets = {}
    if draw(st.booleans()):
        buckets["drugs"] = Bucket("eligible", draw(st.integers(0, parts[0])))
    if draw(st.booleans()):
        buckets["devices"] = Bucket("not_covered", draw(st.integers(0, parts[3])))
    return Amounts(sum(parts), *parts, buckets=buckets)


def visit_on(amounts, day, remote, balance, served):
    date = f"2025-{day // 28 + 1:02d}-{day % 28 + 1:02d}"
    stated = {"day": served, "hour": served * 2}
    return case(day=date, amounts=amounts, remote=remote, use_account=True, account_balance=balance, units=stated)


visits = st.builds(
    visit_on,
    bills(),
    st.integers(0, 335),
    st.sampled_from([Remote(), REFERRED]),
    st.integers(0, 100_000),
    st.integers(0, 4_000),
)
years = st.lists(visits, min_size=1, max_size=6)


def settle_year(rules, year):
    """Every visit with the accumulators it found and the benefit it got."""
    accumulators = {}
    for visit in year:
        asked = replace(visit, accumulators=accumulators)
        benefit = evaluate(rules, asked)
        yield asked, benefit
        accumulators = apply_deltas(accumulators, benefit.deltas)


@given(policies(), years)
def test_the_payers_are_the_bill_and_nobody_pays_less_than_nothing(rules, year):
    for asked, benefit in settle_year(rules, year):
        payers = [*benefit.funds.values(), benefit.personal_account, benefit.cash, benefit.hospital_borne]
        assert min(payers) >= 0
        assert sum(payers) == asked.amounts.total
        assert benefit.personal_account <= asked.account_balance
        assert benefit.cash >= asked.amounts.over_ceiling
        assert all(0 <= share.paid <= share.seen for share in benefit.layers)
        assert all(paid.amount >= 0 for paid in benefit.allowances)
        assert 0 <= benefit.deductible <= asked.amounts.total
        assert benefit.pooled_ratio is None or 0 <= benefit.pooled_ratio <= 1


@given(policies(), years)
def test_a_void_restores_the_year_exactly(rules, year):
    for asked, benefit in settle_year(rules, year):
        after = apply_deltas(asked.accumulators, benefit.deltas)
        assert undo_deltas(after, benefit.deltas) == asked.accumulators


def in_period(totals, name, per):
    """The sums counted under a name within periods of one length."""
    length = {"year": 0, "quarter": len("2025-Q1"), "month": len("2025-03"), "day": len("2025-03-10")}[per]
    split = [(counted.partition("@"), amount) for counted, amount in totals.items()]
    return [amount for (own, _, period), amount in split if own == name and fits(period, per, length)]


def fits(period, per, length):
    return len(period) == length and ("Q" in period) == (per == "quarter")


@given(policies(), years)
def test_ceilings_and_yearly_deductibles_hold_over_any_sequence(rules, year):
    settled = list(settle_year(rules, year))
    totals = apply_deltas({}, {})
    for _, benefit in settled:
        totals = apply_deltas(totals, benefit.deltas)
    for each in rules.layers:
        for step in each.steps:
            figure = step.main.entries[0].value
            if step.name in CEILINGS and step.forms["per"] != "visit":
                counted = in_period(totals, f"{each.name}.{CEILINGS[step.name]}", step.forms["per"])
                assert all(amount <= figure.figure for amount in counted)
            if "most" in step.parameters and step.forms["per"] != "visit":
                most = step.parameters["most"].entries[0].value.figure
                counted = in_period(totals, f"{each.name}.{step.forms['unit']}", step.forms["per"])
                assert all(amount <= most for amount in counted)
            if step.name == "deductible" and step.forms["charged"] == "once_a_year":
                once = max(figure.otherwise.figure, *(branch.figure for _, branch in figure.branches))
                due = once * (step.parameters["times"].entries[0].value.figure if "times" in step.parameters else 1)
                assert totals.get(f"{each.name}.deductible", 0) <= half_up(due.numerator, due.denominator)


@given(policies(), visits, st.integers(1, 500_000))
def test_more_eligible_cost_never_lowers_what_the_pooled_fund_pays(rules, visit, more):
    dearer = replace(visit.amounts, total=visit.amounts.total + more, eligible=visit.amounts.eligible + more)
    before, after = evaluate(rules, visit), evaluate(rules, replace(visit, amounts=dearer))
    spread = 3 if any(step.name == "phases" for step in rules.layers[0].steps) else 0  # a fen for every phase
    assert after.funds[Fund.POOLED] >= before.funds[Fund.POOLED] - spread
    assert after.funds_total <= before.funds_total + more + len(rules.layers) * (spread + GRAIN_MAX)


# What one stay settled in parts may still rest on: everything but what is reckoned anew for each payment
# (a guaranteed share, rounding, a sum for each unit, a cost spread evenly over the days).
@st.composite
def stay_rules(draw):
    steps = [{"covers": looks_at("eligible")}, *maybe(draw, first_share), *maybe(draw, limit("cost"))]
    steps += maybe(draw, lambda draw: draw(deductibles(subtracted=("before_ratio", "apart", "after_ratio")))) + maybe(
        draw, limit("excess")
    )
    steps += [draw(ratio_rules()), *maybe(draw, adjusting), *maybe(draw, limit("payment"))]
    return policy(layer(*steps))


@given(stay_rules(), st.lists(bills(), min_size=2, max_size=4), st.sampled_from([Remote(), REFERRED]))
def test_a_stay_settled_in_parts_pays_what_it_pays_in_one(rules, parts, remote):
    sums = [sum(values) for values in zip(*(figures(part) for part in parts), strict=True)]
    whole = evaluate(rules, case(amounts=Amounts(*sums), remote=remote))
    pieces = [case(amounts=Amounts(*figures(part)), remote=remote, continues=n > 0) for n, part in enumerate(parts)]
    paid = sum(benefit.funds[Fund.POOLED] for benefit in settle_in_order(rules, pieces, Years()))
    assert abs(paid - whole.funds[Fund.POOLED]) <= 2 * len(parts)  # a fen for each rounding


def figures(bill):
    return bill.total, bill.eligible, bill.first_self_pay, bill.over_ceiling, bill.not_covered


@given(policies(), visits)
def test_tracing_changes_nothing_and_the_second_answer_is_the_first(rules, visit):
    traced, plain, again = evaluate(rules, visit), evaluate(rules, visit, trace=False), evaluate(rules, visit)
    assert traced._replace(trace=()) == plain
    assert again == traced
    assert plain.trace == ()


@given(st.lists(ratio_rules(), min_size=1, max_size=3))
def test_reading_a_policy_twice_gives_one_fingerprint(rules):
    bodies = [layer(rule) for rule in rules]
    assert policy(*bodies).fingerprint == policy(*yaml.safe_load(yaml.safe_dump(bodies))).fingerprint


# -- an independent reckoning of one layer -----------------------------------------------------------------------------


@given(st.integers(0, 10_000_000), st.integers(0, 500_000), band_rows(), st.sampled_from(["cost", "excess"]))
def test_one_layer_agrees_with_a_reckoning_fen_by_band(eligible, start, rows, measured_on):
    """The same rule reckoned otherwise: the payment as a difference of two cumulative functions, in fractions."""

    def cumulative(cost):
        paid = Fraction(0)
        for row in rows:
            upper = row.get("to", 10**9) * 100
            share = Fraction(row["share"].rstrip("%")) / 100
            paid += share * max(0, min(cost, upper) - row["over"] * 100)
        return paid

    rules = policy(
        layer(
            {"deductible": {"amount": since(f"{start // 100}.{start % 100:02d}")}},
            {"bands": {"measured_on": measured_on, "schedule": since(rows)}},
        )
    )
    benefit = evaluate(rules, case(amounts=Amounts(eligible, eligible)))
    taken = min(start, eligible)
    exact = cumulative(eligible) - cumulative(taken) if measured_on == "cost" else cumulative(eligible - taken)
    assert benefit.funds[Fund.POOLED] == half_up(exact.numerator, exact.denominator)


# -- the arithmetic by itself ------------------------------------------------------------------------------------------

bounds = st.lists(st.integers(1, 10**7), max_size=4, unique=True).map(sorted)


@given(st.integers(0, 10**7), st.integers(0, 10**7), bounds)
def test_bands_share_out_a_stretch_without_loss(low, length, inner):
    costs = cost_in_bands(low, low + length, inner)
    assert len(costs) == len(inner) + 1
    assert sum(costs) == length
    assert min(costs) >= 0


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 100)), min_size=1, max_size=4), st.data())
def test_the_cost_beyond_a_ceiling_pays_what_was_cut(rows, data):
    costs, numerators = [row[0] for row in rows], [row[1] for row in rows]
    paid = half_up(sum(cost * numerator for cost, numerator in rows), 100)
    cut = data.draw(st.integers(0, paid))
    beyond = cost_beyond(costs, numerators, 100, cut)
    assert 0 <= beyond <= sum(costs)
    if cut == 0:
        assert beyond == 0


@pytest.mark.parametrize(("cut", "beyond"), [(0, 0), (40, 50), (80, 100), (81, 101), (82, 102)])
def test_a_band_that_pays_nothing_counts_only_where_a_cut_reaches_below_it(cut, beyond):
    assert cost_beyond([10, 1000, 100], [100, 0, 80], 100, cut) == beyond + (1000 if cut > 80 else 0)


def test_of_a_band_whose_whole_payment_was_cut_the_whole_cost_is_beyond():
    assert cost_beyond([3], [20], 100, 1) == 3


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(0, 100), st.integers(0, 10**5), st.integers(0, 10**5))
def test_later_deductibles_never_rise(first, ordinal, hundredths, minus, least):
    rule = {"times": (hundredths, 100), "minus": minus, "minus_share": (1, 10), "least": least}
    one, next_one = (repeated_deductible(first, n, **rule) for n in (ordinal, ordinal + 1))
    assert 0 <= next_one <= one <= first
