"""Bulk import of national items and of the terms on which care regions cover them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from yijie.domain.bulk import allow_time, copy_rows, raw_cursor, refusing
from yijie.kernel.errors import YijieError

from .release import new_release


class TermsOverlap(YijieError):
    """Imported terms would cover an item twice on one day; nothing of the import was kept."""

    code = "catalogue.terms_overlap"
    zh = "目录项目 {item} 在 {region} 自 {since} 起的支付条件与前一版本日期重叠，已整体撤回；请先给前一版本填写失效日期"
    en = "the term of item {item} in {region} from {since} overlaps the one before; end the earlier one first"


class ItemRow(NamedTuple):
    """An entry of the national catalogues; the fields are those of the model ``Item``."""

    code: str
    name: str
    list_type: str
    charge_category: str
    specification: str
    dosage_form: str
    maker: str
    unit: str
    basic_drug: bool
    negotiated: bool
    paediatric: bool
    sample: bool
    valid: bool = True
    """False ends it: hospitals are told; a region's terms end by their own dates."""


class TermRow(NamedTuple):
    """A care region's term for an item from a day on: shares 0–1, ceilings in yuan per unit by hospital level."""

    region: str
    item_id: str
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


OVERLAPS = """
SELECT region, item_id, since FROM (
    SELECT region, item_id, since,
           lag(coalesce(until, 'infinity')) OVER (PARTITION BY region, item_id ORDER BY since) AS before
    FROM catalogue_term
) term WHERE before >= since ORDER BY item_id, region LIMIT 1
"""


def load_items(rows: Iterable[ItemRow]) -> int:
    """Add national items as a new release; a code that is taken refuses them all. Returns how many were added."""
    with raw_cursor() as cursor:
        allow_time(cursor)
        release = new_release("导入")
        return copy_rows("catalogue_item", (*ItemRow._fields, "release"), ((*row, release) for row in rows))


_FIELDS = ", ".join(ItemRow._fields)
_EXCLUDED = ", ".join(f"excluded.{field}" for field in ItemRow._fields)
_PRESENT = ", ".join(f"catalogue_item.{field}" for field in ItemRow._fields)
PUBLISH = f"""
INSERT INTO catalogue_item ({_FIELDS}, release) SELECT {_FIELDS}, %s FROM given
ON CONFLICT (code) DO UPDATE SET ({_FIELDS}, release) = ROW({_EXCLUDED}, excluded.release)
WHERE ({_PRESENT}) IS DISTINCT FROM ({_EXCLUDED})
"""


def publish_items(rows: Iterable[ItemRow]) -> int:
    """Put national items in place as a new release; unchanged ones keep theirs. Returns how many changed."""
    with refusing("catalogue_item"), raw_cursor() as cursor:
        allow_time(cursor)
        release = new_release("项目更新")
        cursor.execute("CREATE TEMP TABLE given (LIKE catalogue_item INCLUDING DEFAULTS) ON COMMIT DROP")
        copy_rows("given", ItemRow._fields, rows)
        cursor.execute(PUBLISH, [release])
        changed = cursor.rowcount
        cursor.execute("DROP TABLE given")
        return changed


def load_terms(rows: Iterable[TermRow]) -> int:
    """Add terms; refused whole where two would hold on one day. Returns how many were added."""
    with raw_cursor() as cursor:
        count = copy_rows("catalogue_term", TermRow._fields, rows)
        cursor.execute(OVERLAPS)
        overlap = cursor.fetchone()
        if overlap:
            region, item, since = overlap
            raise TermsOverlap(region=region, item=item, since=since)
    return count


PUT_TERMS = """
INSERT INTO catalogue_term ({fields}) SELECT {fields} FROM given
ON CONFLICT (region, item_id, since) DO UPDATE SET ({fields}) = ROW({excluded})
""".format(fields=", ".join(TermRow._fields), excluded=", ".join(f"excluded.{field}" for field in TermRow._fields))


def put_terms(rows: Iterable[TermRow]) -> int:
    """Add terms, or put new facts in place of those of the same region, item and day; none may overlap another."""
    with refusing("catalogue_term"), raw_cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE given (LIKE catalogue_term) ON COMMIT DROP")
        cursor.execute("ALTER TABLE given DROP COLUMN id")
        count = copy_rows("given", TermRow._fields, rows)
        cursor.execute(PUT_TERMS)
        cursor.execute("DROP TABLE given")
        cursor.execute(OVERLAPS)
        overlap = cursor.fetchone()
        if overlap:
            region, item, since = overlap
            raise TermsOverlap(region=region, item=item, since=since)
    return count


def count_real_items(known: Collection[str]) -> int:
    """How many items are in the catalogue that are neither sample data nor among the ``known`` codes."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalogue_item WHERE NOT sample AND code <> ALL(%s)", [list(known)])
        return int((cursor.fetchone() or (0,))[0])


def replace_sample_items(known: Collection[str], rows: Iterable[ItemRow]) -> int:
    """Put sample items, and the items with ``known`` codes, in place of those that are there; returns how many stand.

    All their terms go, so that they can be loaded anew; an item that stays as it is keeps its release. For catalogues
    that served as a sample only; a real catalogue never removes a term, it ends it.
    """
    standing = list(rows)
    chosen = "SELECT code FROM catalogue_item WHERE sample OR code = ANY(%s)"
    with raw_cursor() as cursor:
        cursor.execute(f"DELETE FROM catalogue_term WHERE item_id IN ({chosen})", [list(known)])
        cursor.execute(
            f"DELETE FROM catalogue_item WHERE code IN ({chosen}) AND code <> ALL(%s)",
            [list(known), [row.code for row in standing]],
        )
        publish_items(standing)
    return len(standing)
