"""Items that complete the published ones: common drugs, herbal pieces, services and materials, all marked sample.

Their codes have the national form with parts that no real code has: for drugs a digit where the letter of the name
stands and maker 99999, for pieces ``T99``, for services ``0099``, for materials ``C99``. The number is the line in the
data file, so lines are only ever added at its end.
"""

from __future__ import annotations

from decimal import Decimal

from yijie.domain.catalogue import ItemRow
from yijie.kernel.codes import ItemClass

from .item import SampleItem
from .source import lot, price_between, rows

FORM_CODES = {
    "片剂": "A001",
    "分散片": "A006",
    "肠溶片": "A012",
    "咀嚼片": "A005",
    "缓释控释剂": "A010",
    "注射用无菌粉末": "B001",
    "注射液": "B002",
    "胶囊剂": "E001",
    "软胶囊": "E002",
    "肠溶胶囊": "E005",
    "软膏剂": "F001",
    "乳膏剂": "F002",
    "滴眼剂": "G001",
    "口服溶液剂": "X003",
    "干混悬剂": "X006",
    "颗粒剂": "N001",
    "散剂": "P001",
    "吸入剂": "L001",
    "外用溶液剂": "S001",
}
"""Dosage form → the form part of a national drug code; where no published code shows it, a sample."""

SAMPLE_MAKERS = 6
PIECES, MATERIALS = "102", "301"
DRUGS, SERVICES = "101", "201"
"""目录类别"""


def completed() -> list[SampleItem]:
    """All generated items."""
    return [*_drugs(), *_pieces(), *_services(), *_materials()]


def _drugs() -> list[SampleItem]:
    return [
        _drug(number, row, which, specification)
        for number, row in enumerate(rows("sample_drugs.csv"), 1)
        for which, specification in enumerate(row["specifications"].split("|"), 1)
    ]


def _drug(number: int, row: dict[str, str], which: int, specification: str) -> SampleItem:
    code = f"X{row['atc']}{number:04d}{FORM_CODES[row['form']]}{which:02d}0199999"
    flags = row["flags"]
    item = ItemRow(
        code=code,
        name=row["name"],
        list_type=DRUGS,
        charge_category="09",
        specification=specification,
        dosage_form=row["form"],
        maker=_maker("药厂", code),
        unit=row["unit"],
        basic_drug="basic" in flags,
        negotiated="negotiated" in flags,
        paediatric="paediatric" in flags,
        sample=True,
    )
    return SampleItem(item, price_between(row["low"], row["high"], code), item_class=ItemClass(row["class"]))


def _pieces() -> list[SampleItem]:
    return [
        SampleItem(
            ItemRow(
                f"T99{number:07d}", row["name"], PIECES, "10", "", "饮片", "", "克", False, False, False, sample=True
            ),
            price_between(row["low"], row["high"], row["name"], step="0.0002"),
            item_class=ItemClass(row["class"]),
        )
        for number, row in enumerate(rows("sample_pieces.csv"), 1)
    ]


def _services() -> list[SampleItem]:
    items = []
    for number, row in enumerate(rows("sample_services.csv"), 1):
        variants = row["variants"].split("|")
        for which, variant in enumerate(variants, 1):
            code = f"0099{row['category']}{number:05d}{which:02d}00"
            name = f"{row['name']}({variant})"
            item = ItemRow(
                code, name, SERVICES, row["category"], "", "", "", row["unit"], False, False, False, sample=True
            )
            items.append(SampleItem(item, _rising(row, which, len(variants), code, "1")))
    return items


def _materials() -> list[SampleItem]:
    items = []
    for number, row in enumerate(rows("sample_materials.csv"), 1):
        specifications = row["specifications"].split("|")
        for which, size in enumerate(specifications, 1):
            code = f"C99{number:03d}{which:09d}99999"
            maker = _maker("器械厂", code)
            item = ItemRow(
                code, row["name"], MATERIALS, "08", size, "", maker, row["unit"], False, False, False, sample=True
            )
            items.append(SampleItem(item, _rising(row, which, len(specifications), code, "0.1")))
    return items


def _rising(row: dict[str, str], which: int, of: int, code: str, step: str) -> Decimal:
    """A price in the part of the line's range that belongs to the variant: later variants cost more."""
    low, high = Decimal(row["low"]), Decimal(row["high"])
    width = (high - low) / of
    unit = Decimal(step)
    bottom = (low + width * (which - 1)) // unit * unit
    return price_between(bottom or low, bottom + width, code, step=step)


def _maker(kind: str, code: str) -> str:
    return f"样例{kind}{'甲乙丙丁戊己'[lot(SAMPLE_MAKERS, 'maker', code)]}"
