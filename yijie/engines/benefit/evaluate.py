"""One case through a policy: every layer of the chain pays on what is left, the account next, cash the rest.

Nothing here reads the policy's text: :mod:`resolve` has made a plan of whole numbers, this module runs it.
"""

from __future__ import annotations

from fractions import Fraction

from yijie.engines.benefit.accumulators import period_suffix
from yijie.engines.benefit.arithmetic import (
    cost_beyond,
    cost_in_bands,
    deductibles_in_stay,
    kept_after_share,
    room,
    weighted,
)
from yijie.engines.benefit.case import Case, check_case
from yijie.engines.benefit.plan import CeilingPlan, DeductiblePlan, GuaranteePlan, LayerPlan, PayPlan
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.refusals import PayersExceedBill
from yijie.engines.benefit.resolve import plan_for
from yijie.engines.benefit.result import BandShare, Benefit, LayerShare, TraceStep
from yijie.engines.benefit.run import Run
from yijie.engines.benefit.values import figure_of
from yijie.engines.benefit.words import HOSPITAL, PERSONAL_ACCOUNT, POOLED
from yijie.kernel.errors import invariant
from yijie.kernel.money import Fen, half_up, yuan


def evaluate(policy: Policy, case: Case, trace: bool = True) -> Benefit:
    """Who pays what of one case, and with ``trace`` every step that led there.

    Raises the refusals of :mod:`yijie.engines.benefit.refusals`: the case is incomplete or contradictory, the policy
    refuses it, is silent about it or declares a gap where the case needs a figure, or payers would exceed the bill.
    """
    check_case(case)
    day, _ = policy.charged_to(case.service_from, case.service_to)
    plan = plan_for(policy, case, day)
    run = Run(case, trace)
    for layer in plan.layers:
        if layer.excluded is not None:
            if trace:
                run.note(layer, "exclude", (layer.excluded,))
        elif layer.pay.step == "stated":
            _pay_stated(layer, run)
        elif layer.payer == PERSONAL_ACCOUNT:
            _pay_from_account(layer, run)
        else:
            _pay_by_rule(layer, run)
    return _conclude(policy, run)


def _conclude(policy: Policy, run: Run) -> Benefit:
    """Cash is the rest; refuse payers beyond the bill, and prove that the parts add up before anybody sees them."""
    case, total = run.case, run.case.amounts.total
    paid = sum(run.paid.values())
    if paid > total:
        raise PayersExceedBill(paid=yuan(paid), total=yuan(total))
    funds = {fund: run.paid.get(word, 0) for word, fund in policy.funds.items()}
    account, hospital, cash = run.paid.get(PERSONAL_ACCOUNT, 0), run.paid.get(HOSPITAL, 0), total - paid
    invariant(sum(funds.values()) + account + hospital + cash == total, "benefit.payers_are_the_bill", case=case.id)
    invariant(all(amount >= 0 for amount in run.paid.values()), "benefit.nobody_pays_less_than_nothing", case=case.id)
    day, year = policy.charged_to(case.service_from, case.service_to)
    return Benefit(
        case_id=case.id,
        amounts=case.amounts,
        funds=funds,
        deductible=run.deductible,
        personal_account=account,
        cash=cash,
        hospital_borne=hospital,
        pooled_ratio=run.pooled_ratio,
        year=year,
        day=day,
        deltas=run.deltas,
        layers=tuple(run.shares),
        trace=tuple(run.steps),
    )


def _pay_stated(layer: LayerPlan, run: Run) -> None:
    """A sum decided outside the policy; nothing where the case does not state one."""
    paid = run.case.stated.get(layer.pay.stated, 0)
    if run.tracing:
        run.note(layer, "stated", layer.pay.uses, paid=paid)
    _book(layer, run, seen=run.see(layer.covers), cost=paid, deductible=0, excess=paid, paid=paid)


def _pay_from_account(layer: LayerPlan, run: Run) -> None:
    """The personal account pays what is left of the parts it may pay, up to its balance, if the person wants it."""
    seen = run.see(layer.covers)
    paid = min(seen, run.case.account_balance) if run.case.use_account else 0
    if run.tracing:
        run.note(layer, "account", layer.covers.uses, seen=seen, balance=run.case.account_balance, paid=paid)
    _book(layer, run, seen=seen, cost=seen, deductible=0, excess=seen, paid=paid)


def _pay_by_rule(layer: LayerPlan, run: Run) -> None:
    """First share, ceilings on cost, deductible, ratio or bands, guarantee, ceilings on payments: in this order."""
    seen = run.see(layer.covers)
    if run.tracing:
        run.note(layer, "covers", layer.covers.uses, seen=seen)
    kept = _after_first_shares(layer, seen, run)
    cost = _under_ceilings(layer, layer.cost_ceilings, kept, run)
    taken = _deductible_taken(layer, layer.deductible, cost, seen, run) if layer.deductible else 0
    subtracted = layer.deductible.subtracted if layer.deductible else ""
    above = cost - taken if subtracted == "before_ratio" else cost
    excess = _under_ceilings(layer, layer.excess_ceilings, above, run)
    costs = _costs(layer.pay, cost - above, excess, layer, run)
    for band, gap in layer.pay.gaps:
        if costs[band]:
            figure_of(gap)
    exact = weighted(costs, layer.pay.numerators)
    paid = half_up(exact, layer.pay.denominator)
    if run.tracing:
        _note_payment(layer, costs, excess, paid, run)
    if layer.payer == POOLED and run.pooled_ratio is None:
        run.pooled_ratio = Fraction(exact, layer.pay.denominator * excess) if excess else layer.pay.ratios[0]
    if subtracted == "after_ratio":
        paid = room(paid, taken)
    if layer.guarantee is not None:
        paid = _guaranteed(layer, layer.guarantee, excess, paid, run)
    allowed = _under_ceilings(layer, layer.payment_ceilings, paid, run)
    over = kept - cost + above - excess
    if allowed < paid:
        over += cost_beyond(costs, layer.pay.numerators, layer.pay.denominator, paid - allowed)
    run.beyond = over if layer.covers.beyond else run.beyond + over
    run.unpaid = paid - allowed if layer.covers.unpaid else run.unpaid + paid - allowed
    _book(layer, run, seen=seen, cost=cost, deductible=taken, excess=excess, paid=allowed, cut=paid - allowed)


def _book(
    layer: LayerPlan, run: Run, *, seen: Fen, cost: Fen, deductible: Fen, excess: Fen, paid: Fen, cut: Fen = 0
) -> None:
    run.take(layer.covers, paid)
    run.book(layer, {"cost": cost, "deductible": deductible, "excess": excess, "paid": paid})
    run.shares.append(LayerShare(layer.name, layer.payer, seen, deductible, paid, cut))
    if layer.payer == POOLED:
        run.deductible += deductible


def _after_first_shares(layer: LayerPlan, cost: Fen, run: Run) -> Fen:
    for first in layer.first_shares:
        kept = kept_after_share(cost, first.kept, first.denominator)
        if run.tracing:
            run.note(layer, "first_share", first.uses, cost=cost, borne=cost - kept, kept=kept)
        cost = kept
    return cost


def _under_ceilings(layer: LayerPlan, ceilings: tuple[CeilingPlan, ...], amount: Fen, run: Run) -> Fen:
    """What every ceiling lets through; each counts what this year, month or day has used already."""
    for ceiling in ceilings:
        used = 0
        if ceiling.per != "visit":
            used = run.used(ceiling.accumulator + period_suffix(ceiling.per, run.case.service_to))
        kept = min(amount, room(ceiling.limit, used))
        if run.tracing:
            run.note(
                layer,
                ceiling.step,
                ceiling.uses,
                amount=amount,
                limit=ceiling.limit,
                used=used,
                kept=kept,
                cut=amount - kept,
            )
        amount = kept
    return amount


def _deductible_taken(layer: LayerPlan, rule: DeductiblePlan, cost: Fen, seen: Fen, run: Run) -> Fen:
    """The deductible still due, as far as there is cost to take it from."""
    case, due, before = run.case, rule.due, 0
    if rule.yearly:
        before = run.used(rule.accumulator)
    else:
        if rule.again_every:
            due *= deductibles_in_stay((case.service_to - case.service_from).days, rule.again_every)
        before = case.deductible_paid if layer.payer == POOLED else 0
    base = case.amounts.total - seen if rule.subtracted == "apart" else cost
    taken = min(room(due, before), base)
    if run.tracing:
        run.note(layer, "deductible", rule.uses, cost=cost, due=due, before=before, taken=taken)
    return taken


def _costs(pay: PayPlan, taken: Fen, excess: Fen, layer: LayerPlan, run: Run) -> list[int]:
    """The cost above the deductible, band by band, on the visit's own scale or the year's cumulative one."""
    if not pay.bounds:
        return [excess]
    start = 0 if pay.on_excess else taken
    if pay.over_year:
        start += run.used(f"{layer.name}.excess" if pay.on_excess else f"{layer.name}.cost")
    return cost_in_bands(start, start + excess, pay.bounds)


def _guaranteed(layer: LayerPlan, guarantee: GuaranteePlan, excess: Fen, paid: Fen, run: Run) -> Fen:
    """No less than a share of the cost above the deductible, whatever the ratios make of it (蚌埠: 40 or 45 %)."""
    least = half_up(excess * guarantee.numerator, guarantee.denominator)
    if run.tracing:
        run.note(layer, "guarantee", guarantee.uses, excess=excess, least=least, before=paid, paid=max(paid, least))
    return max(paid, least)


def _note_payment(layer: LayerPlan, costs: list[int], excess: Fen, paid: Fen, run: Run) -> None:
    """The pay rule with its own ratios, each adjustment, and the payment band by band."""
    pay = layer.pay
    for step, uses, ratios in pay.adjustments:
        run.steps.append(TraceStep(layer, step, {}, uses, ratios))
    borders = (0, *pay.bounds)
    bands = tuple(
        BandShare(over, to, cost, ratio)
        for over, to, cost, ratio in zip(borders, (*pay.bounds, None), costs, pay.ratios, strict=True)
    )
    run.steps.append(TraceStep(layer, pay.step, {"excess": excess, "paid": paid}, pay.uses, pay.ratios, bands))
