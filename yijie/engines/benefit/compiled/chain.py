"""A whole plan written out: every layer in turn, cash the rest; the twin of :mod:`yijie.engines.benefit.evaluate`."""

from __future__ import annotations

from yijie.engines.benefit.compiled.bill import seen
from yijie.engines.benefit.compiled.paying import (
    NOUGHT,
    Ahead,
    Sums,
    book,
    book_marks,
    pay_by_rule,
    rounded,
    under_ceilings,
)
from yijie.engines.benefit.compiled.writing import Marked, Writing
from yijie.engines.benefit.plan import AllowancePlan, LayerPlan, Plan
from yijie.engines.benefit.result import Benefit
from yijie.engines.benefit.words import HOSPITAL, PERSONAL_ACCOUNT, POOLED
from yijie.kernel.codes import Fund


def write(plan: Plan, funds: tuple[tuple[str, Fund], ...], marked: Marked) -> Writing:
    """The program of a plan, for bills with these named sums."""
    w = Writing(marked)
    paying = [layer for layer in plan.layers if layer.excluded is None]
    deductibles, shares, allowances = [], [], []
    for number, layer in enumerate(paying):
        w.layer = number
        if layer.pay.allowance is not None:
            allowances.append(_allow(w, layer, layer.pay.allowance))
            continue
        shares.append(f"share{number}")
        if layer.pay.step == "stated":
            _pay_stated(w, layer)
        elif layer.payer == PERSONAL_ACCOUNT:
            _pay_from_account(w, layer)
        else:
            later = [other.covers for other in paying[number + 1 :]]
            ahead = Ahead(any(covers.beyond for covers in later), any(covers.unpaid for covers in later))
            sums = pay_by_rule(w, layer, ahead)
            deductibles += [sums.deductible] if layer.payer == POOLED else []
    _conclude(w, funds, " + ".join(deductibles) or NOUGHT, shares, allowances)
    return w


def _conclude(
    w: Writing, funds: tuple[tuple[str, Fund], ...], deductible: str, shares: list[str], allowances: list[str]
) -> None:
    paid = w.payers
    if paid:
        w.put("total = amounts.total", f"paid = {' + '.join(paid.values())}")
        with w.under("if paid > total:"):
            w.put("refuse_beyond(total, paid)")
        with w.under(f"if ({' | '.join(paid.values())}) < 0:"):
            w.put(f"nobody_below_nothing(min({', '.join(paid.values())}, 0), case.id)")
    w.close_year()
    told = {
        "case_id": "case.id",
        "amounts": "amounts",
        "funds": "{" + ", ".join(f"{w.constant(fund)}: {paid.get(word, NOUGHT)}" for word, fund in funds) + "}",
        "deductible": deductible,
        "personal_account": paid.get(PERSONAL_ACCOUNT, NOUGHT),
        "cash": "total - paid" if paid else "amounts.total",
        "hospital_borne": paid.get(HOSPITAL, NOUGHT),
        "pooled_share": "pooled" if w.pooled_told else "None",
        "year": "year",
        "day": "day",
        "deltas": "moved",
        "layers": _tuple(shares),
        "trace": "()",
        "allowances": _tuple(allowances),
        "prepaid": "case.prepaid",
        "remote": "case.remote",
        "channel": "case.channel",
    }
    w.put(f"return new(Benefit, ({', '.join(told[field] for field in Benefit._fields)}))")


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)},)" if names else "()"


def _pay_stated(w: Writing, layer: LayerPlan) -> None:
    paid = w.let("paid", f"case.stated.get({w.constant(layer.pay.stated)}, 0)")
    look = w.let("seen", seen(w, layer.covers))
    book(w, layer, Sums(look, cost=paid, deductible=NOUGHT, excess=paid, paid=paid), {}, within=False)


def _pay_from_account(w: Writing, layer: LayerPlan) -> None:
    drawn = f" - {w.payers[PERSONAL_ACCOUNT]}" if PERSONAL_ACCOUNT in w.payers else ""
    balance = w.let("balance", f"case.account_balance{drawn} if case.use_account else 0")
    if layer.covers.gap is not None:
        with w.under(f"if {balance}:"):
            w.put(f"figure_of({w.constant(layer.covers.gap)})")
    look = w.let("seen", seen(w, layer.covers))
    wanted = w.let("wanted", f"{look} if {look} < {balance} else {balance}")
    paid = under_ceilings(w, layer.payment_ceilings, wanted, "paid")
    cut = f"{wanted} - {paid}" if layer.payment_ceilings else NOUGHT
    book(w, layer, Sums(look, look, NOUGHT, look, paid, cut), {}, within=True)


def _allow(w: Writing, layer: LayerPlan, plan: AllowancePlan) -> str:
    exact = w.let("paid", f"allowance_of(case, {w.constant(plan)}).paid")
    paid = under_ceilings(w, layer.payment_ceilings, rounded(w, layer, exact), "paid")
    book_marks(w, layer, {"paid": paid})
    told = f"{w.constant(layer.name)}, {w.constant(layer.payer)}, {w.constant(plan.paid_to)}, {paid}"
    return w.let("allowed", f"AllowancePaid({told})")
