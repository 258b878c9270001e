"""From a policy and a case's profile to a plan: conditions tested, tables looked up, ratios adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from yijie.engines.benefit.active import Active, steps_for_case
from yijie.engines.benefit.arithmetic import repeated_deductible
from yijie.engines.benefit.asked import dimensions_of_layer
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.plan import (
    CoverPlan,
    DeductiblePlan,
    GuaranteePlan,
    LayerPlan,
    LimitPlan,
    Mark,
    PayPlan,
    Plan,
    RoundingPlan,
    Use,
)
from yijie.engines.benefit.policy import Layer, Policy, Resolved
from yijie.engines.benefit.primitives import GRAINS
from yijie.engines.benefit.profile import check_buckets, facts_of, profile_of
from yijie.engines.benefit.refusals import CareRefused
from yijie.engines.benefit.resolve_base import (
    CEILINGS,
    ceilings,
    counter_of,
    covers,
    firsts,
    ratio_of,
    unit_plan,
    whole_of,
)
from yijie.engines.benefit.resolve_pay import WHOLE, pay_plan
from yijie.engines.benefit.values import Absent, Facts, find
from yijie.engines.benefit.words import HOSPITAL, PERSONAL_ACCOUNT
from yijie.kernel.money import share_of

PLANS_MAX = 500
"""Plans kept per policy, and per layer, some 3 KiB each; when reached all are forgotten.

Profiles count ages and ordinals: a busy server would otherwise meet, and keep, new ones for weeks.
"""


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
    applying = [layer for layer in policy.layers if layer.condition.failing(facts) is None]
    return Plan(tuple(plan for layer in applying for plan in _resolved(policy, layer, facts, day)))


def _resolved(policy: Policy, layer: Layer, facts: Facts, day: date) -> tuple[LayerPlan, ...]:
    """The layer's plan, made once for all cases that are alike in what the layer looks at."""
    kept = policy.resolved.get(layer.name)
    if kept is None:
        kept = policy.resolved[layer.name] = Resolved(tuple(sorted(dimensions_of_layer(layer))))
    key = (policy.segment(day), *(facts.get(dimension) for dimension in kept.dimensions))
    plans = kept.plans.get(key)
    if plans is None:
        plan = layer_plan(layer, facts, day)
        if len(kept.plans) >= PLANS_MAX:
            kept.plans.clear()
        plans = kept.plans[key] = () if plan is None else (plan,)
    return plans


def layer_plan(layer: Layer, facts: Facts, day: date) -> LayerPlan | None:
    """The layer resolved; None when it has ended or does not exist on the day or for the case.

    Raises :class:`CareRefused` when one of its refuse steps holds.
    """
    if not in_force(layer, day):
        return None
    excluded = _barred(layer, facts, day)
    if excluded is not None:
        return LayerPlan(layer.name, layer.title, layer.payer, CoverPlan(()), WHOLE, excluded=excluded)
    chosen = steps_for_case(layer.steps, facts, day)
    if _waived(layer, chosen, facts, day):
        return None
    deductible = _deductible(layer, _named("deductible", chosen))
    limits = _cost_limits(layer, chosen)
    excess, paid = (ceilings(layer, _named(name, chosen)) for name in ("excess_ceiling", "payment_ceiling"))
    pay = pay_plan(layer, chosen)
    return LayerPlan(
        name=layer.name,
        title=layer.title,
        payer=layer.payer,
        covers=covers(layer, _named("covers", chosen)),
        pay=pay,
        firsts=firsts(chosen),
        cost_limits=limits,
        deductible=deductible,
        excess_ceilings=excess,
        guarantee=_guarantee(_named("guarantee", chosen)),
        rounding=_rounding(_named("rounding", chosen)),
        payment_ceilings=paid,
        marks=_marks(layer, deductible, (*limits, *excess, *paid), pay),
    )


def bars(layer: Layer, facts: Facts, day: date) -> list[Active]:
    """The steps that keep the layer from paying for the case: refusals first, then exclusions.

    They are asked before all others, so that what a policy refuses needs no figures.
    """
    chosen = steps_for_case((step for step in layer.steps if step.name in ("refuse", "exclude")), facts, day)
    return [*_named("refuse", chosen), *_named("exclude", chosen)]


def _barred(layer: Layer, facts: Facts, day: date) -> Use | None:
    """The reason why the layer pays nothing; raises :class:`CareRefused` where the case is not settled at all."""
    barring = bars(layer, facts, day)
    if not barring:
        return None
    first = barring[0]
    if first.step.name == "refuse":
        reason = first.main().text
        place = first.step.place.facts["place"]
        raise CareRefused(reason=reason, layer=layer.name, place=place)
    return first.main()


def in_force(layer: Layer, day: date) -> bool:
    """Whether the layer pays on a day at all: one of its own pay rules is in force; an account needs none.

    Raises :class:`NotYetInForce` for days of which no pay rule says anything.
    """
    rules = [step.main for step in layer.steps if step.primitive.one_of == "pay"]
    spoken = [rule for rule in rules if rule.since <= day] or rules[:1]
    return not rules or any(rule.on(day) is not None for rule in spoken)


def _waived(layer: Layer, chosen: Sequence[Active], facts: Facts, day: date) -> bool:
    """Whether the only pay rules that speak of the case say that there is none for it."""
    if any(active.step.primitive.one_of == "pay" for active in chosen):
        return False
    rules = (step for step in layer.steps if step.primitive.one_of == "pay" and step.holds(facts))
    entries = (step.main.on(day) for step in rules if step.main.since <= day)
    return any(entry and entry.value and isinstance(find(entry.value, facts)[0], Absent) for entry in entries)


def _named(name: str, chosen: Sequence[Active]) -> list[Active]:
    return [active for active in chosen if active.step.name == name]


def _cost_limits(layer: Layer, chosen: Sequence[Active]) -> tuple[LimitPlan, ...]:
    """Ceilings on cost and on cost for every unit, in written order."""
    plans: list[LimitPlan] = []
    for active in chosen:
        if active.step.name == "cost_ceiling":
            plans += ceilings(layer, [active])
        elif active.step.name == "unit_ceiling":
            plans.append(unit_plan(layer, active))
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
    times = ratio_of(uses.get("repeat_times"), Fraction(1))
    minus_share = ratio_of(uses.get("repeat_minus_share"), Fraction(0))
    due = repeated_deductible(
        first,
        cast("int", active.facts["ordinal"]),
        times=(times.numerator, times.denominator),
        minus=whole_of(uses.get("repeat_minus")),
        minus_share=(minus_share.numerator, minus_share.denominator),
        least=whole_of(uses.get("least")),
    )
    forms = active.step.forms
    return DeductiblePlan(
        due=due,
        again_every=whole_of(uses.get("again_every")),
        yearly=forms["charged"] == "once_a_year",
        accumulator=f"{counter_of(layer, active)}.deductible",
        subtracted=forms["subtracted"],
        uses=tuple(uses.values()),
    )


def _guarantee(steps: Sequence[Active]) -> GuaranteePlan | None:
    if not steps:
        return None
    use = steps[0].main()
    ratio = use.ratio
    return GuaranteePlan(ratio.numerator, ratio.denominator, (use,))


def _rounding(steps: Sequence[Active]) -> RoundingPlan | None:
    if not steps:
        return None
    use = steps[0].main()
    return RoundingPlan(GRAINS[use.words[0]], steps[0].step.forms["direction"], (use,))


def _marks(
    layer: Layer, deductible: DeductiblePlan | None, limits: Sequence[LimitPlan], pay: PayPlan
) -> tuple[Mark, ...]:
    """Everything the layer counts: its own four sums of the year, and what its steps count under other names."""
    if layer.payer in (PERSONAL_ACCOUNT, HOSPITAL):
        marks = [("paid", f"{layer.name}.paid", "year")]
    else:
        marks = [(kind, f"{layer.name}.{kind}", "year") for kind in ("cost", "deductible", "excess", "paid")]
    if deductible is not None:
        marks.append(("deductible", deductible.accumulator, "year"))
    counted = [pay.rate, *limits] if pay.rate else limits
    for limit in counted:
        kind = CEILINGS.get(limit.step, limit.accumulator)
        marks.append((kind, limit.accumulator, "year" if limit.per == "visit" else limit.per))
    if pay.phases is not None:
        marks.append((pay.phases.accumulator, pay.phases.accumulator, "year"))
    return tuple(dict.fromkeys(marks))
