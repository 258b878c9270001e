"""Items, and the terms of a care region, page by page, for institutions that keep a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yijie.domain.transaction import fetch
from yijie.kernel.dates import today
from yijie.kernel.region import province_of


@dataclass(frozen=True, slots=True)
class TermAsked:
    """Which terms are asked for; empty fields do not narrow."""

    region: str
    item: str = ""
    name: str = ""
    list_type: str = ""
    charge_category: str = ""
    item_class: str = ""
    restricted: bool | None = None
    on: date | None = None
    since: date | None = None
    valid: bool | None = None


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term of a region with its item."""

    id: int
    region: str
    item: str
    name: str
    list_type: str
    charge_category: str
    since: date
    until: date | None
    item_class: str
    first_self_pay: Decimal
    first_self_pay_resident: Decimal
    ceiling_1: Decimal | None
    ceiling_2: Decimal | None
    ceiling_3: Decimal | None
    restricted: bool
    restriction: str

    @property
    def valid(self) -> bool:
        """Whether the term holds today or will."""
        return self.until is None or self.until >= today()


SELECT = """
SELECT t.id, t.region, i.code, i.name, i.list_type, i.charge_category, t.since, t.until, t.item_class,
       t.first_self_pay, t.first_self_pay_resident, t.ceiling_1, t.ceiling_2, t.ceiling_3, t.restricted, t.restriction
FROM catalogue_term t JOIN catalogue_item i ON i.code = t.item_id
WHERE t.region = %(region)s AND (%(item)s = '' OR t.item_id = %(item)s)
  AND (%(name)s = '' OR strpos(i.name, %(name)s) > 0)
  AND (%(list_type)s = '' OR i.list_type = %(list_type)s)
  AND (%(charge_category)s = '' OR i.charge_category = %(charge_category)s)
  AND (%(item_class)s = '' OR t.item_class = %(item_class)s)
  AND (%(restricted)s::boolean IS NULL OR t.restricted = %(restricted)s::boolean)
  AND (%(on)s::date IS NULL OR %(on)s::date >= t.since AND coalesce(%(on)s::date <= t.until, true))
  AND (%(since)s::date IS NULL OR t.since >= %(since)s::date)
  AND (%(valid)s::boolean IS NULL OR coalesce(t.until >= %(today)s, true) = %(valid)s::boolean)
  AND (NOT %(ceilings)s OR coalesce(t.ceiling_1, t.ceiling_2, t.ceiling_3) IS NOT NULL)
ORDER BY t.id LIMIT %(limit)s OFFSET %(offset)s
"""


def term_rows(asked: TermAsked, *, limit: int, offset: int, with_ceiling: bool = False) -> list[TermPage]:
    """One page of a region's terms in the order they were made."""
    named = {name: getattr(asked, name) for name in TermAsked.__slots__}
    rows = fetch(
        SELECT,
        named
        | {
            "region": province_of(asked.region),
            "today": today(),
            "ceilings": with_ceiling,
            "limit": limit,
            "offset": offset,
        },
    )
    return [TermPage(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ItemAsked:
    """Which items of a list are asked for; empty fields do not narrow."""

    list_type: str
    item: str = ""
    name: str = ""
    since: date | None = None
    """Published on this day or later."""
    valid: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A national item with the release that it came or was changed in."""

    code: str
    name: str
    specification: str
    dosage_form: str
    unit: str
    valid: bool
    release: int
    published: datetime


ITEMS_SELECT = """
SELECT i.code, i.name, i.specification, i.dosage_form, i.unit, i.valid, i.release,
       r.published_at AT TIME ZONE 'Asia/Shanghai'
FROM catalogue_item i JOIN catalogue_release r ON r.id = i.release
WHERE i.list_type = %(list_type)s AND (%(item)s = '' OR i.code = %(item)s)
  AND (%(name)s = '' OR strpos(i.name, %(name)s) > 0)
  AND (%(since)s::date IS NULL OR (r.published_at AT TIME ZONE 'Asia/Shanghai')::date >= %(since)s::date)
  AND (%(valid)s::boolean IS NULL OR i.valid = %(valid)s::boolean)
ORDER BY i.code LIMIT %(limit)s OFFSET %(offset)s
"""


def item_rows(asked: ItemAsked, *, limit: int, offset: int) -> list[ItemPage]:
    """One page of a list's items by code."""
    named = {name: getattr(asked, name) for name in ItemAsked.__slots__}
    return [ItemPage(*row) for row in fetch(ITEMS_SELECT, named | {"limit": limit, "offset": offset})]
