"""A hospital's own list as hospitals keep it: national items under its own codes and spellings, to be mapped."""

from __future__ import annotations

from yijie.domain import catalogue, institution
from yijie.domain.catalogue import OwnRow

from .catalogue import items
from .institutions import BEIJING_TERTIARY

NUMBER = 60
SPELLINGS = (
    lambda name: name,
    lambda name: f"{name}（甲）",
    lambda name: f"★{name}",
    lambda name: name.replace("注射液", "针").replace("胶囊", "胶丸"),
)


def ensure_own_items() -> None:
    """Put the sample hospital's list in place; safe to repeat."""
    chosen = [item for item in items() if item.row.name][:: max(1, len(items()) // NUMBER)][:NUMBER]
    rows = [
        OwnRow(
            own_code=f"BJ{number:05d}",
            own_name=SPELLINGS[number % len(SPELLINGS)](item.row.name)[:200],
            list_type=item.row.list_type,
            specification=item.row.specification,
            maker=item.row.maker if number % 3 else "",
            unit=item.row.unit,
            price=item.price,
        )
        for number, item in enumerate(chosen, 1)
    ]
    catalogue.keep_own_items(rows, institution.standing(BEIJING_TERTIARY))
