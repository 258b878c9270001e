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
    if low:
        keys = keys - low
    seen = np.zeros(span, dtype=np.bool_)
    seen[keys] = True
    found = np.flatnonzero(seen)
    if found.size == span:
        return found + low, keys
    number = np.zeros(span, dtype=np.int64)
    number[found] = np.arange(found.size)
    return found + low, number[keys]


def example_rows(numbers: Column, count: int) -> Column:
    """By number some row that has it; numbers run from zero to ``count`` without holes."""
    example = np.full(count, -1, dtype=np.int64)
    for begin in range(0, numbers.size, LOOK_ROWS):
        part = numbers[begin : begin + LOOK_ROWS]
        example[part] = np.arange(begin, begin + part.size)
        if example.min(initial=0) >= 0:
            break
    return example


LOOK_ROWS = 1 << 14
"""Rows looked at before asking whether every number has been found."""


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
