"""Many plans side by side: what they have in common is a form, what differs in figures is a row of a matrix.

Two profiles whose layer takes the same steps in the same forms differ in numbers only, so that one pass over the
columns serves both. Ratios of a form are brought to one denominator where that is small; rounding is the same on any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import lcm
from typing import TypeAlias

import numpy as np

from yijie.engines.benefit.columnar.arithmetic import Figure
from yijie.engines.benefit.columnar.claims import Column
from yijie.engines.benefit.plan import (
    AllowancePlan,
    CeilingPlan,
    CoverPlan,
    DeductiblePlan,
    FirstAmountPlan,
    FirstPlan,
    FirstSharePlan,
    LayerPlan,
    LimitPlan,
    PayPlan,
    PhasePlan,
    UnitPlan,
)

DENOMINATOR_MAX = 10**7
"""Ratios are brought to a common denominator up to this one."""

Named: TypeAlias = Iterator[tuple[str, int]]


@dataclass(slots=True)
class Form:
    """What the plans of a layer have in common, ``like`` one of them, with the figures of each by name."""

    like: LayerPlan
    names: tuple[str, ...]
    plans: list[tuple[int, ...]] = field(default_factory=list)
    matrix: dict[str, Column] = field(default_factory=dict)
    """The figures by name, one for every plan."""

    def add(self, plan: LayerPlan) -> int:
        """Keep a plan's figures; the number of its row."""
        self.plans.append(tuple(figure for _, figure in figures_of(plan)))
        self.matrix = {}
        return len(self.plans) - 1

    def columns(self) -> dict[str, Column]:
        """The figures by name; ratios brought to an even denominator, one for all where it stays small."""
        if not self.matrix:
            table = zip(*self.plans, strict=True)
            exact = {name: list(column) for name, column in zip(self.names, table, strict=True)}
            for name in [name for name in exact if name.endswith(".of")]:
                _to_one_denominator(exact, name)
            self.matrix = {name: np.array(column, dtype=np.int64) for name, column in exact.items()}
        return self.matrix


def _to_one_denominator(exact: dict[str, list[int]], name: str) -> None:
    group = name.removesuffix("of")
    common = lcm(2, *exact[name])
    times = [common // of if common <= DENOMINATOR_MAX else 2 for of in exact[name]]
    for other in [other for other in exact if other.startswith(group)]:
        exact[other] = [figure * by for figure, by in zip(exact[other], times, strict=True)]


class Figures:
    """The figures of one form as they hold row by row; one whole number where all plans of the form agree."""

    def __init__(self, form: Form, plans: Column, which: Column) -> None:
        """``plans`` are rows of the form's matrix, ``which`` says for every claim which of them it has."""
        self.form = form
        self._plans = plans
        self._which = which

    def __getitem__(self, name: str) -> Figure:
        column = self.form.columns()[name][self._plans]
        first = int(column[0])
        return first if bool((column == first).all()) else column[self._which]


def form_of(plan: LayerPlan) -> LayerPlan:
    """A layer's plan without its figures: equal for plans that one pass over the columns can serve."""
    return replace(
        plan,
        covers=_blank_covers(plan.covers),
        pay=_blank_pay(plan.pay),
        excluded=None,
        firsts=tuple(_blank_first(first) for first in plan.firsts),
        cost_limits=tuple(_blank_limit(limit) for limit in plan.cost_limits),
        deductible=plan.deductible and _blank_deductible(plan.deductible),
        excess_ceilings=tuple(replace(ceiling, limit=0, uses=()) for ceiling in plan.excess_ceilings),
        guarantee=plan.guarantee and replace(plan.guarantee, numerator=0, denominator=1, uses=()),
        rounding=plan.rounding and replace(plan.rounding, grain=1, uses=()),
        payment_ceilings=tuple(replace(ceiling, limit=0, uses=()) for ceiling in plan.payment_ceilings),
    )


def _blank_covers(covers: CoverPlan) -> CoverPlan:
    partly = covers.partly and replace(covers.partly, numerator=0, denominator=1)
    return replace(covers, uses=(), partly=partly)


def _blank_deductible(rule: DeductiblePlan) -> DeductiblePlan:
    return replace(rule, due=0, again_every=int(rule.again_every > 0), uses=())


def _blank_pay(pay: PayPlan) -> PayPlan:
    return replace(
        pay,
        bounds=(0,) * len(pay.bounds),
        ratios=(),
        numerators=(0,) * len(pay.numerators),
        denominator=1,
        uses=(),
        adjustments=(),
        phases=pay.phases and _blank_phases(pay.phases),
        rate=pay.rate and _blank_unit(pay.rate),
        allowance=pay.allowance and _blank_allowance(pay.allowance),
    )


def _blank_phases(phases: PhasePlan) -> PhasePlan:
    limits = tuple(None if limit is None else 0 for limit in phases.limits)
    return replace(phases, bounds=(0,) * len(phases.bounds), limits=limits)


def _blank_unit(unit: UnitPlan) -> UnitPlan:
    return replace(unit, amount=0, most=None if unit.most is None else 0, uses=())


def _blank_limit(limit: LimitPlan) -> LimitPlan:
    return _blank_unit(limit) if isinstance(limit, UnitPlan) else replace(limit, limit=0, uses=())


def _blank_first(first: FirstPlan) -> FirstPlan:
    if isinstance(first, FirstSharePlan):
        return replace(first, kept=0, denominator=1, uses=())
    return replace(first, amount=0, uses=())


def _blank_allowance(plan: AllowancePlan) -> AllowancePlan:
    return replace(
        plan,
        base=None if plan.base is None else 0,
        least=0,
        most=None if plan.most is None else 0,
        share=plan.share * 0,
        days=None if plan.days is None else 0,
        more=tuple((0, unit) for _, unit in plan.more),
        divided_by=1,
        uses=(),
    )


def figures_of(plan: LayerPlan) -> Named:
    """Every figure of a plan with its name; those of a ratio share the beginning of their names."""
    if plan.covers.partly is not None:
        yield "partly.share", plan.covers.partly.numerator
        yield "partly.of", plan.covers.partly.denominator
    for number, first in enumerate(plan.firsts):
        yield from _first_figures(f"first{number}", first)
    for number, limit in enumerate(plan.cost_limits):
        yield from _limit_figures(f"cost_limit{number}", limit)
    if plan.deductible is not None:
        yield "deductible.due", plan.deductible.due
        yield "deductible.again_every", plan.deductible.again_every
    for number, ceiling in enumerate(plan.excess_ceilings):
        yield from _limit_figures(f"excess{number}", ceiling)
    yield from _pay_figures(plan.pay)
    if plan.guarantee is not None:
        yield "guarantee.share", plan.guarantee.numerator
        yield "guarantee.of", plan.guarantee.denominator
    if plan.rounding is not None:
        yield "rounding.grain", plan.rounding.grain
    for number, ceiling in enumerate(plan.payment_ceilings):
        yield from _limit_figures(f"payment{number}", ceiling)


def _first_figures(name: str, first: FirstPlan) -> Named:
    if isinstance(first, FirstAmountPlan):
        yield f"{name}.amount", first.amount
    else:
        yield f"{name}.kept", first.kept
        yield f"{name}.of", first.denominator


def _limit_figures(name: str, limit: LimitPlan) -> Named:
    if isinstance(limit, CeilingPlan):
        yield f"{name}.limit", limit.limit
    else:
        yield f"{name}.amount", limit.amount
        yield f"{name}.most", limit.most or 0


def _pay_figures(pay: PayPlan) -> Named:
    for number, bound in enumerate(pay.bounds):
        yield f"bound{number}", bound
    for number, numerator in enumerate(pay.numerators):
        yield f"pay.share{number}", numerator
    yield "pay.of", pay.denominator
    if pay.phases is not None:
        for number, limit in enumerate(pay.phases.limits):
            yield f"phase{number}.limit", limit or 0
    if pay.rate is not None:
        yield from _limit_figures("rate", pay.rate)
    if pay.allowance is not None:
        yield from _allowance_figures(pay.allowance)


def _allowance_figures(plan: AllowancePlan) -> Named:
    yield "allowance.base", plan.base or 0
    yield "allowance.least", plan.least
    yield "allowance.most", plan.most or 0
    yield "allowance_share.share", plan.share.numerator
    yield "allowance_share.of", plan.share.denominator * plan.divided_by
    yield "allowance.days", plan.days or 0
    for number, (days, _) in enumerate(plan.more):
        yield f"more{number}.days", days


def names_of(plan: LayerPlan) -> tuple[str, ...]:
    """The names of a plan's figures."""
    return tuple(name for name, _ in figures_of(plan))
