"""Where the nation's variety comes from: its data files, and draws that come out the same everywhere.

Two kinds of draw: a seeded :class:`random.Random` for people, and :func:`lot` for reference data, which depends on
nothing but its own words, so that adding one item never changes another.
"""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from hashlib import blake2b
from importlib.resources import files

PLACES = Decimal("0.0001")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a data file of this package; its first line names its source and is no row."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def lot(below: int, *words: str) -> int:
    """A number from 0 up to ``below`` that depends on the words only."""
    return int.from_bytes(blake2b("|".join(words).encode(), digest_size=8).digest()) % below


def price_between(low: str | Decimal, high: str | Decimal, *words: str, step: str = "0.01") -> Decimal:
    """A price in yuan from ``low`` to ``high`` in steps, which depends on the words only; four decimals."""
    lowest, unit = Decimal(low), Decimal(step)
    steps = int((Decimal(high) - lowest) / unit) + 1
    return (lowest + lot(steps, "price", *words) * unit).quantize(PLACES)


def percent_of(price: Decimal, percent: int) -> Decimal:
    """A percentage of a price, rounded half up to the fen, with four decimals."""
    return (price * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP).quantize(PLACES)
