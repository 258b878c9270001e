"""Messages of every transaction, generated from the interface's tables; for tests of the edge and of what is behind it.

``minimal_input`` has only what must be there, ``maximal_input`` everything, each value as large as its field allows,
``skeleton_input`` every node with its required fields only. ``request`` wraps an input into a message body.
``with_value`` gives a copy with one value changed, ``places`` every field of an input with the way to it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yijie.interfaces.fsi import Field, Kind, Node, transaction
from yijie.kernel.dates import SHANGHAI

HEADER = {
    "msgid": "H43010000001202601310830000001",
    "mdtrtarea_admvs": "430100",
    "insuplc_admdvs": "430100",
    "recer_sys_code": "HIS",
    "dev_no": "",
    "dev_safe_info": "",
    "cainfo": "",
    "signtype": "",
    "infver": "V1.0",
    "opter_type": "1",
    "opter": "0001",
    "opter_name": "收费员",
    "inf_time": "2026-01-31 08:30:00",
    "fixmedins_code": "H43010000001",
    "fixmedins_name": "示范医院",
    "sign_no": "",
}
UNLIMITED = 300
LARGE = 3000
ROWS = 2

Way = tuple[str | int, ...]
"""The way to a value in an input: names of members and positions in lists."""


def header(infno: str, **members: Any) -> dict[str, Any]:
    """The header of a message, with the given members changed."""
    return {"infno": infno, **HEADER, **members}


def request(infno: str, payload: Any, **members: Any) -> bytes:
    """Body of a message."""
    return json.dumps({**header(infno, **members), "input": payload}, ensure_ascii=False).encode()


def minimal_input(infno: str) -> dict[str, Any]:
    """Only the nodes and fields that must be there, each as small as it may be."""
    return _object(transaction(infno).input, smallest, every_node=False, every_field=False, rows=1)


def skeleton_input(infno: str) -> dict[str, Any]:
    """Every node, once, with its required fields only."""
    return _object(transaction(infno).input, smallest, every_node=True, every_field=False, rows=1)


def maximal_input(infno: str) -> dict[str, Any]:
    """Every node, twice where it may come many times, with every field as large as it may be."""
    return _object(transaction(infno).input, largest, every_node=True, every_field=True, rows=ROWS)


def smallest(field: Field) -> Any:
    """The smallest value a field takes, as a client would send it."""
    if field.code_list:
        return min(field.code_list.codes, key=len)
    return {
        Kind.NUMBER: 0,
        Kind.DATE: "1900-01-01",
        Kind.MOMENT: "1900-01-01 00:00:00",
        Kind.DIGITS: "0",
        Kind.FLAG: False,
        Kind.BYTES: "AA==",
        Kind.ANY: {},
    }.get(field.kind, "字")


def largest(field: Field) -> Any:
    """The largest value a field takes, as a client would send it."""
    if field.code_list:
        return max(field.code_list.codes, key=len)
    length = field.length or UNLIMITED
    if field.kind is Kind.NUMBER:
        return str(largest_number(field))
    return {
        Kind.TEXT: ("字" if length < LARGE else "x") * length,
        Kind.DATE: "9999-12-31",
        Kind.MOMENT: "9999-12-31 23:59:59",
        Kind.DIGITS: "9" * length,
        Kind.FLAG: True,
        Kind.BYTES: "/w==" if length == 1 else "////",
        Kind.ANY: {"any": ["thing", 1]},
    }.get(field.kind, "字" * UNLIMITED)


def largest_number(field: Field) -> Decimal:
    """All nines: 99999999999999.99 for N(16,2)."""
    return Decimal((0, (9,) * (field.length or 20), -(field.scale or 0)))


def typed(field: Field, *, large: bool) -> Any:
    """A value as a handler would give it for an output."""
    if field.code_list:
        return largest(field) if large else smallest(field)
    if field.kind is Kind.NUMBER:
        return largest_number(field) if large else Decimal(0)
    if field.kind is Kind.DATE:
        return date(9999, 12, 31) if large else date(1900, 1, 1)
    if field.kind is Kind.MOMENT:
        return datetime(9999, 12, 31, 23, 59, 59, tzinfo=SHANGHAI) if large else datetime(1900, 1, 1, tzinfo=SHANGHAI)
    return largest(field) if large else smallest(field)


def handler_output(infno: str, *, large: bool) -> Any:
    """What a handler would give for the output of a transaction: everything at its largest, or required fields only."""
    node = transaction(infno).output
    filled = _object(
        node, lambda field: typed(field, large=large), every_node=large, every_field=large, rows=ROWS if large else 1
    )
    return [filled, filled] if node.many else filled


def places(node: Node, way: Way = ()) -> Iterator[tuple[Way, Field]]:
    """Every field below a node with the way to it; the first row where a node comes many times."""
    for field in node.fields:
        here = (*way, field.name)
        yield here, field
        if field.node:
            yield from places(field.node, (*here, 0) if field.node.many else here)


def with_value(payload: Any, way: Way, value: Any) -> Any:
    """A copy of an input with one value set."""
    changed = copy.deepcopy(payload)
    parent = changed
    for step in way[:-1]:
        parent = parent[step]
    parent[way[-1]] = value
    return changed


def present(payload: Any, way: Way) -> bool:
    """Whether an input has the node that a field belongs to."""
    for step in way[:-1]:
        if isinstance(step, str) and step not in payload:
            return False
        payload = payload[step]
    return True


def without(payload: Any, way: Way) -> Any:
    """A copy of an input with one member taken out."""
    changed = copy.deepcopy(payload)
    parent = changed
    for step in way[:-1]:
        parent = parent[step]
    del parent[way[-1]]
    return changed


def path_of(way: Way) -> str:
    """The way as error texts write it: ``feedetail[1].pric``, rows counted from 1."""
    text = ""
    for step in way:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


def _object(node: Node, value: Any, *, every_node: bool, every_field: bool, rows: int) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for field in node.fields:
        if field.node is None:
            if field.required or every_field:
                filled[field.name] = value(field)
        elif field.required or every_node:
            inner = _object(field.node, value, every_node=every_node, every_field=every_field, rows=rows)
            filled[field.name] = [copy.deepcopy(inner) for _ in range(rows)] if field.node.many else inner
    return filled
