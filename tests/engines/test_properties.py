"""What must hold for every policy and every year of visits, tried on random ones."""

from dataclasses import replace
from fractions import Fraction

import yaml
from benefit_kit import REFERRED, case, layer, policy, since
from hypothesis import given, settings, strategies as st

from yijie.engines.benefit import Amounts, Remote, apply_deltas, evaluate, undo_deltas
from yijie.engines.benefit.arithmetic import cost_beyond, cost_in_bands, repeated_deductible
from yijie.kernel.codes import Fund
from yijie.kernel.money import half_up

yuan = st.integers(0, 20_000)
shares = st.integers(0, 1000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}%")
periods = st.sampled_from(["year", "month", "day", "visit"])


@st.composite
def band_rows(draw):
    borders = sorted(draw(st.sets(st.integers(1, 50_000), max_size=3)))
    rows = [{"over": over, "share": draw(shares)} for over in (0, *borders)]
    for row, to in zip(rows, borders, strict=False):
        row["to"] = to
    return rows


@st.composite
def pay_rules(draw):
    """A flat ratio or bands, on either basis and span."""
    if draw(st.booleans()):
        return {"ratio": {"share": since(draw(shares))}}
    forms = {"measured_on": draw(st.sampled_from(["cost", "excess"])), "over": draw(st.sampled_from(["visit", "year"]))}
    return {"bands": {**forms, "schedule": since(draw(band_rows()))}}


@st.composite
def deductibles(draw):
    body = {
        "charged": draw(st.sampled_from(["each_visit", "once_a_year"])),
        "subtracted": draw(st.sampled_from(["before_ratio", "before_ratio", "after_ratio"])),
        "amount": since({"by": "level", "tertiary": draw(yuan), "else": draw(yuan)}),
    }
    repeat = draw(st.sampled_from(["none", "repeat_times", "repeat_minus_share", "repeat_minus"]))
    if repeat != "none":
        body[repeat] = since(draw(yuan) if repeat == "repeat_minus" else draw(shares))
    return {"deductible": body}


@st.composite
def layers(draw, payer, covers):
    """Any mixture of steps, in their order."""
    steps = [{"covers": {"parts": since(covers)}}]
    if draw(st.booleans()):
        steps.append({"first_share": {"when": {"remote": "referral"}, "share": since(draw(shares))}})
    if draw(st.booleans()):
        steps.append({"cost_ceiling": {"per": draw(periods), "amount": since(draw(yuan))}})
    if draw(st.booleans()):
        steps.append(draw(deductibles()))
    if draw(st.booleans()):
        steps.append({"excess_ceiling": {"per": draw(periods), "amount": since(draw(yuan))}})
    steps.append(draw(pay_rules()))
    if draw(st.booleans()):
        steps.append({"points": {"when": {"remote": "referral"}, "add": since("-10%")}})
    if draw(st.booleans()):
        steps.append({"guarantee": {"share": since(draw(shares))}})
    if draw(st.booleans()):
        steps.append({"payment_ceiling": {"per": draw(periods), "amount": since(draw(yuan))}})
    return layer(*steps, pays_from=payer)


@st.composite
def policies(draw):
    """Up to four layers of funds and the personal account."""
    bodies = [draw(layers("pooled", ["eligible"]))]
    if draw(st.booleans()):
        covers = draw(st.sampled_from([["beyond_ceiling"], ["unpaid_over_ceiling"]]))
        bodies.append(draw(layers("large_amount", covers)))
    if draw(st.booleans()):
        bodies.append(draw(layers("major_illness", ["eligible"])))
    if draw(st.booleans()):
        bodies.append(draw(layers("aid", ["eligible", "first_self_pay"])))
    bodies.append(layer({"covers": {"parts": since(["eligible"])}}, pays_from="personal_account"))
    return policy(*bodies)


amounts = st.builds(
    lambda *parts: Amounts(sum(parts), *parts),
    *[st.integers(0, 10_000_000) | st.integers(0, 300)] * 4,
)


def visit_on(amounts, day, remote, balance):
    date = f"2025-{day // 28 + 1:02d}-{day % 28 + 1:02d}"
    return case(day=date, amounts=amounts, remote=remote, use_account=True, account_balance=balance)


visits = st.builds(
    visit_on, amounts, st.integers(0, 335), st.sampled_from([Remote(), REFERRED]), st.integers(0, 100_000)
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


@settings(max_examples=150)
@given(policies(), years)
def test_the_payers_are_the_bill_and_nobody_pays_less_than_nothing(rules, year):
    for asked, benefit in settle_year(rules, year):
        payers = [*benefit.funds.values(), benefit.personal_account, benefit.cash, benefit.hospital_borne]
        assert min(payers) >= 0
        assert sum(payers) == asked.amounts.total
        assert benefit.personal_account <= asked.account_balance
        assert benefit.cash >= asked.amounts.not_covered + asked.amounts.over_ceiling
        assert 0 <= benefit.deductible <= asked.amounts.total
        assert benefit.pooled_ratio is None or 0 <= benefit.pooled_ratio <= 1


@settings(max_examples=100)
@given(policies(), years)
def test_a_void_restores_the_year_exactly(rules, year):
    for asked, benefit in settle_year(rules, year):
        after = apply_deltas(asked.accumulators, benefit.deltas)
        assert undo_deltas(after, benefit.deltas) == asked.accumulators


@settings(max_examples=100)
@given(policies(), years)
def test_ceilings_and_yearly_deductibles_hold_over_any_sequence(rules, year):
    settled = list(settle_year(rules, year))
    totals = apply_deltas({}, {})
    for _, benefit in settled:
        totals = apply_deltas(totals, benefit.deltas)
    for each in rules.layers:
        for step in each.steps:
            figure = step.main.entries[0].value
            if step.name.endswith("_ceiling") and step.forms["per"] != "visit":
                kind = {"payment_ceiling": "paid", "cost_ceiling": "cost", "excess_ceiling": "excess"}[step.name]
                counted = [name for name in totals if name.split("@")[0] == f"{each.name}.{kind}"]
                wanted = [name for name in counted if ("@" in name) == (step.forms["per"] != "year")]
                assert all(totals[name] <= figure.figure for name in wanted)
            if step.name == "deductible" and step.forms["charged"] == "once_a_year":
                most = max(branch.figure for _, branch in figure.branches)
                assert totals.get(f"{each.name}.deductible", 0) <= max(most, figure.otherwise.figure)


@settings(max_examples=100)
@given(policies(), visits, st.integers(1, 500_000))
def test_more_eligible_cost_never_lowers_what_the_pooled_fund_pays(rules, visit, more):
    dearer = replace(visit.amounts, total=visit.amounts.total + more, eligible=visit.amounts.eligible + more)
    before, after = evaluate(rules, visit), evaluate(rules, replace(visit, amounts=dearer))
    assert after.funds[Fund.POOLED] >= before.funds[Fund.POOLED]
    assert after.personal_total >= before.personal_total - len(rules.layers)  # a fen of rounding per fund at most


@settings(max_examples=60)
@given(policies(), visits)
def test_tracing_changes_nothing_and_the_second_answer_is_the_first(rules, visit):
    traced, plain, again = evaluate(rules, visit), evaluate(rules, visit, trace=False), evaluate(rules, visit)
    assert replace(traced, trace=()) == plain
    assert again == traced
    assert plain.trace == ()


@settings(max_examples=40)
@given(st.lists(pay_rules(), min_size=1, max_size=3))
def test_reading_a_policy_twice_gives_one_fingerprint(rules):
    bodies = [layer(rule) for rule in rules]
    assert policy(*bodies).fingerprint == policy(*yaml.safe_load(yaml.safe_dump(bodies))).fingerprint


# -- an independent reckoning of one layer -----------------------------------------------------------------------------


@settings(max_examples=300)
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


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(0, 100), st.integers(0, 10**5), st.integers(0, 10**5))
def test_later_deductibles_never_rise(first, ordinal, hundredths, minus, least):
    rule = {"times": (hundredths, 100), "minus": minus, "minus_share": (1, 10), "least": least}
    one, next_one = (repeated_deductible(first, n, **rule) for n in (ordinal, ordinal + 1))
    assert 0 <= next_one <= one <= first
