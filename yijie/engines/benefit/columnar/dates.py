"""On which day's rules and in which year claims count: :meth:`Policy.charged_to` over columns of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yijie.engines.benefit.columnar.claims import Column, Flags, day_of, number_of
from yijie.engines.benefit.columnar.columns import distinct
from yijie.engines.benefit.policy import STAY_RULES, Policy
from yijie.engines.benefit.refusals import NotYetInForce, StayCrossesYears, YearRuleMissing

NO_YEAR = -(10**6)
"""The year of days of which the pool's conventions say nothing yet."""
DISCHARGE, ADMISSION, SPLIT = range(len(STAY_RULES))
NO_RULE = len(STAY_RULES)


@dataclass(frozen=True, slots=True)
class Charged:
    """The day that counts, its year, the stretch of days within which nothing changes; and what is refused why."""

    day: Column
    year: Column
    segment: Column
    refused: tuple[tuple[str, Flags], ...]


def charged(policy: Policy, service_from: Column, service_to: Column) -> Charged:
    """Like :meth:`Policy.charged_to`, but refusals are flags by code."""
    days, numbers = distinct(np.concatenate([service_from, service_to]))
    known = [_conventions(policy, day) for day in days]
    years = np.array([year for year, _ in known], dtype=np.int64)
    rules = np.array([rule for _, rule in known], dtype=np.int64)
    size = len(service_from)
    begins, ends, rule = years[numbers[:size]], years[numbers[size:]], rules[numbers[size:]]
    admitted = rule == ADMISSION
    day = np.where(admitted, service_from, service_to)
    crossing = begins != ends
    silent = (begins == NO_YEAR) | (ends == NO_YEAR) | (rule == NO_YEAR)
    refused = (
        (NotYetInForce.code, silent),
        (YearRuleMissing.code, crossing & (rule == NO_RULE)),
        (StayCrossesYears.code, crossing & (rule == SPLIT)),
    )
    yearless = refused[0][1] | refused[1][1] | refused[2][1]
    changes = np.array([number_of(change) for change in policy.change_days], dtype=np.int64)
    return Charged(
        day=day,
        year=np.where(yearless, NO_YEAR, np.where(admitted, begins, ends)),
        segment=np.searchsorted(changes, day, side="right").astype(np.int64),
        refused=refused,
    )


def _conventions(policy: Policy, number: np.int64) -> tuple[int, int]:
    """The accumulator year of a day and the number of the rule for stays across the year's end on it."""
    day = day_of(number)
    try:
        year = policy.year_of(day)
    except NotYetInForce:
        return NO_YEAR, NO_RULE
    try:
        rule = policy.stay_rule(day)
    except NotYetInForce:
        return year, NO_YEAR
    return year, NO_RULE if rule is None else STAY_RULES.index(rule)
