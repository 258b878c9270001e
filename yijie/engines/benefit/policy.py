"""A pool's policy as loaded: layers of payers in the order in which they pay, and the pool's conventions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, cast

from yijie.engines.benefit.dated import Dated, Entry
from yijie.engines.benefit.document import Place
from yijie.engines.benefit.refusals import RuleNotDeclared, StayCrossesYears, YearRuleMissing
from yijie.engines.benefit.steps import Condition, Step
from yijie.engines.benefit.values import look_up
from yijie.engines.benefit.words import HOSPITAL, PERSONAL_ACCOUNT, Vocabulary, member_of
from yijie.kernel.codes import Fund
from yijie.kernel.language import Text

if TYPE_CHECKING:
    from yijie.engines.benefit.compiled import Programs
    from yijie.engines.benefit.plan import LayerPlan, Plan

STAY_RULES = ("discharge", "admission", "split")
CHARGED_MAX = 50_000
"""Pairs of service dates remembered per policy; when reached all are forgotten."""
CATALOGUES = ("care_region", "home_region")
"""Whose catalogue or first-self-pay share counts."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One payer's rule: for whom, from which payer, in which steps (those of adjusters merged in)."""

    name: str
    title: Text
    payer: str
    condition: Condition
    steps: tuple[Step, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Adjuster:
    """A subject that changes how all layers of one payer pay, such as remote care."""

    name: str
    title: Text
    payer: str
    steps: tuple[Step, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rule a file holds: the pool's, an included folder's, or one that is assumed in place of the pool's."""

    region: str
    name: Text
    assumed: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """A layer's plans by segment and the facts of the dimensions it looks at; none where it does not apply."""

    dimensions: tuple[str, ...]
    plans: dict[tuple[object, ...], tuple[LayerPlan, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """The policy of one pool, for all days it speaks of. Immutable; the plans it has made are kept for reuse."""

    region: str
    name: Text
    layers: tuple[Layer, ...]
    adjusters: tuple[Adjuster, ...]
    vocabulary: Vocabulary
    assumed: Mapping[str, str]
    """The word that holds for a dimension of the pool's own when a case does not state it."""
    conventions: Mapping[str, Dated]
    gaps: tuple[Text, ...]
    fingerprint: str
    """SHA-256 over what the folder says; equal fingerprints decide every case alike."""
    folder: str
    files: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """The text of every file it was read from, by name; reading them again gives this policy."""
    owners: Mapping[str, Owner] = field(default_factory=dict, repr=False, compare=False)
    """Files, as messages show them, that hold rules of somebody else than the pool."""
    plans: dict[tuple[object, ...], Plan] = field(default_factory=dict, repr=False, compare=False)
    """Resolved plans by profile; see :mod:`yijie.engines.benefit.resolve`."""
    resolved: dict[str, Resolved] = field(default_factory=dict, repr=False, compare=False)
    """What plans are made of, by layer."""
    charged: dict[tuple[date, date], tuple[date, int]] = field(default_factory=dict, repr=False, compare=False)
    """Day that counts and year by dates of service."""

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """Every day on which some parameter of some step changes."""
        days: set[date] = set()
        for layer in self.layers:
            for step in layer.steps:
                for parameter in step.parameters.values():
                    days |= parameter.change_days()
        return tuple(sorted(days))

    @cached_property
    def funds(self) -> dict[str, Fund]:
        """The funds that layers of this policy pay from, by word, in the order of the chain."""
        words = dict.fromkeys(layer.payer for layer in self.layers)
        return {word: member_of(Fund, word) for word in words if word not in (PERSONAL_ACCOUNT, HOSPITAL)}

    @cached_property
    def programs(self) -> Programs:
        """What settles cases of this policy when no trace is asked for."""
        from yijie.engines.benefit.compiled import Programs  # noqa: PLC0415  programs are made of policies

        return Programs(self)

    def owner_of(self, place: Place) -> Owner:
        """Whose rule stands at a place."""
        return self.owners.get(place.file) or Owner(self.region, self.name, assumed=False)

    def segment(self, day: date) -> int:
        """Number of the stretch of days within which nothing changes."""
        return bisect_right(self.change_days, day)

    def year_of(self, day: date) -> int:
        """The accumulator year a day belongs to, named after the calendar year in which it begins."""
        begins = self._number("year.begins", day, 101)
        return day.year if day.month * 100 + day.day >= begins else day.year - 1

    def stay_rule(self, day: date) -> str | None:
        """Where a stay across the year's end that ends on a day belongs: one of STAY_RULES, None if not said."""
        return self._word("year.stay_belongs_to", day)

    def day_that_counts(self, service_from: date, service_to: date) -> date:
        """The day whose rules hold and whose year is charged: discharge, or admission where the pool says so.

        Raises :class:`StayCrossesYears` where the pool settles each year apart, :class:`YearRuleMissing` where it
        does not say; both only for stays across the year's end.
        """
        years = self.year_of(service_from), self.year_of(service_to)
        rule = self.stay_rule(service_to)
        if years[0] == years[1]:
            return service_from if rule == "admission" else service_to
        if rule is None:
            raise YearRuleMissing(years=f"{years[0]}/{years[1]}")
        if rule == "split":
            raise StayCrossesYears(years=f"{years[0]}/{years[1]}")
        return service_from if rule == "admission" else service_to

    def charged_to(self, service_from: date, service_to: date) -> tuple[date, int]:
        """The day that counts and its year, remembered: settlements ask for the same few days again and again."""
        dates = service_from, service_to
        known = self.charged.get(dates)
        if known is None:
            if len(self.charged) >= CHARGED_MAX:
                self.charged.clear()
            day = self.day_that_counts(service_from, service_to)
            known = self.charged[dates] = day, self.year_of(day)
        return known

    def years(self, service_from: date, service_to: date) -> tuple[int, ...]:
        """The accumulator years a stay belongs to: one, or every year it touches where the pool splits it."""
        try:
            return (self.year_of(self.day_that_counts(service_from, service_to)),)
        except StayCrossesYears:
            return tuple(range(self.year_of(service_from), self.year_of(service_to) + 1))

    def catalogue_of(self, channel: str, day: date) -> str:
        """Whose catalogue grades the lines on a channel (``direct`` or ``manual``): care_region or home_region."""
        return self._declared(f"catalogue.{channel}", day)

    def first_self_pay_of(self, channel: str, day: date) -> str:
        """Whose first-self-pay share applies on a channel: care_region or home_region."""
        return self._declared(f"first_self_pay.{channel}", day)

    def convention(self, name: str, day: date) -> Entry | None:
        """What ``pool.yaml`` says of ``catalogue.direct`` and the like on a day, with its source; None for nothing."""
        history = self.conventions.get(name)
        return history.on(day) if history is not None and history.since <= day else None

    def _declared(self, name: str, day: date) -> str:
        word = self._word(name, day)
        if word is None:
            raise RuleNotDeclared(name=name, day=day)
        return word

    def _word(self, name: str, day: date) -> str | None:
        """The word a convention holds on a day; None where the pool does not say."""
        entry = self.conventions[name].on(day) if name in self.conventions else None
        return cast("tuple[str, ...]", look_up(entry.value, {})[0])[0] if entry and entry.value else None

    def _number(self, name: str, day: date, default: int) -> int:
        entry = self.conventions[name].on(day) if name in self.conventions else None
        return cast("int", look_up(entry.value, {})[0]) if entry and entry.value else default
