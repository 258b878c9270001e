"""The plans of a policy as claims ask for them, kept for the next table: by profile, in chains of the same forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from yijie.engines.benefit.accumulators import count_name, remote_count_name
from yijie.engines.benefit.asked import Asked, asked_by, counted_by
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.columnar.claims import Claims, Column, Rows, day_of
from yijie.engines.benefit.columnar.columns import distinct, example_rows
from yijie.engines.benefit.columnar.dates import Calendar, Charged
from yijie.engines.benefit.columnar.figures import Figures, Form, form_of, names_of
from yijie.engines.benefit.columnar.fold import CARE, SITUATION, Fold
from yijie.engines.benefit.columnar.profiles import Key, Profiles
from yijie.engines.benefit.plan import LayerPlan, Plan
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.resolve import make_plan
from yijie.kernel.errors import YijieError

REFUSED = 0
"""The chain of profiles that the policy refuses."""
Outcome: TypeAlias = tuple[int, int]
"""A plan: the number of its chain and its row in it; for a refused profile the number of the code."""


@dataclass(slots=True)
class Chain:
    """Plans whose layers have the same forms, one after the other; by plan the row of each layer in its form."""

    forms: tuple[Form, ...]
    plans: list[tuple[int, ...]] = field(default_factory=list)

    def figures(self, plans: Column, which: Column) -> list[tuple[LayerPlan, Figures]]:
        """Every layer with its figures for claims that each have one of some plans of the chain."""
        table = np.array([self.plans[plan] for plan in plans], dtype=np.int64).reshape(len(plans), len(self.forms))
        return [(form.like, Figures(form, table[:, at], which)) for at, form in enumerate(self.forms)]


class Plans:
    """All plans of one policy made so far."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.calendar = Calendar(policy)
        self.asked: Asked = asked_by(policy)
        self.reads = counted_by(policy)
        self.chains: list[Chain] = [Chain(())]
        self.codes: list[str] = [""]
        """The codes of refusals; a claim that is not refused has the first."""
        self._known: dict[Key, Outcome] = {}
        self._forms: dict[LayerPlan, int] = {}
        self._all_forms: list[Form] = []
        self._chains: dict[tuple[int, ...], int] = {}

    def code(self, code: str) -> int:
        """The number of a refusal's code."""
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code)

    def of(self, profiles: Profiles, charged: Charged, fold: Fold, rows: Rows) -> tuple[Column, Column]:
        """For claims about to be settled the outcomes of their profiles: which there are, and which each claim has.

        An outcome is a row of (chain, plan in the chain); of a refused profile (:data:`REFUSED`, code).
        """
        numbers = profiles.numbers[rows]
        ordinals = self._ordinals(fold, rows)
        classes = {name: np.searchsorted(self.asked.cuts[name], column, "right") for name, column in ordinals.items()}
        for name, column in classes.items():
            numbers = numbers * (len(self.asked.cuts[name]) + 1) + column
        values, which = distinct(numbers)
        at = np.arange(fold.claims.size)[rows]
        outcomes = []
        for row in example_rows(which, len(values)):
            key = (*profiles.keys[profiles.numbers[at[row]]], *(int(column[row]) for column in classes.values()))
            if key not in self._known:
                found = {name: int(column[row]) for name, column in ordinals.items()}
                self._known[key] = self._make(fold.claims, charged, int(at[row]), found)
            outcomes.append(self._known[key])
        return np.array(outcomes, dtype=np.int64).reshape(len(values), 2), which

    def _ordinals(self, fold: Fold, rows: Rows) -> dict[str, Column]:
        """The ordinals of claims that the policy asks for."""
        kinds = {"ordinal": CARE, "remote_ordinal": SITUATION}
        return {name: fold.ordinal(kind, rows) for name, kind in kinds.items() if name in self.asked.cuts}

    def _make(self, claims: Claims, charged: Charged, row: int, ordinals: dict[str, int]) -> Outcome:
        case = _standing_at(claims.case(row), ordinals)
        try:
            plan = make_plan(self.policy, case, day_of(charged.day[row]))
        except YijieError as error:
            return REFUSED, self.code(error.code)
        return self._keep(plan)

    def _keep(self, plan: Plan) -> Outcome:
        paying = [layer for layer in plan.layers if layer.excluded is None]
        forms = tuple(self._form(layer) for layer in paying)
        if forms not in self._chains:
            self._chains[forms] = len(self.chains)
            self.chains.append(Chain(tuple(self._all_forms[form] for form in forms)))
        chain = self.chains[self._chains[forms]]
        chain.plans.append(tuple(form.add(layer) for form, layer in zip(chain.forms, paying, strict=True)))
        return self._chains[forms], len(chain.plans) - 1

    def _form(self, layer: LayerPlan) -> int:
        form = form_of(layer)
        if form not in self._forms:
            self._forms[form] = len(self._all_forms)
            self._all_forms.append(Form(form, names_of(layer)))
        return self._forms[form]


def _standing_at(case: Case, ordinals: dict[str, int]) -> Case:
    """The case as the first or a later visit of its year."""
    counts = {
        count_name(case.care): ordinals.get("ordinal", 1) - 1,
        remote_count_name(case.care, case.remote.situation): ordinals.get("remote_ordinal", 1) - 1,
    }
    return replace(case, accumulators=counts, continues=False)
