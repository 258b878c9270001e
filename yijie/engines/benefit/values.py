"""A parameter's value: one figure, or a table over named dimensions that ends in figures.

A table is looked up with the facts of a case. Words choose the first branch that names them; whole numbers choose
the range they lie in; a person of several special groups takes the first branch, in written order, that names one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from yijie.engines.benefit.document import Place
from yijie.engines.benefit.refusals import FactMissing, NothingSaid, ParameterUnknown
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, share_of

FactValue: TypeAlias = str | int | frozenset[str] | None
Facts: TypeAlias = Mapping[str, FactValue]
"""What is known of a case, by dimension: a word, a whole number, a set of special groups, or None if not known."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of cost: above ``over`` up to ``to`` (None: no upper end), with the share the fund pays."""

    over: Fen
    to: Fen | None
    share: Value


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a stay: units above ``over`` up to ``to`` (hundredths), the share paid, the most cost a unit."""

    over: int
    to: int | None
    share: Value
    most: Value | None


class Derived(int):
    """Fen that are a share of a figure of the pool: 6 % of the average wage. Remembers where it came from."""

    share: Fraction
    base: Fen
    name: Text

    @classmethod
    def of(cls, share: Fraction, base: Fen, name: Text) -> Derived:
        """The share of a figure, rounded half up."""
        derived = cls(share_of(base, share))
        derived.share, derived.base, derived.name = share, base, name
        return derived


Figure: TypeAlias = (
    int | Fraction | Text | tuple[str, ...] | tuple[Band, ...] | tuple[Phase, ...] | tuple[Fraction, ...]
)
"""What a table ends in: fen, a count of days, an exact ratio, a wording, words, bands, or the bands' ratios."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A figure."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure that was not found when the policy was written: refused when a case needs it."""

    note: str
    place: Place


@dataclass(frozen=True, slots=True)
class Absent:
    """A branch where the rule does not exist: no ceiling for this group, no multiple for that situation."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from ``low`` to ``high`` inclusive; ``high`` None is open above."""

    low: int
    high: int | None

    @property
    def text(self) -> str:
        """The range as policies write it: 1, 2-3 or 4+."""
        if self.high is None:
            return f"{self.low}+"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.low <= number and (self.high is None or number <= self.high)


Key: TypeAlias = frozenset[str] | Span


@dataclass(frozen=True, slots=True)
class Table:
    """Branches over one dimension, in written order, and what holds otherwise."""

    dimension: str
    branches: tuple[tuple[Key, Value], ...]
    otherwise: Value | None
    place: Place


Found: TypeAlias = Leaf | Gap | Absent
Value: TypeAlias = Found | Table

Choice: TypeAlias = tuple[str, FactValue]
"""A fact that decided a branch: (dimension, what the case has)."""


def look_up(value: Value, facts: Facts) -> tuple[Figure | None, tuple[Choice, ...]]:
    """The figure for a case, None where the rule does not exist for it, and the facts that chose it.

    Raises :class:`FactMissing` when the case does not say what the table asks, :class:`NothingSaid` when no branch
    fits, :class:`ParameterUnknown` when the branch is a declared gap.
    """
    found, choices = find(value, facts)
    return figure_of(found), choices


def find(value: Value, facts: Facts) -> tuple[Found, tuple[Choice, ...]]:
    """Like :func:`look_up`, but a declared gap is handed back, for figures that may turn out not to matter."""
    chosen: list[Choice] = []
    while isinstance(value, Table):
        fact = fact_for(value.dimension, facts, value.place)
        chosen.append((value.dimension, fact))
        value = _branch(value, fact)
    return value, tuple(chosen)


def figure_of(found: Found) -> Figure | None:
    """The figure found; :class:`ParameterUnknown` for a gap."""
    if isinstance(found, Gap):
        raise ParameterUnknown(**found.place.facts, note=found.note)
    return found.figure if isinstance(found, Leaf) else None


def fact_for(dimension: str, facts: Facts, place: Place) -> FactValue:
    """The case's fact for a dimension; :class:`FactMissing` when the case does not state it."""
    fact = facts.get(dimension)
    if fact is None:
        raise FactMissing(**place.facts, fact=dimension)
    return fact


def dimensions_of(value: Value) -> set[str]:
    """Every dimension a value is looked up by, also inside bands."""
    if isinstance(value, Table):
        inner = [child for _, child in value.branches] + ([value.otherwise] if value.otherwise else [])
        return {value.dimension}.union(*(dimensions_of(child) for child in inner))
    if isinstance(value, Leaf) and isinstance(value.figure, tuple):
        rows = [row for row in value.figure if isinstance(row, Band | Phase)]
        inner = [row.share for row in rows] + [row.most for row in rows if isinstance(row, Phase) and row.most]
        return set().union(*(dimensions_of(child) for child in inner))
    return set()


def meets(key: Key, fact: FactValue) -> bool:
    """Whether a fact is named by a branch or condition."""
    if isinstance(fact, frozenset):
        return isinstance(key, frozenset) and not key.isdisjoint(fact)
    return fact in key


def _branch(table: Table, fact: FactValue) -> Value:
    for key, value in table.branches:
        if meets(key, fact):
            return value
    if table.otherwise is None:
        shown = ", ".join(sorted(fact)) if isinstance(fact, frozenset) else fact
        raise NothingSaid(**table.place.facts, dimension=table.dimension, fact=shown)
    return table.otherwise
