"""How layers pay, over columns: the twin of :mod:`yijie.engines.benefit.paying` and of the other ways of paying."""

from __future__ import annotations

import numpy as np

from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.columnar.arithmetic import (
    Figure,
    cost_beyond,
    cost_in_bands,
    cost_in_phases,
    deductibles_in_stay,
    for_units,
    in_grains,
    least,
    most,
    room,
    share,
)
from yijie.engines.benefit.columnar.block import Block
from yijie.engines.benefit.columnar.claims import MISSING
from yijie.engines.benefit.columnar.figures import Figures
from yijie.engines.benefit.plan import (
    AllowancePlan,
    CeilingPlan,
    DeductiblePlan,
    FirstSharePlan,
    LayerPlan,
    LimitPlan,
    PhasePlan,
    UnitPlan,
)
from yijie.engines.benefit.refusals import FactMissing, ParameterUnknown
from yijie.engines.benefit.words import DAY, PERSONAL_ACCOUNT, POOLED


def pay(layer: LayerPlan, figures: Figures, block: Block) -> None:
    """What one layer does to the claims of a block."""
    block.figures = figures
    if layer.pay.step == "stated":
        _pay_stated(layer, block)
    elif layer.pay.allowance is not None:
        _allow(layer, layer.pay.allowance, block)
    elif layer.payer == PERSONAL_ACCOUNT:
        _pay_from_account(layer, block)
    else:
        _pay_by_rule(layer, block)


def _book(
    layer: LayerPlan,
    block: Block,
    *,
    cost: Figure,
    deductible: Figure,
    excess: Figure,
    paid: Figure,
    more: dict[str, Figure],
) -> None:
    """Enter what a layer took and paid: off the bill, into the year, among the payers."""
    block.take(layer.covers, paid)
    block.book(layer, {"cost": cost, "deductible": deductible, "excess": excess, "paid": paid, **more})
    block.paid[layer.payer] = block.paid[layer.payer] + paid if layer.payer in block.paid else paid
    if layer.payer == POOLED:
        block.deductible = block.deductible + deductible


def _pay_stated(layer: LayerPlan, block: Block) -> None:
    """A sum decided outside the policy; nothing where the claim does not state one."""
    column = block.claims.stated("stated", layer.pay.stated)
    paid: Figure = 0 if column is None else most(column[block.rows], 0)
    _book(layer, block, cost=paid, deductible=0, excess=paid, paid=paid, more={})


def _pay_from_account(layer: LayerPlan, block: Block) -> None:
    """The personal account pays what is left of the parts it may pay, up to its balance, if the person wants it."""
    balance = block.fold.balance(block.rows) - block.paid.get(PERSONAL_ACCOUNT, 0)
    balance = most(balance, 0)
    if layer.covers.gap is not None:
        block.refuse(ParameterUnknown.code, balance > 0)
    seen = block.see(layer.covers)
    paid = _under(layer.payment_ceilings, "payment", least(seen, balance), block)
    _book(layer, block, cost=seen, deductible=0, excess=seen, paid=paid, more={})


def _pay_by_rule(layer: LayerPlan, block: Block) -> None:
    """First share, ceilings on cost, deductible, ratio or bands, guarantee, ceilings on payments: in this order."""
    seen = block.see(layer.covers)
    kept = _after_firsts(layer, seen, block)
    counted: dict[str, Figure] = {}
    cost = _within_limits(layer.cost_limits, kept, counted, block)
    rule = layer.deductible
    taken: Figure = 0
    if rule and rule.subtracted != "after_ratio":
        taken = _deductible_taken(layer, rule, cost, seen, block)
    above = cost - taken if rule and rule.subtracted == "before_ratio" else cost
    excess = _under(layer.excess_ceilings, "excess", above, block)
    costs = _costs(layer, cost - above, excess, counted, block)
    for band, _ in layer.pay.gaps:
        block.refuse(ParameterUnknown.code, costs[band] > 0)
    numerators = [block.figures[f"pay.share{number}"] for number in range(len(costs))]
    paid = share(list(zip(costs, numerators, strict=True)), block.figures["pay.of"])
    if rule and rule.subtracted == "after_ratio":
        taken = _deductible_taken(layer, rule, paid, seen, block)
        paid = paid - taken
    if layer.guarantee is not None:
        paid = most(paid, share([(excess, block.figures["guarantee.share"])], block.figures["guarantee.of"]))
    if layer.rounding is not None:
        paid = in_grains(paid, block.figures["rounding.grain"], layer.rounding.direction)
    paid = least(paid, seen)
    allowed = _under(layer.payment_ceilings, "payment", paid, block)
    if block.tells_beyond:
        cut = paid - allowed
        over = _sum([kept - cost, above - _sum(costs), _beyond(costs, numerators, cut, block)])
        block.beyond = over if layer.covers.beyond else block.beyond + over
        block.unpaid = cut if layer.covers.unpaid else block.unpaid + cut
    _book(layer, block, cost=cost, deductible=taken, excess=excess, paid=allowed, more=counted)


def _sum(costs: list[Figure]) -> Figure:
    whole: Figure = 0
    for cost in costs:
        whole = whole + cost
    return whole


def _beyond(costs: list[Figure], numerators: list[Figure], cut: Figure, block: Block) -> Figure:
    """The cost that ceilings on payments cut off, where they cut anything."""
    return cost_beyond(costs, numerators, block.figures["pay.of"], np.asarray(cut)) if np.any(cut) else 0


def _after_firsts(layer: LayerPlan, cost: Figure, block: Block) -> Figure:
    """What is left for the layer after what the patient bears before anything else."""
    for number, first in enumerate(layer.firsts):
        if isinstance(first, FirstSharePlan):
            cost = share([(cost, block.figures[f"first{number}.kept"])], block.figures[f"first{number}.of"])
        else:
            borne = for_units(block.figures[f"first{number}.amount"], _units(first.unit, block))
            cost = most(cost - borne, 0)
    return cost


def _units(unit: str, block: Block) -> Figure:
    """Units of service in hundredths; claims that do not state them are refused."""
    units, silent = block.units(unit)
    block.refuse(FactMissing.code, silent)
    return units


def _within_limits(limits: tuple[LimitPlan, ...], cost: Figure, counted: dict[str, Figure], block: Block) -> Figure:
    """Cost under the ceilings on cost, in written order; what units count is added to ``counted``."""
    for number, limit in enumerate(limits):
        if isinstance(limit, CeilingPlan):
            cost = _under_one(limit, f"cost_limit{number}", cost, block)
        else:
            cost = _within_units(limit, f"cost_limit{number}", cost, counted, block)
    return cost


def _within_units(plan: UnitPlan, name: str, cost: Figure, counted: dict[str, Figure], block: Block) -> Figure:
    """No more than the sum for every unit that counts; units beyond the most of a period do not count."""
    stated = _units(plan.unit, block)
    units = counted.get(plan.accumulator, stated)
    if plan.most is not None:
        units = least(units, most(block.figures[f"{name}.most"] - block.used_per(plan.accumulator, plan.per), 0))
    counted[plan.accumulator] = units
    return least(cost, for_units(block.figures[f"{name}.amount"], units))


def _under(ceilings: tuple[CeilingPlan, ...], kind: str, amount: Figure, block: Block) -> Figure:
    """What every ceiling lets through; each counts what its period has used already."""
    for number, ceiling in enumerate(ceilings):
        amount = _under_one(ceiling, f"{kind}{number}", amount, block)
    return amount


def _under_one(ceiling: CeilingPlan, name: str, amount: Figure, block: Block) -> Figure:
    return least(amount, room(block.figures[f"{name}.limit"], block.used_per(ceiling.accumulator, ceiling.per)))


def _deductible_taken(layer: LayerPlan, rule: DeductiblePlan, cost: Figure, seen: Figure, block: Block) -> Figure:
    """The deductible still due, as far as there is cost (or, after the ratio, payment) to take it from."""
    due = block.figures["deductible.due"]
    if rule.yearly:
        before = block.used_per(rule.accumulator, "year")
    else:
        if rule.again_every:
            days = block.in_stay(DAY) // HUNDREDTHS + block.days()
            due = due * deductibles_in_stay(days, block.figures["deductible.again_every"])
        before = block.in_stay(rule.accumulator)
        if layer.payer == POOLED:
            before = before + block.claims.amount("deductible_paid", block.rows)
    base = block.total - seen if rule.subtracted == "apart" else cost
    return least(room(due, before), base)


def _costs(layer: LayerPlan, taken: Figure, excess: Figure, counted: dict[str, Figure], block: Block) -> list[Figure]:
    """The cost above the deductible that is paid for, by band or phase, on the scale of the stay or of the year."""
    rule = layer.pay
    if rule.phases is not None:
        return _costs_in_phases(rule.phases, excess, counted, block)
    if rule.rate is not None:
        return [_within_units(rule.rate, "rate", excess, counted, block)]
    if not rule.bounds:
        return [excess]
    name = f"{layer.name}.excess" if rule.on_excess else f"{layer.name}.cost"
    before = block.used_per(name, "year") if rule.over_year else block.in_stay(name)
    start = before if rule.on_excess else taken + before
    bounds = [block.figures[f"bound{number}"] for number in range(len(rule.bounds))]
    return cost_in_bands(start, start + excess, bounds)


def _costs_in_phases(plan: PhasePlan, excess: Figure, counted: dict[str, Figure], block: Block) -> list[Figure]:
    """The cost spread evenly over the units of the stay, phase by phase, each within its limit for a unit."""
    units = _units(plan.unit, block)
    start = block.used_per(plan.accumulator, "year") if plan.over_year else block.in_stay(plan.accumulator)
    counted[plan.accumulator] = units
    bounds = [block.figures[f"bound{number}"] for number in range(len(plan.bounds))]
    costs = cost_in_phases(excess * np.not_equal(units, 0), start, units, bounds)
    inside = cost_in_bands(start, start + units, bounds)
    limits = [
        None if limit is None else for_units(block.figures[f"phase{number}.limit"], inside[number])
        for number, limit in enumerate(plan.limits)
    ]
    return [cost if limit is None else least(cost, limit) for cost, limit in zip(costs, limits, strict=True)]


def _allow(layer: LayerPlan, plan: AllowancePlan, block: Block) -> None:
    """A sum beside the bill: nothing of the bill is looked at or paid."""
    base = block.figures["allowance.base"]
    if plan.base is None:
        column = block.claims.stated("stated", plan.stated_as)
        stated = np.full(block.total.shape, MISSING) if column is None else column[block.rows]
        block.refuse(FactMissing.code, stated == MISSING)
        base = most(stated, 0)
    base = most(base, block.figures["allowance.least"])
    if plan.most is not None:
        base = least(base, block.figures["allowance.most"])
    units = _allowance_units(plan, block)
    worth = share([(block.figures["allowance_share.share"], base)], 1)
    paid = share([(worth, units)], block.figures["allowance_share.of"] * HUNDREDTHS)
    if plan.accumulator:
        paid = room(paid, block.in_stay(plan.accumulator))
    if layer.rounding is not None:
        paid = in_grains(paid, block.figures["rounding.grain"], layer.rounding.direction)
    paid = _under(layer.payment_ceilings, "payment", paid, block)
    block.book(layer, {"paid": paid})
    block.allowances[layer.name] = paid


def _allowance_units(plan: AllowancePlan, block: Block) -> Figure:
    """Units of an allowance in hundredths: the policy's days, or the claim's units, and all further days."""
    units: Figure = HUNDREDTHS
    if plan.days is not None:
        units = block.figures["allowance.days"] * HUNDREDTHS
    elif plan.unit:
        units = _units(plan.unit, block)
        if plan.unit == DAY and plan.accumulator:
            units = units + block.in_stay(DAY)
    for number, (_, for_each) in enumerate(plan.more):
        each = _units(for_each, block) if for_each else HUNDREDTHS
        units = units + block.figures[f"more{number}.days"] * each
    return units
