"""On which day's rules and in which year claims count: :meth:`Policy.charged_to` over columns of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from yijie.engines.benefit.columnar.claims import Column, Flags, day_of, number_of
from yijie.engines.benefit.columnar.columns import distinct
from yijie.engines.benefit.policy import STAY_RULES, Policy
from yijie.engines.benefit.refusals import NotYetInForce, StayCrossesYears, YearRuleMissing

NO_YEAR = -(10**6)
"""The year of days of which the pool's conventions say nothing yet."""
DISCHARGE, ADMISSION, SPLIT = range(len(STAY_RULES))
NO_RULE = len(STAY_RULES)
ONE_YEAR = 366
"""Days beyond which claims cannot lie in one year."""


@dataclass(frozen=True, slots=True)
class Charged:
    """The day that counts, its year, the stretch of days within which nothing changes; and what is refused why."""

    day: Column
    year: Column
    segment: Column
    refused: tuple[tuple[str, Flags], ...]


class Calendar:
    """What a policy's conventions say of days, remembered: tables of claims ask for the same few again and again."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.changes = np.array([number_of(change) for change in policy.change_days], dtype=np.int64)
        self._known: dict[int, tuple[int, int]] = {}

    def charged(self, service_from: Column, service_to: Column) -> Charged:
        """Like :meth:`Policy.charged_to`, but refusals are flags by code."""
        size = len(service_from)
        if size and self._one_stretch(first := int(service_from.min()), last := int(service_to.max())):
            year, segment = self._conventions(last)[0], int(self._segments(np.array([first]))[0])
            return Charged(service_to, np.broadcast_to(year, size), np.broadcast_to(segment, size), ())
        days, numbers = distinct(np.concatenate([service_from, service_to]))
        known = [self._conventions(day) for day in days.tolist()]
        years = np.array([year for year, _ in known], dtype=np.int64)
        rules = np.array([rule for _, rule in known], dtype=np.int64)
        begins, ends, rule = years[numbers[:size]], years[numbers[size:]], rules[numbers[size:]]
        admitted = rule == ADMISSION
        crossing = begins != ends
        silent = (begins == NO_YEAR) | (ends == NO_YEAR) | (rule == NO_YEAR)
        unsaid, split = crossing & (rule == NO_RULE), crossing & (rule == SPLIT)
        day = np.where(admitted, service_from, service_to)
        return Charged(
            day=day,
            year=np.where(silent | unsaid | split, NO_YEAR, np.where(admitted, begins, ends)),
            segment=self._segments(day),
            refused=(
                (NotYetInForce.code, silent),
                (YearRuleMissing.code, unsaid),
                (StayCrossesYears.code, split),
            ),
        )

    def _one_stretch(self, first: int, last: int) -> bool:
        """Whether no parameter changes from one day to another, both lie in one year, and stays are not in question.

        Then all claims between them are charged alike, on the day they end.
        """
        if not 0 <= last - first < ONE_YEAR or len(set(self._segments(np.array([first, last])).tolist())) > 1:
            return False
        known = {self._conventions(day) for day in range(first, last + 1)}
        year, rule = known.pop()
        return not known and year != NO_YEAR and rule in (NO_RULE, DISCHARGE)

    def _segments(self, days: Column) -> Column:
        return np.searchsorted(self.changes, days, side="right").astype(np.int64)

    def _conventions(self, number: int) -> tuple[int, int]:
        """The accumulator year of a day and the number of the rule for stays across the year's end on it."""
        if number not in self._known:
            self._known[number] = self._asked(day_of(number))
        return self._known[number]

    def _asked(self, day: date) -> tuple[int, int]:
        try:
            year = self.policy.year_of(day)
        except NotYetInForce:
            return NO_YEAR, NO_RULE
        try:
            rule = self.policy.stay_rule(day)
        except NotYetInForce:
            return year, NO_YEAR
        return year, NO_RULE if rule is None else STAY_RULES.index(rule)
