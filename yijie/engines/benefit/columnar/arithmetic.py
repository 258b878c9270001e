"""The twin of :mod:`yijie.engines.benefit.arithmetic` over int64 columns, line by line; nothing here is a float.

A figure is a column, or one whole number that holds for all rows. A product that could leave int64 is reckoned with
Python's integers instead: slower, and as exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

import numpy as np

from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.columnar.claims import Column

Figure: TypeAlias = Column | int

SAFE = 2**61
"""Products below this can be doubled and added to without leaving int64."""


def top(figure: Figure) -> int:
    """The largest of a column of whole numbers from zero up."""
    return figure if isinstance(figure, int) else int(figure.max(initial=0))


def least(one: Figure, other: Figure) -> Figure:
    """The smaller, row by row."""
    return cast("Figure", np.minimum(one, other))


def most(one: Figure, other: Figure) -> Figure:
    """The larger, row by row."""
    return cast("Figure", np.maximum(one, other))


def share(terms: Sequence[tuple[Figure, Figure]], denominator: Figure) -> Figure:
    """The sum of products over a denominator, rounded half up once; products from zero up."""
    if sum(top(one) * top(other) for one, other in terms) + top(denominator) < SAFE:
        total: Figure = 0
        for one, other in terms:
            total = total + one * other
        return _half_up(total, denominator)
    exact = sum(np.asarray(one, dtype=object) * np.asarray(other, dtype=object) for one, other in terms)
    return cast("Column", np.asarray(_half_up(exact, denominator), dtype=np.int64))


def _half_up(numerator: Figure, denominator: Figure) -> Figure:
    if isinstance(denominator, int):
        if denominator == 1:
            return numerator
        if denominator % 2 == 0:
            return (numerator + denominator // 2) // denominator
    return (2 * numerator + denominator) // (2 * denominator)


def room(limit: Figure, used: Figure) -> Figure:
    """What a ceiling still allows."""
    if isinstance(used, int) and used == 0:
        return limit
    return most(limit - used, 0)


def for_units(amount: Figure, units: Figure) -> Figure:
    """A sum for every unit of service, units in hundredths."""
    return share([(amount, units)], HUNDREDTHS)


def cost_in_bands(low: Figure, high: Figure, bounds: Sequence[Figure]) -> list[Figure]:
    """How much of the stretch from ``low`` to ``high`` lies in each band; ``bounds`` are the inner borders, rising."""
    costs: list[Figure] = []
    for bound in bounds:
        costs.append(most(least(high, bound) - low, 0))
        low = most(low, bound)
    costs.append(most(high - low, 0))
    return costs


def cost_in_phases(cost: Figure, start: Figure, units: Figure, bounds: Sequence[Figure]) -> list[Figure]:
    """A cost spread evenly over ``units`` that begin at ``start``; without units none of it counts."""
    divisor = most(units, 1)
    costs: list[Figure] = []
    upto: Figure = 0
    before: Figure = 0
    for part in cost_in_bands(start, start + units, bounds):
        upto = upto + part
        reached = share([(cost, upto)], divisor)
        costs.append(reached - before)
        before = reached
    return costs


def in_grains(amount: Figure, grain: Figure, direction: str) -> Figure:
    """A payment in whole grains of fen: half up, down or up."""
    shift: dict[str, Figure] = {"half_up": grain // 2, "down": 0, "up": grain - 1}
    return (amount + shift[direction]) // grain * grain


def deductibles_in_stay(days: Figure, again_every: Figure) -> Figure:
    """How many deductibles one stay owes where a new one falls due after every ``again_every`` days."""
    return most((days + again_every - 1) // again_every, 1)


def cost_beyond(costs: Sequence[Figure], numerators: Sequence[Figure], denominator: Figure, cut: Column) -> Column:
    """The cost, from the top of the highest band down, whose payment is the ``cut`` that a ceiling took off."""
    beyond = np.zeros_like(cut)
    for cost, numerator in zip(reversed(costs), reversed(numerators), strict=True):
        paid = share([(cost, numerator)], denominator)
        part = share([(most(cut, 0), denominator)], most(numerator, 1))
        beyond += np.where(cut <= 0, 0, np.where(paid <= cut, cost, part))
        cut = np.where(cut <= 0, cut, cut - paid)
    return beyond
