"""The sample catalogue: national items with reference prices."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from .completed import completed
from .item import SampleItem
from .published import published
from .shelf import BY_CODE
from .source import PLACES


@cache
def items() -> tuple[SampleItem, ...]:
    """All items of the sample catalogue, by code; those of the shelf at their fixed prices."""
    return tuple(sorted((_priced(item) for item in [*published(), *completed()]), key=lambda item: item.row.code))


def _priced(item: SampleItem) -> SampleItem:
    fixed = BY_CODE.get(item.row.code)
    return item._replace(price=Decimal(fixed.price).quantize(PLACES)) if fixed else item


@cache
def reference_prices() -> dict[str, Decimal]:
    """Item code → sample price in yuan per unit, four decimals; what test clients charge."""
    return {item.row.code: item.price for item in items()}
