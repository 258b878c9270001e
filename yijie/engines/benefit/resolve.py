"""From a policy and a case's profile to a plan: conditions tested, tables looked up, ratios adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from yijie.engines.benefit.active import Active, steps_for_case
from yijie.engines.benefit.arithmetic import repeated_deductible
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.plan import (
    CeilingPlan,
    CoverPlan,
    DeductiblePlan,
    FirstSharePlan,
    GuaranteePlan,
    LayerPlan,
    Plan,
    Use,
)
from yijie.engines.benefit.policy import Layer, Policy
from yijie.engines.benefit.profile import check_buckets, facts_of, profile_of
from yijie.engines.benefit.refusals import CareRefused
from yijie.engines.benefit.resolve_pay import WHOLE, pay_plan
from yijie.engines.benefit.steps import COVERABLE
from yijie.engines.benefit.values import Facts
from yijie.engines.benefit.words import HOSPITAL, PARTS, PERSONAL_ACCOUNT
from yijie.kernel.money import Ratio, share_of

PLANS_MAX = 50_000
"""Plans kept per policy; when reached all are forgotten and made anew."""

CEILINGS = {"cost_ceiling": "cost", "excess_ceiling": "excess", "payment_ceiling": "paid"}
"""What each ceiling counts, which is also the last word of its accumulator's name."""


def plan_for(policy: Policy, case: Case, day: date) -> Plan:
    """The plan for a case on the day that counts; made once per profile.

    Raises :class:`CareRefused` where the policy refuses, and the refusals of :mod:`refusals` where it is silent.
    """
    profile = profile_of(case, policy.segment(day))
    plan = policy.plans.get(profile)
    if plan is None:
        if len(policy.plans) >= PLANS_MAX:
            policy.plans.clear()
        plan = policy.plans[profile] = make_plan(policy, case, day)
    if case.amounts.buckets:
        check_buckets(policy, case)
    return plan


def make_plan(policy: Policy, case: Case, day: date) -> Plan:
    """Resolve every layer of the chain that applies to the case's profile."""
    facts = facts_of(policy, case)
    layers = (layer_plan(layer, facts, day) for layer in policy.layers if layer.condition.failing(facts) is None)
    return Plan(tuple(layer for layer in layers if layer is not None))


def layer_plan(layer: Layer, facts: Facts, day: date) -> LayerPlan | None:
    """The layer resolved; None when it has ended or does not exist on the day.

    Raises :class:`CareRefused` when one of its refuse steps holds.
    """
    if not in_force(layer, day):
        return None
    chosen = steps_for_case(layer.steps, facts, day)
    for active in _named("refuse", chosen):
        reason = active.main().text
        place = active.step.place.facts["place"]
        raise CareRefused(reason_zh=reason.zh, reason_en=reason.en, layer=layer.name, place=place)
    excluding = _named("exclude", chosen)
    excluded = excluding[0].main() if excluding else None
    deductible = _deductible(layer, _named("deductible", chosen))
    ceilings = {name: _ceilings(layer, _named(name, chosen)) for name in CEILINGS}
    return LayerPlan(
        name=layer.name,
        title=layer.title,
        payer=layer.payer,
        excluded=excluded,
        covers=_covers(layer, _named("covers", chosen)),
        first_shares=tuple(_first_share(active) for active in _named("first_share", chosen)),
        cost_ceilings=ceilings["cost_ceiling"],
        deductible=deductible,
        excess_ceilings=ceilings["excess_ceiling"],
        pay=WHOLE if excluded else pay_plan(layer, chosen),
        guarantee=_guarantee(_named("guarantee", chosen)),
        payment_ceilings=ceilings["payment_ceiling"],
        marks=_marks(layer, deductible, [plan for plans in ceilings.values() for plan in plans]),
    )


def in_force(layer: Layer, day: date) -> bool:
    """Whether the layer pays on a day at all: one of its own pay rules is in force; an account needs none.

    Raises :class:`NotYetInForce` for days of which no pay rule says anything.
    """
    rules = [step.main for step in layer.steps if step.primitive.one_of == "pay"]
    spoken = [rule for rule in rules if rule.since <= day] or rules[:1]
    return not rules or any(rule.on(day) is not None for rule in spoken)


def _named(name: str, chosen: Sequence[Active]) -> list[Active]:
    return [active for active in chosen if active.step.name == name]


def _covers(layer: Layer, steps: Sequence[Active]) -> CoverPlan:
    """A covers step, or what holds without one: the eligible amount; for a stated sum the whole bill."""
    if not steps:
        stated_only = all(step.name == "stated" for step in layer.steps if step.primitive.one_of == "pay")
        whole = stated_only and layer.payer != PERSONAL_ACCOUNT
        return CoverPlan(tuple(range(len(PARTS))) if whole else (0,), (), (), False, False, False, ())
    active = steps[0]
    uses = active.uses("parts", "without")
    named = uses["parts"].words
    without = uses["without"].words if "without" in uses else ()
    return CoverPlan(
        parts=tuple(PARTS.index(name) for name in named if name in PARTS),
        buckets=tuple(name for name in named if name not in COVERABLE),
        without=without,
        beyond="beyond_ceiling" in named,
        unpaid="unpaid_over_ceiling" in named,
        billed=active.step.forms["seen"] == "billed",
        uses=tuple(uses.values()),
    )


def _first_share(active: Active) -> FirstSharePlan:
    use = active.main()
    kept = 1 - use.ratio
    return FirstSharePlan(kept.numerator, kept.denominator, (use,))


def _ceilings(layer: Layer, steps: Sequence[Active]) -> tuple[CeilingPlan, ...]:
    plans = []
    for active in steps:
        use = active.main()
        counter = active.step.forms.get("counter", layer.name)
        accumulator = f"{counter}.{CEILINGS[active.step.name]}"
        plans.append(CeilingPlan(active.step.name, use.whole, active.step.forms["per"], accumulator, (use,)))
    return tuple(plans)


def _deductible(layer: Layer, steps: Sequence[Active]) -> DeductiblePlan | None:
    """The deductible due at this ordinal, after multiples (remote care) and reductions for repeated stays."""
    if not steps:
        return None
    active = steps[0]
    uses = active.uses(*active.step.primitive.parameters)
    first = uses["amount"].whole
    if "times" in uses:
        first = share_of(first, uses["times"].ratio)
    times = _ratio(uses.get("repeat_times"), Fraction(1))
    minus_share = _ratio(uses.get("repeat_minus_share"), Fraction(0))
    due = repeated_deductible(
        first,
        cast("int", active.facts["ordinal"]),
        times=(times.numerator, times.denominator),
        minus=_whole(uses.get("repeat_minus")),
        minus_share=(minus_share.numerator, minus_share.denominator),
        least=_whole(uses.get("least")),
    )
    forms = active.step.forms
    return DeductiblePlan(
        due=due,
        again_every=_whole(uses.get("again_every")),
        yearly=forms["charged"] == "once_a_year",
        accumulator=f"{forms.get('counter', layer.name)}.deductible",
        subtracted=forms["subtracted"],
        uses=tuple(uses.values()),
    )


def _whole(use: Use | None) -> int:
    return use.whole if use else 0


def _ratio(use: Use | None, otherwise: Ratio) -> Ratio:
    return use.ratio if use else otherwise


def _guarantee(steps: Sequence[Active]) -> GuaranteePlan | None:
    if not steps:
        return None
    use = steps[0].main()
    ratio = use.ratio
    return GuaranteePlan(ratio.numerator, ratio.denominator, (use,))


def _marks(
    layer: Layer, deductible: DeductiblePlan | None, ceilings: Sequence[CeilingPlan]
) -> tuple[tuple[str, str, str], ...]:
    """Everything the layer counts: its own four sums of the year, and what its steps count under other names."""
    if layer.payer in (PERSONAL_ACCOUNT, HOSPITAL):
        return (("paid", f"{layer.name}.paid", "year"),)
    marks = [(kind, f"{layer.name}.{kind}", "year") for kind in ("cost", "deductible", "excess", "paid")]
    if deductible is not None:
        marks.append(("deductible", deductible.accumulator, "year"))
    marks += [
        (CEILINGS[ceiling.step], ceiling.accumulator, ceiling.per) for ceiling in ceilings if ceiling.per != "visit"
    ]
    return tuple(dict.fromkeys(marks))
