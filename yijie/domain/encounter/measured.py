"""What of an encounter a policy may count or ask for beside money: units of service, and how a child was born.

The names are those a policy's ``pool.yaml`` declares (docs/policy-format.md); others are not asked.
"""

from __future__ import annotations

from decimal import Decimal

from yijie.engines.benefit.arithmetic import HUNDREDTHS

from .record import Record

DELIVERIES = {"1": "normal", "2": "assisted", "3": "caesarean", "4": "difficult", "5": "miscarriage", "6": "induced"}
"""National codes of 生育类别 (matn_type) and the words policies use for them in the dimension ``delivery``."""


def units_of(record: Record) -> dict[str, int]:
    """Units of service in hundredths: children born, and those beyond the first."""
    children = int(Decimal(_said(record, "fetus_count") or 0))
    return {"child": children * HUNDREDTHS, "further_child": (children - 1) * HUNDREDTHS} if children > 0 else {}


def facts_of(record: Record) -> dict[str, str]:
    """Words by dimension: the way of delivery."""
    word = DELIVERIES.get(_said(record, "maternity_type"))
    return {"delivery": word} if word else {}


def _said(record: Record, name: str) -> str:
    """What the hospital said at discharge, or else while the patient stayed; empty for nothing."""
    return str(record.discharge.get(name) or record.details.get(name) or "")
