"""What the ways of paying share: ceilings with what their periods have used, rounding, and entering a payment."""

from __future__ import annotations

from collections.abc import Mapping

from yijie.engines.benefit.arithmetic import in_grains, room
from yijie.engines.benefit.case import NOTHING
from yijie.engines.benefit.plan import CeilingPlan, LayerPlan
from yijie.engines.benefit.result import LayerShare
from yijie.engines.benefit.run import Run
from yijie.engines.benefit.words import POOLED
from yijie.kernel.money import Fen


def book(
    layer: LayerPlan,
    run: Run,
    *,
    seen: Fen,
    cost: Fen,
    deductible: Fen,
    excess: Fen,
    paid: Fen,
    cut: Fen = 0,
    more: Mapping[str, int] = NOTHING,
) -> None:
    """Enter what a layer saw, took and paid: off the bill, into the year, among the payers."""
    run.take(layer.covers, paid)
    run.book(layer, {"cost": cost, "deductible": deductible, "excess": excess, "paid": paid, **more})
    run.paid[layer.payer] = run.paid.get(layer.payer, 0) + paid
    run.shares.append(LayerShare(layer.name, layer.payer, seen, deductible, paid, cut, excess))
    if layer.payer == POOLED:
        run.deductible += deductible


def under_ceilings(layer: LayerPlan, ceilings: tuple[CeilingPlan, ...], amount: Fen, run: Run) -> Fen:
    """What every ceiling lets through; each counts what this year, month, day or stay has used already."""
    for ceiling in ceilings:
        used = run.used_per(ceiling.accumulator, ceiling.per)
        kept = min(amount, room(ceiling.limit, used))
        sums = {"amount": amount, "limit": ceiling.limit, "used": used, "kept": kept, "cut": amount - kept}
        run.note(layer, ceiling.step, ceiling.uses, **sums)
        amount = kept
    return amount


def rounded(layer: LayerPlan, paid: Fen, run: Run) -> Fen:
    """The payment in whole jiao or yuan where the policy says so."""
    if layer.rounding is None:
        return paid
    whole = in_grains(paid, layer.rounding.grain, layer.rounding.direction)
    run.note(layer, "rounding", layer.rounding.uses, before=paid, paid=whole)
    return whole
