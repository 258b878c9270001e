"""Transactions of the interface as trees of nodes and fields: what a message may hold, and of what type.

The data are those of the provincial edition Hunan V1.1.27 (2024-10-14) on the national baseline of 2021-12-30,
cross-checked with public client code of other provinces, with our dated amendments applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from yijie.interfaces.fsi.amending import amended_tables
from yijie.interfaces.fsi.codelists import CodeList, list_for
from yijie.interfaces.fsi.errors import UnknownTransaction
from yijie.interfaces.fsi.specfiles import (
    INPUT,
    OUTPUT,
    Row,
    Table,
    documents,
    header_rows,
    spec_rows,
    tables_as_printed,
    types_as_read,
)


class Kind(StrEnum):
    """What a field holds; the value is the letter or word of the type column."""

    TEXT = "S"
    """字符型: text of at most so many characters"""
    NUMBER = "N"
    """数值型: decimal number of so many digits, so many of them after the point"""
    DATE = "D"
    """日期型: yyyy-MM-dd"""
    MOMENT = "T"
    """日期时间型: yyyy-MM-dd HH:mm:ss"""
    DIGITS = "digits"
    """text of digits only"""
    FLAG = "B"
    """布尔型: true or false"""
    BYTES = "bytes"
    """字节数组: the content of a file"""
    SCALAR = "A"
    """text or number: the document gives no type"""
    ANY = "J"
    """any JSON: an object or list without a table of its own"""
    NODE = "node"
    """an object, or a list of objects, with a table of its own"""


TYPE = re.compile(r"(S|N|D|T|digits|B|bytes|A|J)(?:\((\d+)(?:,(\d+))?\))?")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One member of an object. ``length`` counts characters of text or digits of a number, None is unlimited.

    ``scale`` is the number of decimals; None with a length means a whole number, None without one means free.
    ``aliases`` are other member names that known clients send.
    """

    name: str
    label: str
    kind: Kind
    length: int | None = None
    scale: int | None = None
    required: bool = False
    code_list: CodeList | None = None
    node: Node | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An object of a message: its JSON name, whether it comes as a list, and its fields in table order."""

    name: str
    many: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Transaction:
    """One transaction: number, name and the trees of its input and output (the root's fields are the nodes).

    ``acceptance`` tells for pharmacy, clinic, primary and higher hospital (``Y`` or ``-``) whether acceptance demands
    it in Hunan; ``seen_in`` names the editions and client groups that have it. ``input_file`` and ``output_file`` are
    the columns of the tab-separated file that goes with it.
    """

    infno: str
    name: str
    group: str
    direction: str
    listed: bool
    seen_in: tuple[str, ...]
    acceptance: str
    input: Node
    output: Node
    input_file: Node | None
    output_file: Node | None


def transaction_numbers() -> tuple[str, ...]:
    """Every transaction number, in numerical order."""
    return tuple(documents())


@cache
def transaction(infno: str) -> Transaction:
    """The transaction of that number; :class:`UnknownTransaction` if there is none."""
    document = documents().get(infno)
    if document is None:
        raise UnknownTransaction(infno=infno[:10])
    tables = amended_tables(tables_as_printed(infno))
    return Transaction(
        infno=infno,
        name=document["name"],
        group=document["group"],
        direction=document["direction"],
        listed=document["listed"],
        seen_in=tuple(document["seen_in"].split()),
        acceptance=document.get("acceptance", ""),
        input=_root(INPUT, tables),
        output=_root(OUTPUT, tables),
        input_file=_file(INPUT, tables),
        output_file=_file(OUTPUT, tables),
    )


@cache
def request_header() -> Node:
    """The message header (table 1.1 of the document) as a node; ``input`` itself is not in it."""
    return Node("header", many=False, fields=tuple(_field(row) for row in header_rows("request")))


def checked_fields(infno: str) -> dict[str, str]:
    """Which code list checks which field of a transaction: ``input.data.med_type`` → ``med_type``.

    A field the document marks as coded without printing its list is not checked and not in the table.
    """
    found = transaction(infno)
    return dict(_checked("input", found.input)) | dict(_checked("output", found.output))


def _checked(path: str, node: Node) -> Iterator[tuple[str, str]]:
    for field in node.fields:
        here = f"{path}.{field.name}"
        if field.code_list is not None:
            yield here, field.code_list.name
        if field.node is not None:
            yield from _checked(here, field.node)


def field_type(written: str) -> tuple[Kind, int | None, int | None]:
    """Kind, length and scale of a type as the tables write it; ValueError for one that ``types.csv`` does not read."""
    found = TYPE.fullmatch(types_as_read().get(written, written))
    if found is None:
        raise ValueError(f"type {written!r} has no reading in types.csv")
    kind, length, scale = found.groups()
    return Kind(kind), int(length) if length else None, int(scale) if scale else None


def _root(side: str, tables: list[Table]) -> Node:
    """The tree of one side. A list at the root (an output that is itself a list) makes the root ``many``."""
    placed = [table for table in tables if table.side == side and table.rows in ("one", "many")]
    many = any(table.rows == "many" and not table.key and not table.parent for table in placed)
    return Node(side, many, _members("", placed))


def _members(parent: str, tables: list[Table]) -> tuple[Field, ...]:
    """Fields of everything directly under ``parent``: its flat tables' fields, and one field per keyed table."""
    members: list[Field] = []
    for table in tables:
        if table.parent != parent:
            continue
        if table.key:
            members.append(_node_field(table, tables))
        else:
            members += _table_fields(table, tables)
    return tuple(members)


def _table_fields(table: Table, tables: list[Table]) -> list[Field]:
    """Fields of one table with those nodes in place that have tables of their own."""
    nodes = {member.name: member for member in _members(table.name, tables)}
    fields = [_field(row, table) for row in table.fields]
    merged = [_in_place(field, nodes.pop(field.name, None)) for field in fields]
    return merged + list(nodes.values())


def _in_place(field: Field, node: Field | None) -> Field:
    return field if node is None else replace(node, required=field.required, label=field.label)


def _node_field(table: Table, tables: list[Table]) -> Field:
    fields = tuple(_table_fields(table, tables))
    node = Node(table.key, table.rows == "many", fields)
    return Field(table.key, "", Kind.NODE, required=table.needed, node=node, aliases=_aliases(table, ""))


def _file(side: str, tables: list[Table]) -> Node | None:
    found = [table for table in tables if table.side == side and table.rows == "file"]
    return Node("", many=True, fields=tuple(_field(row, found[0]) for row in found[0].fields)) if found else None


def _field(row: Row, table: Table | None = None) -> Field:
    kind, length, scale = field_type(row.type)
    return Field(
        name=row.name,
        label=row.label,
        kind=kind,
        length=length,
        scale=scale,
        required=row.required == "R",
        code_list=None if row.code is None else list_for(row.name, row.code),
        aliases=_aliases(table, row.name) if table else (),
    )


@cache
def _alias_rows() -> tuple[tuple[str, str, str, str], ...]:
    return tuple((row["infno"], row["table"], row["field"], row["alias"]) for row in spec_rows("aliases.csv"))


def _aliases(table: Table, field: str) -> tuple[str, ...]:
    """Other names that known clients use for a field, or for the node itself (``field`` empty)."""
    if table.side != INPUT:
        return ()
    return tuple(
        alias
        for infno, name, of, alias in _alias_rows()
        if of == field and infno in ("*", table.infno) and name in ("*", table.name)
    )
