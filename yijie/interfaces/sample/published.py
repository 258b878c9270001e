"""Items whose codes and names the national administration has published; what it did not publish is marked 样例.

Specification and maker of a drug are made up and say so; dosage form, unit and categories follow from name and code.
"""

from __future__ import annotations

import re

from yijie.domain.catalogue import ItemRow

from .item import SampleItem
from .source import lot, price_between, rows

DRUGS, SERVICES = "101", "201"
"""目录类别"""

WESTERN, CHINESE = "09", "11"
"""收费项目类别 of drugs: 西药费, 中成药费"""

FORMS = (
    ("注射用浓溶液", "注射剂", "支", "2ml:20mg", "12", "260"),
    ("注射液", "注射剂", "支", "5ml|10ml|20ml|100ml", "3", "260"),
    ("注射溶液", "注射剂", "支", "0.05ml", "2600", "4800"),
    ("软胶囊", "软胶囊", "盒", "12粒|24粒|36粒", "12", "88"),
    ("胶囊", "胶囊剂", "盒", "12粒|24粒|36粒", "8", "68"),
    ("颗粒", "颗粒剂", "盒", "6袋|9袋|12袋", "9", "58"),
    ("咀嚼片", "咀嚼片", "盒", "12片|24片", "9", "48"),
    ("泡腾片", "泡腾片", "盒", "7片|10片", "12", "48"),
    ("片", "片剂", "盒", "12片|24片|36片", "6", "68"),
    ("丸", "丸剂", "盒", "6丸|10丸|60g", "8", "58"),
    ("口服液", "口服液", "盒", "6支|10支", "12", "68"),
    ("口服溶液", "口服溶液剂", "瓶", "60ml|100ml", "12", "68"),
    ("合剂", "合剂", "瓶", "100ml|150ml", "12", "58"),
    ("糖浆", "糖浆剂", "瓶", "100ml|120ml", "8", "42"),
    ("栓", "栓剂", "盒", "5枚|7枚", "12", "68"),
    ("凝胶", "凝胶剂", "支", "10g|20g", "16", "86"),
    ("膏", "膏剂", "支", "10g|20g|30g", "8", "68"),
    ("散", "散剂", "盒", "6袋|10袋", "6", "46"),
)
"""Ending of a name → dosage form, unit, sample pack sizes, lowest and highest sample price in yuan; longest first."""

TRAILING_NOTE = re.compile(r"\([^()]*\)$")
OTHER_FORM = ("", "其他剂型", "盒", "1盒", "9", "96")

SERVICE_KINDS = (
    ("001102", "02", "次", "10", "60"),
    ("001109", "01", "日", "20", "120"),
    ("001107", "14", "日", "4", "12"),
    ("001108", "14", "日", "4", "12"),
    ("001201", "07", "日", "8", "60"),
    ("0013", "14", "次", "10", "60"),
    ("0021", "03", "次", "20", "360"),
    ("0022", "03", "次", "40", "260"),
    ("0023", "03", "次", "120", "680"),
    ("0024", "05", "次", "160", "1600"),
    ("0025", "04", "项", "4", "160"),
    ("0027", "03", "次", "60", "320"),
    ("003301", "06", "次", "30", "260"),
    ("0032", "06", "次", "900", "5200"),
    ("0033", "06", "次", "260", "4600"),
    ("0034", "05", "次", "20", "90"),
    ("00", "05", "次", "12", "260"),
)
"""Beginning of a service code → charge category, unit, lowest and highest sample price in yuan; first match counts."""


def published() -> list[SampleItem]:
    """All published drugs and services, each with a sample price."""
    drugs = [_drug(row["code"], row["name"], row["limit"]) for row in rows("drugs.csv")]
    services = [_service(row["code"], row["name"], row["limit"]) for row in rows("services.csv")]
    return drugs + services


def _drug(code: str, name: str, limit: str) -> SampleItem:
    plain = TRAILING_NOTE.sub("", name)
    _, form, unit, packs, low, high = next((form for form in FORMS if plain.endswith(form[0])), OTHER_FORM)
    if name.startswith(("注射用", "冻干", "人用")):
        form, unit, packs, low, high = "注射剂", "瓶", "1瓶", "8", "320"
    sizes = packs.split("|")
    row = ItemRow(
        code=code,
        name=name,
        list_type=DRUGS,
        charge_category=CHINESE if code.startswith("Z") else WESTERN,
        specification=f"{sizes[lot(len(sizes), 'pack', code)]}（样例规格）",
        dosage_form=form,
        maker=f"样例药厂{code[-5:]}",
        unit=unit,
        basic_drug=False,
        negotiated=False,
        paediatric="儿童" in limit,
        sample=False,
    )
    return SampleItem(row, price_between(low, high, code), limit)


def _service(code: str, name: str, limit: str) -> SampleItem:
    _, category, unit, low, high = next(kind for kind in SERVICE_KINDS if code.startswith(kind[0]))
    row = ItemRow(code, name, SERVICES, category, "", "", "", unit, False, False, False, sample=False)
    return SampleItem(row, price_between(low, high, code, step="1"), limit)
