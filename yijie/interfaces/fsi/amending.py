"""Our amendments to the document's data: every slip we correct is a dated line of ``spec/amendments.json``.

A line names a target and a change:

* ``"field": "infno/side/table/field"`` with ``"set"`` (``type``, ``required``, ``label``; ``code``: the name of a
  list, or null for a field that is none) or ``"drop": "repeats"`` (only the first of several rows of that name counts);
* ``"table": "infno/side/table"`` with ``"set"`` (``key``, ``side``, ``rows``, ``needed``);
* ``"list": "name"`` with ``"add"`` and ``"alias"`` (code → meaning, other writing → code), ``"replace"``
  (``code`` or ``code|meaning`` → new pair, or null to drop it) or ``"set": {"name_as": …}``.

Each part of a path is a name, several separated by commas, or ``*``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from yijie.interfaces.fsi.specfiles import Amendment, Row, Table, amendments


def covers(path: str, *names: str) -> bool:
    """Whether an amendment's path names this place; a shorter list of names asks about the path's beginning."""
    return all(
        part in ("*", name) or name in part.split(",") for part, name in zip(path.split("/"), names, strict=False)
    )


def amended_tables(tables: Iterable[Table]) -> list[Table]:
    """The tables of one transaction with all amendments applied."""
    return [_amended_table(table) for table in tables]


def _amended_table(table: Table) -> Table:
    place = (table.infno, table.side, table.name)
    fields = table.fields
    for amendment in amendments():
        if amendment.target == "list" or not covers(amendment.path, *place):
            continue
        if amendment.target == "table":
            table = replace(table, **_table_changes(amendment.change["set"]))
        elif amendment.change.get("drop") == "repeats":
            fields = _without_repeats(fields, amendment.path.rsplit("/", 1)[1])
        else:
            fields = tuple(_amended_row(row, amendment) for row in fields)
    return replace(table, fields=fields)


def _table_changes(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: bool(value) if name == "needed" else value for name, value in changes.items()}


def _without_repeats(fields: tuple[Row, ...], name: str) -> tuple[Row, ...]:
    first = next(i for i, row in enumerate(fields) if row.name == name)
    return tuple(row for i, row in enumerate(fields) if row.name != name or i == first)


def _amended_row(row: Row, amendment: Amendment) -> Row:
    if row.name not in amendment.path.rsplit("/", 1)[1].split(","):
        return row
    changes = amendment.change["set"]
    if "code" in changes and row.code is None:
        return row
    return replace(row, **changes)


def amended_list(name: str, pairs: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]], dict[str, str]]:
    """A code list after amendments: its name, its (code, meaning) pairs, other writings → code."""
    aliases: dict[str, str] = {}
    for amendment in amendments():
        if amendment.target != "list" or amendment.path != name:
            continue
        change = amendment.change
        pairs = [pair for old in pairs if (pair := _replaced(old, change.get("replace", {}))) is not None]
        pairs = pairs + list(change.get("add", {}).items())
        aliases |= change.get("alias", {})
        name = change.get("set", {}).get("name_as", name)
    return name, pairs, aliases


def _replaced(pair: tuple[str, str], replacements: dict[str, list[str] | None]) -> tuple[str, str] | None:
    for written in (f"{pair[0]}|{pair[1]}", pair[0]):
        if written in replacements:
            new = replacements[written]
            return None if new is None else (new[0], new[1])
    return pair
