"""One case through a policy: every layer of the chain pays on what is left, the account next, cash the rest.

Nothing here reads the policy's text: :mod:`resolve` has made a plan of whole numbers, this module runs it and tells
each step. It is the definition of what the steps do; ``compiled/`` is the same for when nobody asks for the steps.
"""

from __future__ import annotations

from yijie.engines.benefit.booking import book, rounded, under_ceilings
from yijie.engines.benefit.case import Case, check_case
from yijie.engines.benefit.catalogue import as_graded
from yijie.engines.benefit.paying import pay_by_rule
from yijie.engines.benefit.plan import AllowancePlan, LayerPlan
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.refusals import PayersExceedBill
from yijie.engines.benefit.resolve import plan_for
from yijie.engines.benefit.result import AllowancePaid, Benefit
from yijie.engines.benefit.run import Run, allowance_of
from yijie.engines.benefit.values import figure_of
from yijie.engines.benefit.words import HOSPITAL, PERSONAL_ACCOUNT
from yijie.kernel.errors import invariant
from yijie.kernel.money import yuan


def evaluate(policy: Policy, case: Case, trace: bool = True) -> Benefit:
    """Who pays what of one case, and with ``trace`` every step that led there.

    Without the trace the policy's compiled form answers, many times as fast and to the same fen.

    Raises the refusals of :mod:`yijie.engines.benefit.refusals`: the case is incomplete or contradictory, the policy
    refuses it, is silent about it or declares a gap where the case needs a figure, or payers would exceed the bill.
    """
    if not trace:
        return policy.programs.settle(case)
    case = as_graded(policy, case)
    check_case(case)
    day, _ = policy.charged_to(case.service_from, case.service_to)
    plan = plan_for(policy, case, day)
    run = Run(case)
    for layer in plan.layers:
        if layer.excluded is not None:
            run.note(layer, "exclude", (layer.excluded,))
        elif layer.pay.step == "stated":
            _pay_stated(layer, run)
        elif layer.pay.allowance is not None:
            _allow(layer, layer.pay.allowance, run)
        elif layer.payer == PERSONAL_ACCOUNT:
            _pay_from_account(layer, run)
        else:
            pay_by_rule(layer, run)
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
        pooled_share=run.pooled_share,
        year=year,
        day=day,
        deltas=run.deltas,
        layers=tuple(run.shares),
        trace=tuple(run.steps),
        allowances=tuple(run.allowances),
        prepaid=case.prepaid,
        remote=case.remote,
        channel=case.channel,
    )


def _pay_stated(layer: LayerPlan, run: Run) -> None:
    """A sum decided outside the policy; nothing where the case does not state one."""
    paid = run.case.stated.get(layer.pay.stated, 0)
    run.note(layer, "stated", layer.pay.uses, paid=paid)
    book(layer, run, seen=run.see(layer.covers), cost=paid, deductible=0, excess=paid, paid=paid)


def _pay_from_account(layer: LayerPlan, run: Run) -> None:
    """The personal account pays what is left of the parts it may pay, up to its balance, if the person wants it."""
    balance = run.case.account_balance - run.paid.get(PERSONAL_ACCOUNT, 0) if run.case.use_account else 0
    if balance and layer.covers.gap is not None:
        figure_of(layer.covers.gap)
    seen = run.see(layer.covers)
    wanted = min(seen, balance)
    held = {"balance": balance} if run.case.use_account else {}
    run.note(layer, "account", layer.covers.uses, seen=seen, **held, paid=wanted)
    paid = under_ceilings(layer, layer.payment_ceilings, wanted, run)
    book(layer, run, seen=seen, cost=seen, deductible=0, excess=seen, paid=paid, cut=wanted - paid)


def _allow(layer: LayerPlan, plan: AllowancePlan, run: Run) -> None:
    """A sum beside the bill: nothing of the bill is looked at or paid."""
    sums = allowance_of(run.case, plan)
    run.note(layer, "allowance", plan.uses, **sums._asdict())
    paid = under_ceilings(layer, layer.payment_ceilings, rounded(layer, sums.paid, run), run)
    run.book(layer, {"paid": paid})
    run.allowances.append(AllowancePaid(layer.name, layer.payer, plan.paid_to, paid))
