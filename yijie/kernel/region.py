"""Regions (医保区划): six digits, province – city – county (GB/T 2260 form), and which of them hold a fund.

A pool (统筹区) is the region that holds a fund and sets a policy. The municipalities Beijing 11, Tianjin 12,
Shanghai 31 and Chongqing 50 pool as a whole; elsewhere the city does. Code forms seen in real messages: a county
(``510104``), a city (``510100``), the pool written as ``99`` in the last place (``430299``), the province's own pool
(``229900``), counties that the province runs directly (``429004``), which pool by themselves.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

NATION = "000000"
"""Stands for the whole nation where a region is asked for."""
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


@cache
def names(language: str = "zh") -> dict[str, str]:
    """Code → name (``zh`` or ``en``) of every province-level and city-level region (source: the file's first line)."""
    text = files("yijie.kernel").joinpath("regions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["code"]: row["name" if language == "zh" else "en"] for row in rows}


def is_region(code: str) -> bool:
    """Whether a code is six digits within a known province."""
    return len(code) == 6 and code.isascii() and code.isdigit() and province_of(code) in names()


def province_of(code: str) -> str:
    """Province-level code: 510104 → 510000."""
    return code[:2] + "0000"


def pool_of(code: str) -> str:
    """Code of the pool that a region belongs to: 110105 → 110000, 510104 and 510199 → 510100, 229900 → 229900."""
    if code[:2] in MUNICIPALITIES:
        return province_of(code)
    if code[2:4] == "90":
        return code
    return code[:4] + "00"


def name_of(code: str, language: str = "zh") -> str:
    """Readable name: 成都市 or Chengdu for 510100 and its counties, 吉林省本级 for 229900, an unknown code itself."""
    known = names(language)
    if code in known:
        return known[code]
    if code[2:4] == "99":
        return known.get(province_of(code), code) + ("本级" if language == "zh" else " (province)")
    return known.get(code[:4] + "00") or known.get(province_of(code), code)


def same_province(one: str, other: str) -> bool:
    """Whether two regions lie in one province."""
    return one[:2] == other[:2]
