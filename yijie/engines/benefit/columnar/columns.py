"""Small things done to whole columns: distinct values, days as months and ages."""

from __future__ import annotations

import numpy as np

from yijie.engines.benefit.columnar.claims import Column


def distinct(keys: Column) -> tuple[Column, Column]:
    """The distinct values, rising, and for every row the number of its value among them."""
    if keys.size == 0:
        return keys, keys
    low = int(keys.min())
    span = int(keys.max()) - low + 1
    if span > 4 * keys.size + 256:
        values, numbers = np.unique(keys, return_inverse=True)
        return values, numbers.reshape(-1)
    seen = np.zeros(span, dtype=np.bool_)
    seen[keys - low] = True
    found = np.flatnonzero(seen)
    number = np.zeros(span, dtype=np.int64)
    number[found] = np.arange(found.size)
    return found + low, number[keys - low]


def joined(keys: Column, codes: Column, width: int) -> tuple[Column, int]:
    """Two columns as one, with the number of values it can have; ``codes`` lie below ``width``."""
    both = keys * width + codes
    values, numbers = distinct(both)
    return numbers, len(values)


def months(days: Column) -> Column:
    """Months since January 1970 of days since 1970-01-01."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


YEAR = 12 * 32
"""How much :func:`_month_and_day` rises from one day to the same day of the next year."""


def ages(born: Column, days: Column) -> Column:
    """Completed years on a day; a birthday on 29 February falls on 1 March otherwise."""
    completed: Column = (_month_and_day(days) - _month_and_day(born)) // YEAR
    return completed


def _month_and_day(days: Column) -> Column:
    """Days as numbers that rise by 384 from one day to the same day of the next year."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    inside = (days.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    number: Column = month.astype(np.int64) * 32 + inside
    return number
