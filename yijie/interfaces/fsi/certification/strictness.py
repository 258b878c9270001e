"""Where a message was taken although it is not written as the interface document says: what another bureau may refuse.

Also what the page shows of a message: its values with personal data masked, beside the rule of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from yijie.interfaces.fsi.errors import clipped
from yijie.interfaces.fsi.tables import Field, Kind, Node, transaction
from yijie.interfaces.fsi.wording import LONG_NUMBER, NAME_LABELS, NUMBER_LABELS
from yijie.kernel.identity import masked_name, masked_number

VALUE_ROOM = 120
ROWS_SHOWN_MAX = 3
PLACES_MAX = 400
FINDINGS_MAX = 50
HIDDEN = "***"
ADDRESSES = re.compile("地址|照片")
DOCUMENT_FORMS = {
    Kind.DATE: re.compile(r"\d{4}-\d{2}-\d{2}"),
    Kind.MOMENT: re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a place in a message. ``code`` is the stable code of a refusal, empty for a mere remark."""

    path: str
    code: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """For keeping."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a message as it may be shown: where, what it is called, what was sent."""

    path: str
    label: str
    value: str

    def as_json(self) -> dict[str, str]:
        """For keeping."""
        return asdict(self)


def remarks(infno: str, payload: Mapping[str, Any]) -> list[Finding]:
    """Where an ``input`` leaves the document and was taken all the same, in reading order, at most fifty."""
    found: list[Finding] = []
    for finding in _node_remarks(transaction(infno).input, payload, ""):
        found.append(finding)
        if len(found) == FINDINGS_MAX:
            break
    return found


def masked(infno: str, payload: Mapping[str, Any]) -> list[Place]:
    """The values of an ``input``, masked: the first rows of each node, at most some hundred places."""
    places: list[Place] = []
    for place in _places(transaction(infno).input, payload, ""):
        places.append(place)
        if len(places) == PLACES_MAX:
            break
    return places


def rule_of(field: Field) -> tuple[str, str]:
    """What the document says of a field, in Chinese and English."""
    size = f"({field.length}{f',{field.scale}' if field.scale is not None else ''})" if field.length else ""
    need = ("必填", "required") if field.required else ("选填", "optional")
    codes = (f"，字典 {field.code_list.name}", f", list {field.code_list.name}") if field.code_list else ("", "")
    return f"{field.kind.value}{size} {need[0]}{codes[0]}", f"{field.kind.value}{size} {need[1]}{codes[1]}"


def _node_remarks(node: Node, row: Mapping[str, Any], path: str) -> Iterator[Finding]:
    known = {field.name: field for field in node.fields}
    aliases = {alias: field.name for field in node.fields for alias in field.aliases}
    for name in row:
        if name not in known:
            shown_name, where = clipped(name, 40), _joined(path, clipped(name, 40))
            if name in aliases:
                yield Finding(where, "", f"规范名称为 {aliases[name]}", f"the document calls it {aliases[name]}")
            else:
                yield Finding(where, "", f"规范没有 {shown_name}，已忽略", f"no table has {shown_name}; it was ignored")
    for field in node.fields:
        sent = row.get(field.name)
        if field.node is not None:
            yield from _child_remarks(field, field.node, sent, _joined(path, field.name))
        elif field.name in row:
            yield from _value_remarks(field, sent, _joined(path, field.name))


def _child_remarks(field: Field, node: Node, sent: Any, path: str) -> Iterator[Finding]:
    if node.many and isinstance(sent, dict):
        yield Finding(path, "", "规范为列表，收到单个对象", "the document has a list here, not one object")
    elif not node.many and isinstance(sent, list):
        yield Finding(path, "", "规范为单个对象，收到列表", "the document has one object here, not a list")
    rows = sent if isinstance(sent, list) else [sent]
    for number, one in enumerate(rows, 1):
        if isinstance(one, dict):
            yield from _node_remarks(node, one, f"{path}[{number}]" if node.many else path)


def _value_remarks(field: Field, sent: Any, path: str) -> Iterator[Finding]:
    if field.kind is Kind.NUMBER and field.required and (sent is None or sent == ""):
        yield Finding(path, "", "空数值应填 0", "an empty number is written 0")
    form = DOCUMENT_FORMS.get(field.kind)
    if form and isinstance(sent, str) and sent.strip() and not form.fullmatch(sent):
        example = "2026-01-31" if field.kind is Kind.DATE else "2026-01-31 08:30:00"
        yield Finding(path, "", f"规范写法如 {example}", f"the document writes {example}")
    if isinstance(sent, str) and sent != sent.strip():
        yield Finding(path, "", "首尾有空格，已去除", "blanks around the value were dropped")


def _places(node: Node, row: Mapping[str, Any], path: str) -> Iterator[Place]:
    names = {alias: field for field in node.fields for alias in (field.name, *field.aliases)}
    for name, value in row.items():
        field, where = names.get(name), _joined(path, clipped(name, 40))
        if field is None:
            yield Place(where, "", HIDDEN)
        elif field.node is None:
            yield Place(where, field.label, _shown(field, value))
        else:
            rows = value if isinstance(value, list) else [value]
            for number, one in enumerate(rows[:ROWS_SHOWN_MAX], 1):
                if isinstance(one, dict):
                    yield from _places(field.node, one, f"{where}[{number}]" if field.node.many else where)
            if len(rows) > ROWS_SHOWN_MAX:
                yield Place(where, field.label, f"… {len(rows)}")


def _shown(field: Field, value: Any) -> str:
    """A value for the page; whatever could be personal is masked, files and free objects are left out."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict | list) or field.kind in (Kind.BYTES, Kind.ANY) or ADDRESSES.search(field.label):
        return HIDDEN
    text = "".join(c if c.isprintable() else "?" for c in str(value)[: 2 * VALUE_ROOM])
    if NAME_LABELS.search(field.label):
        return masked_name(text)
    if NUMBER_LABELS.search(field.label) or (field.code_list is None and LONG_NUMBER.search(text)):
        return masked_number(text)
    return clipped(text, VALUE_ROOM)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
