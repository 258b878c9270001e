"""Reading a transaction's ``input`` by the interface's tables: typed values, or an error that names the place.

A reader is compiled once per node. It walks in reading order (nodes and fields in table order, rows as sent), so the
error reported first is the one a person meets first. Members that no table knows are left out and counted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from yijie.interfaces.fsi.checks import ZERO, Check, Refused, check_for, text_room
from yijie.interfaces.fsi.errors import (
    FieldMissing,
    FsiError,
    NodeMissing,
    NodeNotSingle,
    NodeUnwanted,
    NodeWrongShape,
    TooManyRows,
    clipped,
)
from yijie.interfaces.fsi.tables import Field, Kind, Node, request_header, transaction
from yijie.interfaces.fsi.wording import FIELD_ROOM, LABEL_ROOM, keys_received, kind_words, place_words

ROWS_MAX = 2000
"""Rows of one node in one message."""
ERRORS_LISTED_MAX = 20

Steps = tuple[tuple[str, int | None], ...]
"""The way to a place in a message: (node, row from 1 or None) from the root on."""


class Reading(NamedTuple):
    """What was read: node → typed fields (a list of them where the table allows many), and how much was unknown.

    Values are ``str``, ``Decimal``, ``date``, ``datetime`` in Asia/Shanghai, ``bool`` or ``bytes``. An empty optional
    field is absent, an absent node that may come many times is an empty list, any other absent node is absent.
    """

    nodes: dict[str, Any]
    unknown: int


class EnoughErrors(Exception):
    """Stops a reading that has collected as many errors as were asked for."""


class Findings:
    """What a reading finds besides values: errors (the first is raised unless a list is wanted), unknown members."""

    def __init__(self, errors_max: int | None = None) -> None:
        self.errors_max = errors_max
        self.errors: list[FsiError] = []
        self.unknown = 0

    def report(self, error: FsiError) -> None:
        """Take note of an error; does not return when it was the last one wanted."""
        if self.errors_max is None:
            raise error
        self.errors.append(error)
        if len(self.errors) >= self.errors_max:
            raise EnoughErrors


def read_input(infno: str, payload: Mapping[str, Any]) -> Reading:
    """Read the ``input`` of a transaction. Raises the first error in reading order, an :class:`FsiError`."""
    findings = Findings()
    nodes = _read(transaction(infno).input, payload, findings)
    return Reading(nodes, findings.unknown)


def input_errors(infno: str, payload: Mapping[str, Any], errors_max: int = ERRORS_LISTED_MAX) -> list[FsiError]:
    """All errors of an ``input`` in reading order, at most ``errors_max``; empty when :func:`read_input` would pass."""
    findings = Findings(errors_max)
    with contextlib.suppress(EnoughErrors):
        _read(transaction(infno).input, payload, findings)
    return findings.errors


def _read(root: Node, payload: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """Typed nodes of an ``input``. Most transactions have their fields in a node, so those that have none say so."""
    wanted = next((field for field in root.fields if field.required and field.node is None), None)
    if wanted and not any(field.name in payload for field in root.fields if field.node is None):
        known = {field.name for field in root.fields}
        wrapping = [name for name, sent in payload.items() if name not in known and isinstance(sent, dict | list)]
        if wrapping:
            findings.report(NodeUnwanted(node=keys_received(wrapping), label=wanted.label, field=wanted.name))
    return _reader(root).read_row(payload, (), findings)


def read_output(infno: str, output: Any) -> Any:
    """Typed nodes of a transaction's ``output``, for whoever plays the hospital's part; a list where it is one."""
    root = Field("output", "交易输出", Kind.NODE, node=transaction(infno).output)
    values: dict[str, Any] = {}
    NodeReader(Node("", many=False, fields=(root,))).read_child(root, {"output": output}, values, (), Findings())
    return values["output"]


def read_file_row(node: Node | None, row: Mapping[str, Any], file: str, line: int) -> dict[str, Any]:
    """Typed values of one line of a file that goes with a transaction; an error names file and line."""
    return _reader(node).read_row(row, ((file, line),), Findings()) if node else {}


def read_header(message: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Typed members of the message header (table 1.1), and the members the table does not have, as they came."""
    reader = _reader(request_header())
    known = reader.read_row(message, (), Findings())
    return known, {name: value for name, value in message.items() if name not in reader.known}


class NodeReader:
    """Reads the objects of one node. Made once per node by :func:`_reader`."""

    def __init__(self, node: Node) -> None:
        self.known = frozenset(field.name for field in node.fields)
        self.values: list[tuple[str, int, Check, Field]] = [
            (field.name, text_room(field), check_for(field), field) for field in node.fields if field.node is None
        ]
        self.children = {field: (field.node, _reader(field.node)) for field in node.fields if field.node is not None}
        self.aliases = {alias: field.name for field in node.fields for alias in field.aliases}

    def read_row(self, row: Mapping[str, Any], steps: Steps, findings: Findings) -> dict[str, Any]:
        """Typed values of one object at the place ``steps``."""
        if not self.known.issuperset(row):
            row = self._with_known_names(row, findings)
        values: dict[str, Any] = {}
        get = row.get
        for name, room, check, field in self.values:
            raw = get(name)
            # Most values are good text: they pass without a call. Whatever does not pass here is looked at below.
            if type(raw) is str and len(raw) <= room and (text := raw.strip()) and text.isprintable():
                values[name] = text
                continue
            if raw is not None and raw != "":
                try:
                    value = check(raw)
                except Refused as refused:
                    findings.report(refused.error(**_place(steps, field), **refused.facts))
                    continue
                if value is not None:
                    values[name] = value
                    continue
            if field.required:
                _fill_required(values, row, steps, field, findings)
        for child in self.children:
            self.read_child(child, row, values, steps, findings)
        return values

    def _with_known_names(self, row: Mapping[str, Any], findings: Findings) -> Mapping[str, Any]:
        """The row with other names of members replaced by the table's; the table's own name wins. Counts the rest."""
        unknown = row.keys() - self.known
        renamed = {self.aliases[key]: row[key] for key in unknown if key in self.aliases}
        findings.unknown += len(unknown) - len(renamed)
        return {**renamed, **row} if renamed else row

    def read_child(
        self, child: Field, row: Mapping[str, Any], values: dict[str, Any], steps: Steps, findings: Findings
    ) -> None:
        """Read one node of an object: an object or a list as the table says, either as the sender wrote it."""
        node, reader = self.children[child]
        sent = row.get(child.name)
        rows = sent if isinstance(sent, list) else [] if sent in (None, "") else [sent]
        if not rows and child.required:
            findings.report(NodeMissing(node=_node_words(steps, child), received=keys_received(row)))
        if len(rows) > (ROWS_MAX if node.many else 1):
            findings.report(_too_many(node, _node_words(steps, child), len(rows)))
            return
        read = []
        for number, item in enumerate(rows, start=1):
            if isinstance(item, dict):
                read.append(reader.read_row(item, (*steps, (child.name, number if node.many else None)), findings))
            else:
                findings.report(NodeWrongShape(node=_node_words(steps, child), got=kind_words(item)))
        if node.many:
            values[child.name] = read
        elif read:
            values[child.name] = read[0]


def _fill_required(
    values: dict[str, Any], row: Mapping[str, Any], steps: Steps, field: Field, findings: Findings
) -> None:
    """An empty number counts as 0 (the document's rule: empty numeric = "0"); anything else empty is missing."""
    if field.kind is Kind.NUMBER and field.name in row:
        values[field.name] = ZERO
    else:
        findings.report(FieldMissing(**_place(steps, field)))


def _node_words(steps: Steps, child: Field) -> str:
    return place_words((*steps, (child.name, None)))[0]


def _too_many(node: Node, here: str, count: int) -> FsiError:
    if node.many:
        return TooManyRows(node=here, count=count, rows_max=ROWS_MAX)
    return NodeNotSingle(node=here, count=count)


@cache
def _reader(node: Node) -> NodeReader:
    return NodeReader(node)


def _place(steps: Steps, field: Field) -> dict[str, Any]:
    """Facts that say where: ``where`` for a person, ``path`` for a program; node, row, field and Chinese name apart."""
    node_zh, node_path = place_words(steps)
    label, name = clipped(field.label, LABEL_ROOM), clipped(field.name, FIELD_ROOM)
    return {
        "where": f"{node_zh}{'的' if node_zh else ''}“{label}”（{name}）",
        "path": f"{node_path}.{name}".lstrip("."),
        "label": label,
        "field": field.name,
        "node": steps[-1][0] if steps else "",
        "row": steps[-1][1] if steps else None,
    }
