"""On which terms the six care regions cover the sample catalogue.

The shelf's terms are stated there. For everything else a draw decides, weighted so that the whole looks like a
province's catalogue: most drugs class B, most services class A, a few items that a region does not know, shares and
ceilings that differ from region to region, and some items whose terms changed on 2025-01-01.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from yijie.domain.catalogue import TermRow
from yijie.kernel.codes import ItemClass

from .catalogue import items
from .item import SampleItem
from .pools import CARE_REGIONS
from .shelf import B_20, BY_CODE, CHANGE_DAY, TRANSITION_END, C, Grade, ShelfItem
from .source import lot, percent_of

FIRST_DAY = date(2023, 1, 1)
DAY_BEFORE_CHANGE = CHANGE_DAY - timedelta(days=1)

CLASS_WEIGHTS = {"101": (32, 60), "102": (90, 5), "201": (68, 24), "301": (10, 80)}
"""Per list type how many of a hundred items are class A and class B; the rest are class C."""

ALWAYS_A = frozenset({"01", "02", "07", "12"})
"""Charge categories that are covered whole: beds (up to their ceiling), consultations, nursing, general treatment."""

NEVER_COVERED = (
    "整形",
    "美容",
    "体检",
    "健康咨询",
    "人工授精",
    "预防保健",
    "延长术",
    "处女膜",
    "取暖",
    "空调",
    "种植体",
)
"""Words in a service's name that make it class C everywhere: not treatment of a disease."""

SHARES = (5, 10, 15, 20, 30)
"""First self-pay shares of class B in per cent."""

CEILINGS_PER_CENT = {"101": 12, "102": 0, "201": 45, "301": 70}
LEVEL_PER_CENT = (80, 90, 100)
"""Ceilings of primary and secondary institutions as a share of the tertiary one; drugs have one ceiling for all."""

ABSENT_PER_CENT = 3
LOCAL_CLASS_PER_CENT = 6
CHANGED, LEFT, ENTERED = 5, 6, 8
"""Of a hundred items those below the first number rose a class on the change day, those below the second left, those
below the third entered."""


def terms() -> Iterator[TermRow]:
    """All terms, by item, region and first day."""
    for item in items():
        for region in CARE_REGIONS:
            fixed = BY_CODE.get(item.row.code)
            yield from _fixed(item, region, fixed) if fixed else _drawn(item, region)


def _fixed(item: SampleItem, region: str, fixed: ShelfItem) -> Iterator[TermRow]:
    grade = fixed.local.get(region, fixed.grade)
    if grade is None:
        return
    if fixed.before:
        yield _term(item, region, fixed.before, FIRST_DAY, DAY_BEFORE_CHANGE)
        yield _term(item, region, grade, CHANGE_DAY)
    else:
        yield _term(item, region, grade, FIRST_DAY, TRANSITION_END if fixed.leaves else None)


def _drawn(item: SampleItem, region: str) -> Iterator[TermRow]:
    code = item.row.code
    if lot(100, "absent", code, region) < ABSENT_PER_CENT:
        return
    grade = _grade(item, region)
    history = lot(100, "history", code)
    if history < CHANGED and grade.item_class is not ItemClass.C:
        yield _term(item, region, B_20 if grade.item_class is ItemClass.A else C, FIRST_DAY, DAY_BEFORE_CHANGE)
        yield _term(item, region, grade, CHANGE_DAY)
    elif CHANGED <= history < LEFT:
        yield _term(item, region, grade, FIRST_DAY, TRANSITION_END)
    else:
        yield _term(item, region, grade, CHANGE_DAY if LEFT <= history < ENTERED else FIRST_DAY)


def _grade(item: SampleItem, region: str) -> Grade:
    """The grade now in force: class and tendency from the item, the rest from item and region."""
    code = item.row.code
    item_class = _class(item, region)
    if item_class is ItemClass.C:
        return C
    ceilings = _ceilings(item, region)
    if item_class is ItemClass.A:
        return Grade(ItemClass.A, ceilings=ceilings)
    tendency = lot(len(SHARES), "share", code)
    shift = (0, 0, 0, 1, -1)[lot(5, "shift", code, region)]
    share = SHARES[min(max(tendency + shift, 0), len(SHARES) - 1)]
    share_resident = share + 5 * (lot(3, "resident", code, region) == 0)
    return Grade(ItemClass.B, Decimal(share) / 100, Decimal(share_resident) / 100, ceilings)


def _class(item: SampleItem, region: str) -> ItemClass:
    """Drugs have one class in the whole nation; a region may put a few services and materials elsewhere."""
    row = item.row
    if item.item_class:
        return item.item_class
    if row.list_type == "201" and any(word in row.name for word in NEVER_COVERED):
        return ItemClass.C
    if row.charge_category in ALWAYS_A:
        return ItemClass.A
    local = row.list_type in ("201", "301") and lot(100, "local", row.code, region) < LOCAL_CLASS_PER_CENT
    drawn = lot(100, "class", row.code, *([region] if local else []))
    in_a, in_b = CLASS_WEIGHTS[row.list_type]
    return ItemClass.A if drawn < in_a else ItemClass.B if drawn < in_a + in_b else ItemClass.C


def _ceilings(item: SampleItem, region: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Ceilings per unit at primary, secondary and tertiary institutions: from 95 to 130 per cent of the price."""
    row = item.row
    wanted = 100 if row.charge_category == "01" else CEILINGS_PER_CENT[row.list_type]
    if lot(100, "ceiling", row.code) >= wanted:
        return None, None, None
    tertiary = percent_of(item.price, 95 + lot(36, "ceiling", row.code, region))
    levels = (100, 100, 100) if row.list_type == "101" else LEVEL_PER_CENT
    primary, secondary, highest = (percent_of(tertiary, per_cent) for per_cent in levels)
    return primary, secondary, highest


def _term(item: SampleItem, region: str, grade: Grade, since: date, until: date | None = None) -> TermRow:
    return TermRow(
        region=region,
        item_id=item.row.code,
        since=since,
        until=until,
        item_class=grade.item_class.value,
        first_self_pay=grade.share,
        first_self_pay_resident=grade.share_resident,
        ceiling_1=grade.ceilings[0],
        ceiling_2=grade.ceilings[1],
        ceiling_3=grade.ceilings[2],
        restricted=bool(item.limit),
        restriction=item.limit,
    )
