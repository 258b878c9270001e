"""The years of many persons at once: what the visits of a table have moved by the time the next ones are settled.

The first visits of all persons are settled together, then all second visits, and so on: within one round every
person, and so every accumulator, occurs once. Accumulators are arrays over slots: a person's year, or a month, quarter
or day of it, or a kind of care in it. Without folding every claim is a person of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise, product

import numpy as np

from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.case import Remote
from yijie.engines.benefit.columnar.arithmetic import Figure, most
from yijie.engines.benefit.columnar.claims import EPOCH, MISSING, Claims, Column, Flags, Rows, number_of
from yijie.engines.benefit.columnar.columns import distinct, months
from yijie.engines.benefit.columnar.dates import Charged
from yijie.engines.benefit.profile import ORDINAL_MAX
from yijie.engines.benefit.words import DAY
from yijie.kernel.codes import Relation, RemoteSituation

SITUATIONS = tuple(RemoteSituation)
COUNTED = re.compile(rf"count\.(?P<care>\w+?)(?:\.(?P<situation>{'|'.join(SITUATIONS)}))?")
WITHIN = re.compile(r"(?P<name>[^@]+)@(?P<period>\d{4}-(?:Q[1-4]|\d{2}|\d{2}-\d{2}))")
CARE, SITUATION, PERSON = "care", "situation", "person"
"""Slots beside those of the periods. What is kept by person: the account's use, and the stay under way."""
DRAWN = "drawn"


def round_order(persons: Column) -> tuple[Column, Column]:
    """The rows of a table round by round, and where each round ends.

    Persons with more visits come first in every round, so that a round's persons are always the first so many.
    """
    begins = np.flatnonzero(np.concatenate([[True], persons[1:] != persons[:-1]]))
    visits = np.diff(np.append(begins, len(persons)))
    most_visits = int(visits.max())
    by_visits = np.argsort((most_visits - visits).astype(np.min_scalar_type(most_visits)), kind="stable")
    begins, visits = begins[by_visits], visits[by_visits]
    counts = np.searchsorted(-visits, -np.arange(most_visits), side="left")
    order = [begins[:count] + visit for visit, count in enumerate(counts.tolist())]
    return np.concatenate(order), np.cumsum(counts)


class Fold:
    """The accumulators of everybody in a table of claims that stands in rounds, and how claims move them."""

    def __init__(self, claims: Claims, charged: Charged, ends: Column | None) -> None:
        """``ends`` are those of :func:`round_order`; None where every claim stands for itself."""
        self.claims = claims
        self.charged = charged
        self.folded = ends is not None
        self._ends = [claims.size] if ends is None else ends.tolist()
        self._begin = 0
        self.person: Column = np.arange(claims.size)
        for begin, end in pairwise(self._ends):
            self.person[begin:end] -= begin
        self._slots: dict[str, Column] = {}
        self._state: dict[tuple[str, str], Column] = {}
        self._stay_names = dict.fromkeys((DAY, *claims.named.get("stay", ())))
        self._open()

    def rounds(self) -> Iterator[slice]:
        """The rows that are settled together, round by round."""
        for end in self._ends:
            yield slice(self._begin, end)
            self._begin = end

    # -- slots ---------------------------------------------------------------------------------------------------------

    def slot(self, kind: str) -> Column:
        """For every claim the number of its year, of a period in it, or of a kind of care in it."""
        if kind not in self._slots:
            self._slots[kind] = self._new_slots(kind)
        return self._slots[kind]

    def _new_slots(self, kind: str) -> Column:
        if kind == PERSON:
            return self.person
        if kind == "year":
            insurance = self._codes("insurance")
            outer, inner = self.person, self.charged.year * (int(insurance.max(initial=0)) + 1) + insurance
        elif kind == CARE:
            outer, inner = self.slot("year"), self._codes("care")
        elif kind == SITUATION:
            outer, inner = self.slot(CARE), self._situation()
        else:
            outer, inner = self.slot("year"), self._period(kind)
        if outer is self.person and bool((inner == inner[: self._ends[0]][self.person]).all()):
            return self.person
        codes, code = distinct(inner)
        return distinct(outer * len(codes) + code)[1]

    def _at(self, kind: str, rows: Rows) -> Rows:
        """The slots of some rows of a round; those of persons stand side by side."""
        slots = self.slot(kind)
        if slots is self.person and isinstance(rows, slice):
            return slice(rows.start - self._begin, rows.stop - self._begin)
        return slots[rows]

    def _codes(self, name: str) -> Column:
        return self.claims.words(name).codes.astype(np.int64)

    def _period(self, per: str) -> Column:
        """The month, quarter or day in which a service ends, as a number."""
        if per == "day":
            return self.claims.service_to
        return months(self.claims.service_to) // (3 if per == "quarter" else 1)

    def _situation(self) -> Column:
        """The remote situation of every claim, as its number among all."""
        facts = [self.claims.words(name) for name in ("relation", "filing", "emergency")]
        remotes = product(*(words.values for words in facts))
        numbers = [SITUATIONS.index(Remote(*remote).situation) for remote in remotes]
        relation, filing, emergency = (words.codes.astype(np.int64) for words in facts)
        at = (relation * len(facts[1].values) + filing) * len(facts[2].values) + emergency
        situation: Column = np.array(numbers, dtype=np.int64)[at]
        return situation

    # -- what claims find ----------------------------------------------------------------------------------------------

    def used(self, accumulator: str, per: str, rows: Rows) -> Figure:
        """What an accumulator of the year, or of a period in it, holds before the claims."""
        state = self._state.get((accumulator, per))
        return 0 if state is None else state[self._at(per, rows)]

    def in_stay(self, name: str, rows: Rows) -> Figure:
        """What earlier settlements of the same stay have moved."""
        stated = self.claims.stated("stay", name)
        found = self.used(name, PERSON, rows)
        if stated is not None:
            found = found + np.where(stated[rows] == MISSING, 0, stated[rows])
        return found * self.claims.flag("continues", rows) if self.folded else found

    def ordinal(self, kind: str, rows: Rows) -> Column:
        """The ordinal among the year's visits of a kind of care, or among those in the same remote situation."""
        settled = np.asarray(self.used(kind, kind, rows))
        again = self.claims.flag("continues", rows)
        ordinal = np.minimum(np.where(again, np.maximum(settled, 1), settled + 1), ORDINAL_MAX)
        return np.broadcast_to(ordinal, self.claims.total[rows].shape)

    def balance(self, rows: Rows) -> Figure:
        """What the personal account still holds for claims that want to use it."""
        left = self.claims.amount("account_balance", rows) - self.used(DRAWN, PERSON, rows)
        return most(left, 0) * self.claims.flag("use_account", rows)

    # -- what claims leave ---------------------------------------------------------------------------------------------

    def move(self, accumulator: str, per: str, amounts: Figure, rows: Rows) -> None:
        """Add to an accumulator what settled claims have moved."""
        self._array(accumulator, per)[self._at(per, rows)] += amounts

    def count(self, settled: Flags, rows: Rows, *, remote: bool) -> None:
        """One more visit of its kind of care, unless a claim continues a stay already counted."""
        counted = settled & np.logical_not(self.claims.flag("continues", rows))
        self.move(CARE, CARE, counted.astype(np.int64), rows)
        if remote:
            relation = self.claims.words("relation")
            away = np.array([value is not Relation.LOCAL for value in relation.values], dtype=np.bool_)
            self.move(SITUATION, SITUATION, (counted & away[relation.codes[rows]]).astype(np.int64), rows)

    def leave_stay(self, moved: Mapping[str, Figure], settled: Flags, rows: Rows) -> None:
        """Keep what a stay has moved for its next settlement, and how long it was so far.

        A refused claim moves nothing, but where it begins a stay the one before has ended.
        """
        if not self.folded or self.claims.continues is None:
            return
        days = (self.claims.service_to[rows] - self.claims.service_from[rows]) * HUNDREDTHS
        amounts = {**moved, DAY: days}
        self._stay_names |= dict.fromkeys(amounts)
        for name in self._stay_names:
            before = self.used(name, PERSON, rows) * self.claims.continues[rows]
            after = self.in_stay(name, rows) + amounts.get(name, 0)
            self._array(name, PERSON)[self._at(PERSON, rows)] = np.where(settled, after, before)

    def draw(self, amounts: Figure, rows: Rows) -> None:
        """What claims take from the personal account is gone for later ones."""
        self.move(DRAWN, PERSON, amounts, rows)

    def _array(self, accumulator: str, per: str) -> Column:
        key = accumulator, per
        if key not in self._state:
            self._state[key] = np.zeros(int(self.slot(per).max(initial=0)) + 1, dtype=np.int64)
        return self._state[key]

    # -- years that have begun elsewhere -------------------------------------------------------------------------------

    def _open(self) -> None:
        """Enter what the first claim of each person's year states of the year so far."""
        stated = self.claims.named.get("accumulators", {})
        if not stated:
            return
        slots = self.slot("year")
        first = np.zeros(int(slots.max(initial=0)) + 1, dtype=np.int64)
        first[slots[::-1]] = np.arange(self.claims.size)[::-1]
        for name, column in stated.items():
            amounts = np.where(column == MISSING, 0, column)[first[slots]]
            accumulator, per, meant = self._meaning(name)
            self._array(accumulator, per)[self.slot(per)[meant]] = amounts[meant]

    def _meaning(self, name: str) -> tuple[str, str, Rows]:
        """The accumulator and period that a written name means, and the claims that lie in the period."""
        counted = COUNTED.fullmatch(name)
        if counted:
            cares = self.claims.words("care")
            meant = np.array([value == counted["care"] for value in cares.values], dtype=np.bool_)[cares.codes]
            if counted["situation"] is None:
                return CARE, CARE, np.flatnonzero(meant)
            number = SITUATIONS.index(RemoteSituation(counted["situation"]))
            return SITUATION, SITUATION, np.flatnonzero(meant & (self._situation() == number))
        within = WITHIN.fullmatch(name)
        if within is None:
            return name, "year", slice(None)
        per, number = _period_of(within["period"])
        return within["name"], per, np.flatnonzero(self._period(per) == number)


def _period_of(suffix: str) -> tuple[str, int]:
    """A quarter, month or day as written behind an accumulator's name, with its number."""
    year, _, rest = suffix.partition("-")
    before = (int(year) - EPOCH.year) * 12
    if rest.startswith("Q"):
        return "quarter", before // 3 + int(rest[1:]) - 1
    if len(rest) == len("03"):
        return "month", before + int(rest) - 1
    return "day", number_of(date.fromisoformat(suffix))
