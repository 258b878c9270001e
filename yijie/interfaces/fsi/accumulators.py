"""Accumulators under the codes that 5206 answers (``cum_type_code``): the nation lists none, so these are ours.

A code says what sort of care and what is counted: ``IPT_PAID`` is what the funds of inpatient layers have paid in the
year. Layers of the same sort are added up. The whole list stands in ``docs/his-interface.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from .lines import yuan_of

SORTS = {
    "inpatient": "IPT",
    "outpatient": "OTP",
    "chronic": "CHR",
    "two_diseases": "TWO",
    "pharmacy": "PHA",
    "maternity": "MAT",
    "long_term_care": "LTC",
    "large_amount": "LRG",
    "major_illness": "MAJ",
    "company": "COM",
    "civil_servant": "CIV",
    "aid": "AID",
}
"""Word in a layer's or care kind's name → first part of the code; any other layer is OTH."""

COUNTED = {"cost": "COST", "deductible": "DEDC", "excess": "OVER", "paid": "PAID"}
"""What a layer counts → second part of the code."""

COUNT, REMOTE_COUNT = "CNT", "RMT"


def national(amounts: Mapping[str, int], year: int) -> Iterator[tuple[str, str, Decimal]]:
    """(cum_type_code, cum_ym, value) of a year's accumulators: money in yuan, counts as they are.

    ``cum_ym`` is the month for limits that count by month, the last of the quarter for those that count by quarter,
    otherwise the year's last month.
    """
    sums: dict[tuple[str, str], Decimal] = {}
    for name, amount in amounts.items():
        code, value = _count(name, amount) if name.startswith("count.") else _money(name, amount)
        key = code, _month(name, year)
        sums[key] = sums.get(key, Decimal(0)) + value
    for (code, month), value in sorted(sums.items()):
        yield code, month, value


def _count(name: str, amount: int) -> tuple[str, Decimal]:
    _, care, *remote = name.split(".")
    return f"{SORTS.get(care, 'OTH')}_{REMOTE_COUNT if remote else COUNT}", Decimal(amount)


def _money(name: str, amount: int) -> tuple[str, Decimal]:
    layer, _, counted = name.partition("@")[0].rpartition(".")
    sort = next((code for word, code in SORTS.items() if word in layer), "OTH")
    return f"{sort}_{COUNTED.get(counted, 'ELSE')}", yuan_of(amount)


def _month(name: str, year: int) -> str:
    period = name.partition("@")[2]
    if "-Q" in period:
        in_year, quarter = period.split("-Q")
        return f"{in_year}{int(quarter) * 3:02d}"
    return period[:7].replace("-", "") if period else f"{year}12"
