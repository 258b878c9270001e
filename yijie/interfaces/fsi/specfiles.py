"""The interface as data: files of ``spec/``, read once, on first use. ``spec/README.md`` says where they come from."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

INPUT = "input"
OUTPUT = "output"
FLAT_TABLE = "(flat)"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a field table as the document has it: name, label, type as written, flags.

    ``code`` is None for an uncoded field, empty where the list has the field's own name, else the list's name.
    ``required`` is ``R``, ``?`` (required under a condition only the business knows) or empty.
    """

    name: str
    label: str
    type: str
    required: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """One field table and its place: under which parent table and JSON name, on which side, one object or many.

    ``rows`` is ``one``, ``many``, ``file`` (lines of a file, not of a message) or ``none`` (in no message at all).
    """

    infno: str
    side: str
    name: str
    parent: str
    key: str
    rows: str
    needed: bool
    fields: tuple[Row, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change to the document's data, dated and with its reason; see :mod:`yijie.interfaces.fsi.amending`."""

    date: str
    reason: str
    target: str
    path: str
    change: dict[str, Any]


def spec_bytes(name: str) -> bytes:
    """Content of one file of ``spec/``."""
    return (files("yijie.interfaces.fsi") / "spec" / name).read_bytes()


def spec_rows(name: str) -> list[dict[str, str]]:
    """Rows of one CSV file of ``spec/``, by column name."""
    return list(csv.DictReader(spec_bytes(name).decode().splitlines()))


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Transaction number → its entry of ``transactions.json`` or, for our own, ``own.json``; tables as text lines."""
    national = msgspec.json.decode(spec_bytes("transactions.json"), type=dict[str, dict[str, Any]])
    return national | msgspec.json.decode(spec_bytes("own.json"), type=dict[str, dict[str, Any]])


@cache
def code_documents() -> dict[str, dict[str, Any]]:
    """List name → its entry of ``codes.json``: Chinese name and (code, meaning) pairs, as printed."""
    return msgspec.json.decode(spec_bytes("codes.json"), type=dict[str, dict[str, Any]])


@cache
def amendments() -> tuple[Amendment, ...]:
    """Every amendment in file order, which is the order they are applied in."""
    return tuple(_amendment(entry) for entry in msgspec.json.decode(spec_bytes("amendments.json")))


def _amendment(entry: dict[str, Any]) -> Amendment:
    (target,) = {"table", "field", "list"} & entry.keys()
    change = {key: value for key, value in entry.items() if key not in ("date", "reason", target)}
    return Amendment(entry["date"], entry["reason"], target, entry[target], change)


@cache
def types_as_read() -> dict[str, str]:
    """Type as the document writes it → type as it is read, for every irregular way of writing."""
    return {row["written"]: row["read_as"] for row in spec_rows("types.csv")}


@cache
def _structure() -> dict[str, list[dict[str, str]]]:
    by_infno: dict[str, list[dict[str, str]]] = {}
    for row in spec_rows("structure.csv"):
        by_infno.setdefault(row["infno"], []).append(row)
    return by_infno


@cache
def header_rows(which: str) -> tuple[Row, ...]:
    """Field table of the message header (table 1.1), with the lengths that known clients need."""
    lines: dict[str, list[str]] = msgspec.json.decode(spec_bytes("header.json"))
    return tuple(row_of(line) for line in lines[which])


def row_of(line: str) -> Row:
    """Parse ``name label type [flags]``, the form in which tables are stored."""
    name, label, written, *flags = line.split(" ")
    marks = flags[0] if flags else ""
    return Row(name, label, written, re.sub("[^R?]", "", marks), "" if "C" in marks else None)


def tables_as_printed(infno: str) -> list[Table]:
    """All tables of one transaction before any amendment, in document order."""
    document = documents()[infno]
    placed = [_placed(row) for row in _structure().get(infno, ())]
    return [replace(table, fields=tuple(row_of(line) for line in document[table.side][table.name])) for table in placed]


def _placed(row: dict[str, str]) -> Table:
    return Table(
        infno=row["infno"],
        side=row["side"],
        name=row["table"],
        parent=row["parent"],
        key=row["key"],
        rows=row["rows"],
        needed=bool(row["needed"]),
    )
