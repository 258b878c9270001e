"""Typed values of a message as plain JSON data to keep, and kept data back as values for an answer's table."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yijie.kernel.dates import in_shanghai

from .tables import Field, Kind, Node

NONE = "无"
"""What a required text says where nothing was declared."""


def plain(value: Any) -> Any:
    """Plain JSON data of what a reading gave; numbers become decimal text, so that nothing is lost."""
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def snake(name: str) -> str:
    """``medListCodg`` → ``med_list_codg``: some tables write in camels what others write in snakes."""
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name)


def fitted(node: Node, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Kept members as values of a node's table: those it has, under its names, cut to its lengths.

    A table that answers fewer characters or decimals than another accepts gets what has room.
    """
    row: dict[str, Any] = {}
    for field in node.fields:
        value = kept.get(field.name, kept.get(snake(field.name)))
        if field.node is not None:
            row[field.name] = _child(field.node, value)
        elif value not in (None, ""):
            row[field.name] = _value(field, value)
        elif field.required:
            row[field.name] = _nothing(field)
    return row


def _child(node: Node, value: Any) -> Any:
    if node.many:
        return [fitted(node, member) for member in value or []]
    return fitted(node, value or {})


def _value(field: Field, value: Any) -> Any:
    if field.code_list is not None or field.kind not in (Kind.NUMBER, Kind.DATE, Kind.MOMENT, Kind.ANY, Kind.FLAG):
        text = _text(value)
        return text if field.length is None else text[: field.length]
    if field.kind is Kind.NUMBER:
        number = Decimal(value)
        return (
            number if field.length is None else number.quantize(Decimal(1).scaleb(-(field.scale or 0)), ROUND_HALF_UP)
        )
    if field.kind is Kind.DATE:
        return _moment(value).date()
    return _moment(value) if field.kind is Kind.MOMENT else value


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return in_shanghai(value)
    return in_shanghai(datetime.fromisoformat(str(value)))


def _nothing(field: Field) -> Any:
    if field.kind is Kind.NUMBER and field.code_list is None:
        return Decimal(0)
    if field.kind in (Kind.DATE, Kind.MOMENT) and field.code_list is None:
        return None
    return NONE[: field.length] if field.length else NONE
