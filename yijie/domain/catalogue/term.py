"""On which terms a care region covers items on their service dates, read for many lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yijie.domain.transaction import fetch
from yijie.kernel.codes import Insurance, ItemClass
from yijie.kernel.region import province_of


@dataclass(frozen=True, slots=True)
class ItemTerm:
    """An item with the term in force: an item without a term in the region is class C, not covered."""

    item: str
    name: str
    list_type: str
    charge_category: str
    basic_drug: bool
    negotiated: bool
    paediatric: bool
    specification: str
    dosage_form: str
    item_class: str
    first_self_pay: Decimal
    first_self_pay_resident: Decimal
    ceiling_1: Decimal | None
    ceiling_2: Decimal | None
    ceiling_3: Decimal | None
    restricted: bool
    restriction: str

    def share(self, insurance: str) -> Decimal:
        """The first self-pay share (先行自付比例) for persons of an insurance; 1 for what is not covered."""
        if self.item_class == ItemClass.C:
            return Decimal(1)
        return self.first_self_pay_resident if insurance == Insurance.RESIDENT else self.first_self_pay

    def ceiling(self, level: str) -> Decimal | None:
        """Unit price ceiling in yuan at an institution of a level (community counts as primary), None for none."""
        return {"3": self.ceiling_3, "2": self.ceiling_2}.get(level, self.ceiling_1)


SELECT = """
SELECT k.day, i.code, i.name, i.list_type, i.charge_category, i.basic_drug, i.negotiated, i.paediatric, i.specification,
       i.dosage_form, coalesce(t.item_class, '03'), coalesce(t.first_self_pay, 1),
       coalesce(t.first_self_pay_resident, 1), t.ceiling_1, t.ceiling_2, t.ceiling_3,
       coalesce(t.restricted, false), coalesce(t.restriction, '')
FROM unnest(%(items)s::text[], %(days)s::date[]) AS k (item, day)
JOIN catalogue_item i ON i.code = k.item
LEFT JOIN LATERAL (
    SELECT * FROM catalogue_term t
    WHERE t.region = %(region)s AND t.item_id = k.item AND t.since <= k.day AND coalesce(t.until >= k.day, true)
    ORDER BY t.since DESC LIMIT 1
) t ON true
"""


def terms(region: str, wanted: Iterable[tuple[str, date]]) -> dict[tuple[str, date], ItemTerm]:
    """Terms of a care region by (item, service date), in one statement; unknown items are absent."""
    pairs = sorted(set(wanted))
    items, days = [item for item, _ in pairs], [day for _, day in pairs]
    rows = fetch(SELECT, {"region": province_of(region), "items": items, "days": days})
    return {(row[1], row[0]): ItemTerm(*row[1:]) for row in rows}
