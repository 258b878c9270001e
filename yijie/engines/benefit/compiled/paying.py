"""How a layer pays, written out: the twin of :mod:`yijie.engines.benefit.paying`, in the same order.

Every function adds lines for one step and hands back the name of the variable that holds its result.
"""

from __future__ import annotations

from dataclasses import dataclass

from yijie.engines.benefit.compiled.bill import seen as seen_of, take
from yijie.engines.benefit.compiled.writing import Writing
from yijie.engines.benefit.plan import (
    CeilingPlan,
    DeductiblePlan,
    FirstSharePlan,
    LayerPlan,
    LimitPlan,
    PayPlan,
    PhasePlan,
    UnitPlan,
)
from yijie.engines.benefit.words import DAY, POOLED

NOUGHT = "0"


@dataclass(frozen=True, slots=True)
class Ahead:
    """What later layers look at of what this one's ceilings cut off."""

    beyond: bool
    unpaid: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """The variables of what a layer saw, counted and paid."""

    seen: str
    cost: str
    deductible: str
    excess: str
    paid: str
    cut: str = NOUGHT


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost that is paid for: its sum, and its bands as an expression where they are wanted one by one."""

    total: str
    bands: str


def pay_by_rule(w: Writing, layer: LayerPlan, ahead: Ahead) -> Sums:
    """First share, ceilings on cost, deductible, ratio or bands, guarantee, ceilings on payments: in this order."""
    pay, rule = layer.pay, layer.deductible
    seen = w.let("seen", seen_of(w, layer.covers))
    kept = _after_firsts(w, layer, seen)
    counted: dict[str, str] = {}
    cost = _within_limits(w, layer.cost_limits, kept, counted)
    taken = _deductible(w, layer, rule, cost, seen) if rule and rule.subtracted != "after_ratio" else NOUGHT
    above = w.let("above", f"{cost} - {taken}") if rule and rule.subtracted == "before_ratio" else cost
    excess = under_ceilings(w, layer.excess_ceilings, above, "excess")
    costs, exact = _payment(w, layer, f"{cost} - {above} + " if above != cost else "", excess, counted)
    of = w.constant(pay.denominator)
    paid = w.let("paid", f"({exact} + {w.constant(pay.denominator // 2)}) // {of}")
    if layer.payer == POOLED and not w.pooled_told:
        w.pooled_told = True
        first = w.constant((pay.numerators[0], pay.denominator))
        w.put(f"pooled = ({exact}, {of} * {excess}) if {excess} else {first}")
    if rule and rule.subtracted == "after_ratio":
        taken = _deductible(w, layer, rule, paid, seen)
        paid = w.let("paid", f"{paid} - {taken}")
    if layer.guarantee is not None:
        share, denominator = layer.guarantee.numerator, layer.guarantee.denominator
        least = f"({excess} * {w.constant(2 * share)} + {w.constant(denominator)}) // {w.constant(2 * denominator)}"
        paid = w.let("paid", f"max({paid}, {least})")
    if layer.rounding is not None:
        paid = w.let("paid", f"min({rounded(w, layer, paid)}, {seen})")
    allowed = under_ceilings(w, layer.payment_ceilings, paid, "allowed")
    if ahead.beyond:
        _count_beyond(w, layer, costs, f"{kept} - {cost} + {above} - {costs.total}", f"{paid} - {allowed}")
    if ahead.unpaid:
        _add(w, "unpaid", f"{paid} - {allowed}", anew=layer.covers.unpaid)
    sums = Sums(seen, cost, taken, excess, allowed, f"{paid} - {allowed}" if layer.payment_ceilings else NOUGHT)
    book(w, layer, sums, counted, within=True)
    return sums


def book(w: Writing, layer: LayerPlan, sums: Sums, counted: dict[str, str], *, within: bool) -> None:
    """Enter what a layer saw, took and paid: off the bill, into the year, among the payers and the layers."""
    take(w, layer.covers, sums.paid, within=within)
    amounts = {"cost": sums.cost, "deductible": sums.deductible, "excess": sums.excess, "paid": sums.paid} | counted
    book_marks(w, layer, amounts)
    w.pay(layer.payer, sums.paid)
    names = f"{w.constant(layer.name)}, {w.constant(layer.payer)}"
    told = f"{names}, {sums.seen}, {sums.deductible}, {sums.paid}, {sums.cut}, {sums.excess}"
    w.let("share", f"new(LayerShare, ({told}))")


def book_marks(w: Writing, layer: LayerPlan, amounts: dict[str, str]) -> None:
    """Move the accumulators by what the layer counts of these sums."""
    for kind, accumulator, per in layer.marks:
        if amounts.get(kind, NOUGHT) != NOUGHT:
            w.book(accumulator, per, amounts[kind])


def under_ceilings(w: Writing, ceilings: tuple[CeilingPlan, ...], amount: str, into: str) -> str:
    """What every ceiling lets through."""
    for ceiling in ceilings:
        used = w.let("used", w.used(ceiling.accumulator, ceiling.per))
        room = _room(w, w.constant(ceiling.limit), used)
        amount = w.let(into, f"{amount} if {amount} < {room} else {room}")
    return amount


def rounded(w: Writing, layer: LayerPlan, paid: str) -> str:
    """The payment in whole jiao or yuan where the policy says so."""
    if layer.rounding is None:
        return paid
    grain, direction = w.constant(layer.rounding.grain), w.constant(layer.rounding.direction)
    return w.let("paid", f"in_grains({paid}, {grain}, {direction})")


def _room(w: Writing, limit: str, used: str) -> str:
    return w.let("room", f"{limit} - {used} if {used} < {limit} else 0")


def _units(w: Writing, plan_unit: str, uses: object) -> str:
    return f"units_stated(case, {w.constant(plan_unit)}, {w.constant(uses)})"


def _after_firsts(w: Writing, layer: LayerPlan, cost: str) -> str:
    for first in layer.firsts:
        if isinstance(first, FirstSharePlan):
            kept, of, twice = (w.constant(n) for n in (2 * first.kept, first.denominator, 2 * first.denominator))
            cost = w.let("kept", f"({cost} * {kept} + {of}) // {twice}")
        else:
            borne = w.let("borne", f"for_units({w.constant(first.amount)}, {_units(w, first.unit, first.uses)})")
            cost = w.let("kept", f"room({cost}, {borne})")
    return cost


def _within_limits(w: Writing, limits: tuple[LimitPlan, ...], cost: str, counted: dict[str, str]) -> str:
    for limit in limits:
        if isinstance(limit, CeilingPlan):
            cost = under_ceilings(w, (limit,), cost, "cost")
        else:
            cost = _within_units(w, limit, cost, counted, "cost")
    return cost


def _within_units(w: Writing, plan: UnitPlan, cost: str, counted: dict[str, str], into: str) -> str:
    units = w.let("stated", _units(w, plan.unit, plan.uses))
    units = counted.get(plan.accumulator, units)
    if plan.most is not None:
        used = w.let("used", w.used(plan.accumulator, plan.per))
        room = _room(w, w.constant(plan.most), used)
        units = w.let(f"units_{len(counted)}_", f"min({units}, {room})")
    elif plan.accumulator not in counted:
        units = w.let(f"units_{len(counted)}_", units)
    counted[plan.accumulator] = units
    return w.let(into, f"min({cost}, for_units({w.constant(plan.amount)}, {units}))")


def _deductible(w: Writing, layer: LayerPlan, rule: DeductiblePlan, cost: str, seen: str) -> str:
    due = w.constant(rule.due)
    if rule.yearly:
        before = w.used(rule.accumulator)
    else:
        if rule.again_every:
            days = f"{w.of_stay(DAY)} // HUNDREDTHS + (case.service_to - case.service_from).days"
            due = w.let("due", f"{due} * deductibles_in_stay({days}, {w.constant(rule.again_every)})")
        before = w.of_stay(rule.accumulator)
        before += " + case.deductible_paid" if layer.payer == POOLED else ""
    room = _room(w, due, w.let("before", before))
    base = w.let("base", f"amounts.total - {seen}") if rule.subtracted == "apart" else cost
    return w.let("deductible", f"{room} if {room} < {base} else {base}")


def _payment(w: Writing, layer: LayerPlan, taken: str, excess: str, counted: dict[str, str]) -> tuple[Costs, str]:
    """The cost that is paid for, and its exact payment as a numerator over the ratios' common denominator."""
    pay = layer.pay
    if pay.phases is not None:
        return _one_by_one(w, pay, _phases(w, pay.phases, pay, excess, counted))
    if pay.rate is not None or not pay.bounds:
        cost = excess if pay.rate is None else _within_units(w, pay.rate, excess, counted, "paid_for")
        for _, gap in pay.gaps:
            with w.under(f"if {cost}:"):
                w.put(f"figure_of({w.constant(gap)})")
        return Costs(cost, f"[{cost}]"), w.let("exact", f"{cost} * {w.constant(pay.numerators[0])}")
    name = f"{layer.name}.excess" if pay.on_excess else f"{layer.name}.cost"
    before = w.used(name) if pay.over_year else w.of_stay(name)
    low = w.let("low", before if pay.on_excess else taken + before)
    high = w.let("high", f"{low} + {excess}")
    bands = f"cost_in_bands({low}, {high}, {w.constant(pay.bounds)})"
    if pay.gaps:
        return _one_by_one(w, pay, bands)
    upto_high, upto_low = _upto(w, pay, high, "upto_high"), _upto(w, pay, low, "upto_low")
    return Costs(excess, bands), w.let("exact", f"{upto_high} - {upto_low}")


def _upto(w: Writing, pay: PayPlan, cost: str, into: str) -> str:
    """The payment of all cost up to a point: what lies between two points is the difference."""
    beginning, before, text = 0, 0, ""
    for number, numerator in enumerate(pay.numerators):
        reckoned = f"{cost} * {w.constant(numerator)} + {w.constant(before - beginning * numerator)}"
        if number < len(pay.bounds):
            bound = pay.bounds[number]
            text += f"{reckoned} if {cost} <= {w.constant(bound)} else "
            before += (bound - beginning) * numerator
            beginning = bound
        else:
            text += reckoned
    return w.let(into, text)


def _one_by_one(w: Writing, pay: PayPlan, bands: str) -> tuple[Costs, str]:
    """Bands or phases of which some are gaps or have limits of their own."""
    costs = w.let("costs", bands)
    for band, gap in pay.gaps:
        with w.under(f"if {costs}[{w.constant(band)}]:"):
            w.put(f"figure_of({w.constant(gap)})")
    return Costs(f"sum({costs})", costs), w.let("exact", f"weighted({costs}, {w.constant(pay.numerators)})")


def _phases(w: Writing, plan: PhasePlan, pay: PayPlan, excess: str, counted: dict[str, str]) -> str:
    units = w.let(f"units_{len(counted)}_", _units(w, plan.unit, pay.uses))
    before = w.used(plan.accumulator) if plan.over_year else w.of_stay(plan.accumulator)
    start, bounds = w.let("start", before), w.constant(plan.bounds)
    counted[plan.accumulator] = units
    spread = f"cost_in_phases({excess}, {start}, {units}, {bounds})"
    return f"within_phases({w.constant(plan)}, {spread}, cost_in_bands({start}, {start} + {units}, {bounds}))"


def _count_beyond(w: Writing, layer: LayerPlan, costs: Costs, over: str, cut: str) -> None:
    """The cost that this layer's ceilings left over, for the next layer that looks at such cost."""
    pay = layer.pay
    _add(w, "beyond", over, anew=layer.covers.beyond)
    if layer.payment_ceilings:
        with w.under(f"if {cut}:"):
            figures = f"{w.constant(pay.numerators)}, {w.constant(pay.denominator)}"
            w.put(f"beyond += cost_beyond({costs.bands}, {figures}, {cut})")


def _add(w: Writing, name: str, amount: str, *, anew: bool) -> None:
    w.at_first(name, NOUGHT)
    w.put(f"{name} {'=' if anew else '+='} {amount}")
