"""What the sample nation knows about an item: its catalogue row, a price, and whom it is limited to."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from yijie.domain.catalogue import ItemRow
from yijie.kernel.codes import ItemClass


class SampleItem(NamedTuple):
    """An item with a sample price in yuan per unit (four decimals) and the published limit, if there is one."""

    row: ItemRow
    price: Decimal
    limit: str = ""
    item_class: ItemClass | None = None
    """The class stated in the data file; None where a draw decides."""
