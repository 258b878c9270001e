"""The tables of ``docs/sample-nation.md``, written from the data so that the document cannot drift from it.

A table stands between ``<!-- table: name -->`` and ``<!-- end -->``; ``yijie sample document FILE`` rewrites them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from yijie.kernel.codes import ItemClass
from yijie.kernel.errors import YijieError
from yijie.kernel.money import percent, yuan
from yijie.kernel.region import name_of

from . import institutions as places
from .cast import CAST
from .catalogue import items
from .pools import CARE_REGIONS, POOLS
from .shelf import CHANGE_DAY, SHELF, TRANSITION_END, Grade, ShelfItem
from .terms import terms

BLOCK = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

CLASSES = {ItemClass.A: "甲", ItemClass.B: "乙", ItemClass.C: "丙"}

PLACES = (
    "BEIJING_TERTIARY",
    "BEIJING_SECONDARY",
    "BEIJING_COMMUNITY",
    "BEIJING_PHARMACY",
    "CHENGDU_TERTIARY",
    "CHENGDU_SECONDARY",
    "CHENGDU_COMMUNITY",
    "CHENGDU_PHARMACY",
    "SHANGHAI_TERTIARY",
    "SHANGHAI_PHARMACY",
    "HANGZHOU_TERTIARY",
    "HANGZHOU_PHARMACY",
    "WUHAN_TERTIARY",
    "WUHAN_PHARMACY",
    "GUANGZHOU_TERTIARY",
    "GUANGZHOU_PHARMACY",
    "SHENZHEN_TERTIARY",
    "SHENZHEN_PHARMACY",
    "NOT_OPEN_FOR_REMOTE",
    "SUSPENDED",
    "AGREEMENT_ENDED",
    "AGREEMENT_NOT_BEGUN",
)
"""Constants of :mod:`.institutions` that the document lists."""


class TableUnknown(YijieError):
    """A document asks for a table that does not exist."""

    code = "sample.table_unknown"
    zh = "文档中的表 {name} 不存在，可用的表：{known}"
    en = "the document asks for table {name}, which does not exist; there are {known}"


def filled(document: str) -> str:
    """The document with each of its tables written anew."""

    def table(block: re.Match[str]) -> str:
        name = block.group(2)
        if name not in TABLES:
            raise TableUnknown(name=name, known=", ".join(TABLES))
        return f"{block.group(1)}{TABLES[name]()}{block.group(3)}"

    return BLOCK.sub(table, document)


def _pools() -> str:
    rows = [
        (
            pool.code,
            name_of(pool.code),
            f"{pool.weight} %",
            pool.care_region,
            " / ".join(pool.employee_tiers) or "–",
            " / ".join(pool.resident_tiers) or "–",
        )
        for pool in POOLS
    ]
    return _markdown(("pool", "name", "share of people", "catalogue", "tiers 310", "tiers 390"), rows)


def _cast() -> str:
    rows = []
    for member in CAST:
        relation = member.relation
        insured = f"{relation.insurance.value} / {relation.category}" if relation else "–"
        account = "–" if member.account is None else yuan(member.account)
        rows.append(
            (member.name, name_of(member.pool), insured, member.number, member.certificate, account, member.story)
        )
    return _markdown(("name", "pool", "险种 / 人员类别", "人员编号", "证件号码", "account, yuan", "story"), rows)


def _institutions() -> str:
    by_code = {row.code: row for row in places.institutions()}
    chosen = [(constant, by_code[getattr(places, constant)]) for constant in PLACES]
    rows = [(f"`{constant}`", f"`{row.code}`", row.name, row.level, row.grade) for constant, row in chosen]
    return _markdown(("constant", "code", "name", "待遇级别", "医院等级"), rows)


def _shelf() -> str:
    rows = [(item.name, f"`{item.code}`", item.price, item.story) for item in SHELF]
    return _markdown(("item", "national code", "price, yuan", "what may be counted on"), rows)


def _shelf_terms() -> str:
    rows = [(item.name, *(_in_region(item, region) for region in CARE_REGIONS)) for item in SHELF]
    return _markdown(("item", *(name_of(region) for region in CARE_REGIONS)), rows)


def _in_region(item: ShelfItem, region: str) -> str:
    now = _covered(item.local.get(region, item.grade))
    if item.before:
        return f"{now} ({_covered(item.before)} before {CHANGE_DAY})"
    return f"{now} until {TRANSITION_END}" if item.leaves else now


def _covered(grade: Grade | None) -> str:
    """A grade in a table cell: class, share (employees/residents), ceilings at primary/secondary/tertiary level."""
    if grade is None:
        return "not covered"
    text = CLASSES[grade.item_class]
    if grade.item_class is ItemClass.B:
        shares = dict.fromkeys(percent(Fraction(share)) for share in (grade.share, grade.share_resident))
        text += f" {'/'.join(shares)}"
    if grade.ceilings[2] is not None:
        text += f", ≤ {'/'.join(dict.fromkeys(str(ceiling) for ceiling in grade.ceilings))}"
    return text


def _counts() -> str:
    kinds = Counter((item.row.list_type, item.row.sample) for item in items())
    labels = {"101": "drugs", "102": "herbal pieces", "201": "service items", "301": "consumables"}
    rows: list[tuple[str, ...]] = [
        (label, f"{kinds[code, False]:,}", f"{kinds[code, True]:,}") for code, label in labels.items()
    ]
    rows.append(("all items", f"{len(items()) - _samples():,}", f"{_samples():,}"))
    per_region = Counter(term.region for term in terms())
    listed = ", ".join(f"{name_of(region)} {per_region[region]:,}" for region in CARE_REGIONS)
    table = _markdown(("kind", "code and name published", "marked sample"), rows)
    return f"{table}\nTerms, all versions: {listed}. Institutions: {len(places.institutions())}.\n"


def _samples() -> int:
    return sum(item.row.sample for item in items())


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "pools": _pools,
    "cast": _cast,
    "institutions": _institutions,
    "shelf": _shelf,
    "shelf-terms": _shelf_terms,
    "counts": _counts,
}
