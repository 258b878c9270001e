"""What the platform knows of a kept record beside its body, and which part of its time a message asks for."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from yijie.domain.archive import Entry
from yijie.kernel.dates import SHANGHAI

from .tables import Node, transaction

CURRENT, OVER = "1", "0"


def shown(entry: Entry) -> dict[str, Any]:
    """Under the national names, written in snakes: whose record it is, by whom it was kept and when."""
    return {
        "fixmedins_code": entry.institution,
        "poolarea_no": entry.region,
        "fix_blng_admdvs": entry.region,
        "crte_optins_no": entry.region,
        "optins_no": entry.region,
        "rid": entry.number,
        "crter_id": entry.operator,
        "opter_id": entry.operator,
        "crter_name": entry.operator,
        "opter_name": entry.operator,
        "crte_time": entry.stored_at,
        "updt_time": entry.stored_at,
        "opt_time": entry.stored_at,
        "vali_flag": CURRENT if entry.ended_at is None else OVER,
    }


def begin_of(day: date | datetime | None) -> datetime | None:
    """The first moment of a day; a moment stands for itself."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time.min, SHANGHAI)


def end_of(day: date | datetime | None) -> datetime | None:
    """The last moment of a day; a moment stands for itself."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time.max, SHANGHAI)


def rows_node(infno: str, name: str) -> Node:
    """A node of a transaction's output."""
    [node] = [field.node for field in transaction(infno).output.fields if field.name == name and field.node]
    return node
