"""How a fund's layer pays: first shares, ceilings on cost, deductible, ratio, guarantee, ceilings on payments."""

from __future__ import annotations

from yijie.engines.benefit.arithmetic import (
    HUNDREDTHS,
    cost_beyond,
    cost_in_bands,
    cost_in_phases,
    deductibles_in_stay,
    for_units,
    kept_after_share,
    room,
    weighted,
)
from yijie.engines.benefit.booking import book, rounded, under_ceilings
from yijie.engines.benefit.plan import (
    CeilingPlan,
    DeductiblePlan,
    FirstSharePlan,
    GuaranteePlan,
    LayerPlan,
    PhasePlan,
    UnitPlan,
    Use,
)
from yijie.engines.benefit.result import BandShare, TraceStep
from yijie.engines.benefit.run import Run
from yijie.engines.benefit.values import figure_of
from yijie.engines.benefit.words import DAY, POOLED
from yijie.kernel.money import Fen, half_up


def pay_by_rule(layer: LayerPlan, run: Run) -> None:
    """First share, ceilings on cost, deductible, ratio or bands, guarantee, ceilings on payments: in this order."""
    seen = run.see(layer.covers)
    run.note(layer, "covers", layer.covers.uses, seen=seen)
    kept = _after_firsts(layer, seen, run)
    counted: dict[str, int] = {}
    cost = _within_limits(layer, kept, counted, run)
    rule = layer.deductible
    taken = _deductible_taken(layer, rule, cost, seen, run) if rule and rule.subtracted != "after_ratio" else 0
    above = cost - taken if rule and rule.subtracted == "before_ratio" else cost
    excess = under_ceilings(layer, layer.excess_ceilings, above, run)
    costs = _costs(layer, cost - above, excess, counted, run)
    for band, gap in layer.pay.gaps:
        if costs[band]:
            figure_of(gap)
    exact = weighted(costs, layer.pay.numerators)
    paid = half_up(exact, layer.pay.denominator)
    sums = {"excess": excess, "paid": paid}
    if layer.pay.rate is not None:
        sums |= _rate_sums(layer.pay.rate, counted, run)
    _note_payment(layer, costs, sums, run)
    if layer.payer == POOLED and run.pooled_share is None:
        pay = layer.pay
        run.pooled_share = (exact, pay.denominator * excess) if excess else (pay.numerators[0], pay.denominator)
    if rule and rule.subtracted == "after_ratio":
        taken = _deductible_taken(layer, rule, paid, seen, run)
        paid -= taken
    if layer.guarantee is not None:
        paid = _guaranteed(layer, layer.guarantee, excess, paid, run)
    paid = min(rounded(layer, paid, run), seen)
    allowed = under_ceilings(layer, layer.payment_ceilings, paid, run)
    over = kept - cost + above - sum(costs)
    if allowed < paid:
        over += cost_beyond(costs, layer.pay.numerators, layer.pay.denominator, paid - allowed)
    run.beyond = over if layer.covers.beyond else run.beyond + over
    run.unpaid = paid - allowed if layer.covers.unpaid else run.unpaid + paid - allowed
    book(
        layer,
        run,
        seen=seen,
        cost=cost,
        deductible=taken,
        excess=excess,
        paid=allowed,
        cut=paid - allowed,
        more=counted,
    )


def _after_firsts(layer: LayerPlan, cost: Fen, run: Run) -> Fen:
    """What is left for the layer after what the patient bears before anything else."""
    for first in layer.firsts:
        if isinstance(first, FirstSharePlan):
            step, kept = "first_share", kept_after_share(cost, first.kept, first.denominator)
        else:
            step, kept = "first_amount", room(cost, for_units(first.amount, run.units(first.unit, first.uses)))
        run.note(layer, step, first.uses, cost=cost, borne=cost - kept, kept=kept)
        cost = kept
    return cost


def _within_limits(layer: LayerPlan, cost: Fen, counted: dict[str, int], run: Run) -> Fen:
    """Cost under the layer's ceilings on cost, in written order; what units count is added to ``counted``."""
    for limit in layer.cost_limits:
        if isinstance(limit, CeilingPlan):
            cost = under_ceilings(layer, (limit,), cost, run)
        else:
            cost = _within_units(layer, limit, cost, counted, run)
    return cost


def _within_units(layer: LayerPlan, plan: UnitPlan, cost: Fen, counted: dict[str, int], run: Run) -> Fen:
    """No more than the sum for every unit that counts; units beyond the most of a period do not count.

    Where several steps of a layer count one unit under one name, what one does not count the next does not either.
    """
    stated = run.units(plan.unit, plan.uses)
    units = counted.get(plan.accumulator, stated)
    used = run.used_per(plan.accumulator, plan.per)
    if plan.most is not None:
        units = min(units, room(plan.most, used))
    counted[plan.accumulator] = units
    limit = for_units(plan.amount, units)
    kept = min(cost, limit)
    if plan.step == "unit_ceiling":
        sums = {"amount": cost, "units": units, "stated": stated, "limit": limit, "kept": kept, "cut": cost - kept}
        run.note(layer, plan.step, plan.uses, **sums)
    return kept


def _deductible_taken(layer: LayerPlan, rule: DeductiblePlan, cost: Fen, seen: Fen, run: Run) -> Fen:
    """The deductible still due, as far as there is cost (or, after the ratio, payment) to take it from."""
    case, due, before = run.case, rule.due, 0
    if rule.yearly:
        before = run.used(rule.accumulator)
    else:
        if rule.again_every:
            days = case.stay.get(DAY, 0) // HUNDREDTHS + (case.service_to - case.service_from).days
            due *= deductibles_in_stay(days, rule.again_every)
        before = case.stay.get(rule.accumulator, 0) + (case.deductible_paid if layer.payer == POOLED else 0)
    base = case.amounts.total - seen if rule.subtracted == "apart" else cost
    taken = min(room(due, before), base)
    run.note(layer, "deductible", rule.uses, cost=cost, due=due, before=before, taken=taken)
    return taken


def _costs(layer: LayerPlan, taken: Fen, excess: Fen, counted: dict[str, int], run: Run) -> list[int]:
    """The cost above the deductible that is paid for, by band or phase, on the scale of the stay or of the year."""
    pay = layer.pay
    if pay.phases is not None:
        return _costs_in_phases(pay.phases, pay.uses, excess, counted, run)
    if pay.rate is not None:
        return [_within_units(layer, pay.rate, excess, counted, run)]
    if not pay.bounds:
        return [excess]
    start = 0 if pay.on_excess else taken
    name = f"{layer.name}.excess" if pay.on_excess else f"{layer.name}.cost"
    start += run.used(name) if pay.over_year else run.case.stay.get(name, 0)
    return cost_in_bands(start, start + excess, pay.bounds)


def _costs_in_phases(
    plan: PhasePlan, uses: tuple[Use, ...], excess: Fen, counted: dict[str, int], run: Run
) -> list[int]:
    """The cost spread evenly over the units of the stay, phase by phase, each within its limit for a unit."""
    units = run.units(plan.unit, uses)
    start = run.used(plan.accumulator) if plan.over_year else run.case.stay.get(plan.accumulator, 0)
    counted[plan.accumulator] = units
    costs = cost_in_phases(excess, start, units, plan.bounds)
    return within_phases(plan, costs, cost_in_bands(start, start + units, plan.bounds))


def within_phases(plan: PhasePlan, costs: list[int], units: list[int]) -> list[int]:
    """The cost of every phase within its limit for so many units."""
    limits = (None if most is None else for_units(most, part) for most, part in zip(plan.limits, units, strict=True))
    return [cost if limit is None else min(cost, limit) for cost, limit in zip(costs, limits, strict=True)]


def _guaranteed(layer: LayerPlan, guarantee: GuaranteePlan, excess: Fen, paid: Fen, run: Run) -> Fen:
    """No less than a share of the cost above the deductible, whatever the ratios make of it (蚌埠: 40 or 45 %)."""
    least = half_up(excess * guarantee.numerator, guarantee.denominator)
    run.note(layer, "guarantee", guarantee.uses, excess=excess, least=least, before=paid, paid=max(paid, least))
    return max(paid, least)


def _rate_sums(rate: UnitPlan, counted: dict[str, int], run: Run) -> dict[str, int]:
    """The units a rate was paid for, of how many, and what it comes to."""
    units = counted[rate.accumulator]
    return {"units": units, "stated": run.units(rate.unit, rate.uses), "limit": for_units(rate.amount, units)}


def _note_payment(layer: LayerPlan, costs: list[int], sums: dict[str, int], run: Run) -> None:
    """The pay rule with its own ratios, each adjustment, and the payment band by band."""
    pay = layer.pay
    for step, uses, before, ratios in pay.adjustments:
        run.steps.append(TraceStep(layer, step, {}, uses, ratios, before=before))
    borders = (0, *pay.bounds)
    bands = tuple(
        BandShare(over, to, cost, ratio)
        for over, to, cost, ratio in zip(borders, (*pay.bounds, None), costs, pay.ratios, strict=True)
    )
    run.steps.append(TraceStep(layer, pay.step, sums, pay.uses, pay.ratios, bands))
