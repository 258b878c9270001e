"""Whose catalogue counts: the care region's in direct settlement, the home region's where its policy says so."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from yijie.engines.benefit.case import Case
from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.values import Leaf
from yijie.kernel.codes import Relation


def as_graded(policy: Policy, case: Case) -> Case:
    """The case with its bill as the catalogue and the first-self-pay share grade it that its channel asks for.

    Only a case of remote care that knows both regions' terms has a choice; any other comes graded and stays as it is.
    Raises :class:`RuleNotDeclared` where the pool does not say whose catalogue counts, :class:`ParameterUnknown` where
    it declares that it does not know.
    """
    if not case.regraded or case.remote.relation is Relation.LOCAL:
        return case
    day, _ = policy.charged_to(case.service_from, case.service_to)
    grading = policy.catalogue_of(case.channel, day), policy.first_self_pay_of(case.channel, day)
    return replace(case, amounts=case.regraded[grading])


def whose(entry: Entry) -> str | None:
    """``care_region`` or ``home_region``, as a convention of a pool says; None for a declared gap."""
    return cast("tuple[str, ...]", entry.value.figure)[0] if isinstance(entry.value, Leaf) else None
