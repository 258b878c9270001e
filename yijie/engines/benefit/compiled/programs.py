"""From a policy to its programs: one for every kind of case it keeps apart, written at first use and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias, cast

from yijie.engines.benefit.accumulators import COUNT_NAMES, counted, period_suffix
from yijie.engines.benefit.arithmetic import (
    HUNDREDTHS,
    cost_beyond,
    cost_in_bands,
    cost_in_phases,
    deductibles_in_stay,
    for_units,
    in_grains,
    room,
    weighted,
)
from yijie.engines.benefit.case import AT_HOME, Amounts, Case, check_case
from yijie.engines.benefit.catalogue import as_graded
from yijie.engines.benefit.compiled.chain import write
from yijie.engines.benefit.compiled.kinds import Kind, kind_by
from yijie.engines.benefit.compiled.writing import Marked, Writing
from yijie.engines.benefit.paying import within_phases
from yijie.engines.benefit.policy import CHARGED_MAX, Policy
from yijie.engines.benefit.profile import check_buckets
from yijie.engines.benefit.refusals import PayersExceedBill
from yijie.engines.benefit.resolve import make_plan
from yijie.engines.benefit.result import AllowancePaid, Benefit, LayerShare
from yijie.engines.benefit.run import allowance_of, units_stated
from yijie.engines.benefit.values import figure_of
from yijie.kernel.errors import invariant
from yijie.kernel.money import yuan

PROGRAMS_MAX = 500
"""Programs kept per policy; when reached all are forgotten."""
TEXTS_MAX = 1000
"""Texts kept in one process; when reached all are forgotten. Plans of one form share a text."""

Program: TypeAlias = Callable[[Case, Amounts, date, int], Benefit]
Maker: TypeAlias = Callable[..., Program]


def refuse_beyond(total: int, paid: int) -> None:
    """Payers would pay more than the bill."""
    raise PayersExceedBill(paid=yuan(paid), total=yuan(total))


def nobody_below_nothing(least: int, case: str) -> None:
    """The promise that holds for every answer."""
    invariant(least >= 0, "benefit.nobody_pays_less_than_nothing", case=case)


WORDS = {
    "AT_HOME": AT_HOME,
    "AllowancePaid": AllowancePaid,
    "Benefit": Benefit,
    "COUNT_NAMES": COUNT_NAMES,
    "HUNDREDTHS": HUNDREDTHS,
    "LayerShare": LayerShare,
    "allowance_of": allowance_of,
    "cost_beyond": cost_beyond,
    "cost_in_bands": cost_in_bands,
    "cost_in_phases": cost_in_phases,
    "counted": counted,
    "deductibles_in_stay": deductibles_in_stay,
    "figure_of": figure_of,
    "for_units": for_units,
    "in_grains": in_grains,
    "new": tuple.__new__,
    "nobody_below_nothing": nobody_below_nothing,
    "period_suffix": period_suffix,
    "refuse_beyond": refuse_beyond,
    "room": room,
    "units_stated": units_stated,
    "weighted": weighted,
    "within_phases": within_phases,
}
"""All that a program may call."""
_makers: dict[str, Maker] = {}


class Programs:
    """The programs of one policy made so far."""

    __slots__ = ("_charged", "_kind", "_known", "policy")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._kind = kind_by(policy)
        self._known: dict[Kind, Program] = {}
        self._charged: dict[tuple[date, date], tuple[date, int, int]] = {}

    def settle(self, case: Case) -> Benefit:
        """Who pays what of one case; the refusals of :func:`yijie.engines.benefit.evaluate`, in the same order."""
        if case.regraded:
            case = as_graded(self.policy, case)
        amounts, begin, end = case.amounts, case.service_from, case.service_to
        eligible, first = amounts.eligible, amounts.first_self_pay
        over, out = amounts.over_ceiling, amounts.not_covered
        if (
            eligible + first + over + out != amounts.total
            or (eligible | first | over | out | case.account_balance | case.deductible_paid | case.prepaid) < 0
            or end < begin
            or amounts.buckets
            or case.stated
            or case.units
        ):
            check_case(case)
        day, year, segment = self._charged.get((begin, end)) or self._charge(begin, end)
        kind = self._kind(case, segment)
        program = self._known.get(kind) or self._make(kind, case, day)
        return program(case, amounts, day, year)

    def _charge(self, begin: date, end: date) -> tuple[date, int, int]:
        day, year = self.policy.charged_to(begin, end)
        if len(self._charged) >= CHARGED_MAX:
            self._charged.clear()
        self._charged[begin, end] = day, year, self.policy.segment(day)
        return self._charged[begin, end]

    def _make(self, kind: Kind, case: Case, day: date) -> Program:
        plan = make_plan(self.policy, case, day)
        check_buckets(self.policy, case)
        marked: Marked = tuple((name, bucket.part) for name, bucket in case.amounts.buckets.items())
        writing = write(plan, tuple(self.policy.funds.items()), marked)
        if len(self._known) >= PROGRAMS_MAX:
            self._known.clear()
        self._known[kind] = program = _maker(writing)(*writing.constants)
        return program


def _maker(writing: Writing) -> Maker:
    """What makes programs of one text. The text holds no word of the policy: see the package's first lines."""
    text = writing.text
    maker = _makers.get(text)
    if maker is None:
        if len(_makers) >= TEXTS_MAX:
            _makers.clear()
        names = dict(WORDS)
        exec(compile(text, "<plan>", "exec"), names)  # noqa: S102  our own text; figures and names are its arguments
        _makers[text] = maker = cast("Maker", names["make"])
    return maker
