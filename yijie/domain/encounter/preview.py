"""What a line would be graded to if it were charged today; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yijie.domain.catalogue import ItemTerm, terms
from yijie.engines.benefit import Graded
from yijie.kernel.dates import today
from yijie.kernel.money import Fen, line_amount

from .lines import parts_of
from .record import Record


@dataclass(frozen=True, slots=True)
class Preview:
    """A line that is not charged yet: its term, its amount in fen, its parts."""

    term: ItemTerm
    amount: Fen
    share: Decimal
    ceiling: Decimal | None
    parts: Graded


def preview(encounter: Record, item: str, price: Decimal, quantity: Decimal, approval: str) -> Preview | None:
    """Grade ``quantity`` of an item at ``price`` yuan; None where the catalogue does not know the item."""
    term = terms(encounter.region, [(item, today())]).get((item, today()))
    if term is None:
        return None
    amount = line_amount(price, quantity)
    parts = parts_of(encounter, term, amount, quantity, approval)
    return Preview(term, amount, term.share(encounter.insurance), term.ceiling(encounter.level), parts)
