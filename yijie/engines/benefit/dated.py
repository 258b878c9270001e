"""Parameters as history: from which day a value holds, until when, and where it was published.

The form follows OpenFisca's parameter trees: nothing is overwritten, so any day can be recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yijie.engines.benefit.document import Place
from yijie.engines.benefit.refusals import NotYetInForce
from yijie.engines.benefit.values import Value


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was published, and how far it can be trusted.

    A: government, hospital or newspaper text; B: a legal, insurance or city-guide site; C: a placeholder at best.
    """

    name: str
    title: str
    url: str
    trust: str


NOT_FOUND = Source("not_found", "未查明 not found", "none", "C")
"""Stands where a declared gap names no source."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value and its time: ``since`` to ``until``, both included; ``until`` None while nothing follows."""

    since: date
    until: date | None
    value: Value | None
    """None where the entry says that the rule does not exist in this time."""
    source: Source
    note: str
    place: Place


@dataclass(frozen=True, slots=True)
class Dated:
    """The history of one parameter, oldest entry first, without holes before its end."""

    name: str
    entries: tuple[Entry, ...]
    place: Place

    @property
    def since(self) -> date:
        """The first day for which anything is said."""
        return self.entries[0].since

    def on(self, day: date) -> Entry | None:
        """The entry in force on a day; None when the rule has ended or is said not to exist.

        Raises :class:`NotYetInForce` for days before the first entry: silence is not a rule.
        """
        if day < self.since:
            raise NotYetInForce(**self.place.facts, since=self.since, day=day)
        entry = next(entry for entry in reversed(self.entries) if entry.since <= day)
        ended = entry.until is not None and entry.until < day
        return None if ended or entry.value is None else entry

    def change_days(self) -> set[date]:
        """The days on which the answer of :meth:`on` may change."""
        begins = {entry.since for entry in self.entries}
        ends = {entry.until + timedelta(days=1) for entry in self.entries if entry.until is not None}
        return begins | ends
