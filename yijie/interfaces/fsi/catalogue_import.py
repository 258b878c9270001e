"""Publishing a national list from its file: charged items from a sheet, other lists from a sheet or the form of 13xx.

All of a file is put in place as one release, or nothing of it; what is wrong is told with its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yijie.domain import catalogue, files
from yijie.domain.catalogue import ITEMS, ConceptRow, ItemRow
from yijie.interfaces.desk.reference import ITEMS as ITEM_SHEET
from yijie.interfaces.desk.sheets import MIB, Bounds, Mistaken, Reader, Sheet, rows_of, text_cell, valid_cell
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

from .catalogue_files import CatalogueFile, catalogue_files

READ_BYTES = 256 * 1024
SHEETS = (".csv", ".xlsx")
OPERATORS = Bounds(bytes=256 * MIB, unpacked=2048 * MIB, rows=500_000)
"""On the operator's own machine: the whole of a national list."""
ETHNIC_DRUGS = {"1304": "104"}
"""民族药 has no file: 1304 answers page by page, from the same items."""
CODE, NAME, VALID = "编码", "名称", "有效"
CONCEPT_SHEET: dict[str, Reader] = {CODE: text_cell(50), NAME: text_cell(500), VALID: valid_cell}
FLAGS = {"0": False, "1": True, "": True}


class ListNotPublished(YijieError):
    """A number that names no list."""

    code = "catalogue.list_not_published"
    zh = "{infno} 不是可由文件发布的目录，可用：{known}"
    en = "{infno} is no list that is published from a file; use one of {known}"


class SheetNeeded(YijieError):
    """A list of charged items in another form than a sheet."""

    code = "catalogue.sheet_needed"
    zh = "目录 {infno} 的收费项目请用 .xlsx 或 .csv 表发布，列为：{columns}"
    en = "items of {infno} are published from a sheet, .xlsx or .csv, with the columns {columns}"


class RowsMistaken(YijieError):
    """A file with mistakes; nothing of it was published."""

    code = "catalogue.rows_mistaken"
    zh = "{name} 有错误，未发布任何内容，请改正后重新发布：\n{told}"
    en = "{name} is mistaken, nothing was published:\n{told}"


def publish(infno: str, file: Path) -> int:
    """Put a list's entries in place as a new release; returns how many changed."""
    forms = catalogue_files()
    items = {number: form.lists[0] for number, form in forms.items() if form.source == ITEMS} | ETHNIC_DRUGS
    told = Sheet()
    if infno in items:
        return catalogue.publish_items(_whole(file, told, _items(infno, items[infno], file, told)))
    if infno not in forms:
        raise ListNotPublished(infno=infno, known="、".join(sorted({*forms, *items})))
    form = forms[infno]
    if file.suffix.lower() in SHEETS:
        return catalogue.publish_concepts(form.lists[0], _whole(file, told, _concepts(file, told)))
    with files.read_table(file.name, _pieces(file), len(form.columns)) as lines:
        return catalogue.publish_concepts(form.lists[0], _whole(file, told, _table_rows(form, lines, told)))


def _whole(file: Path, told: Sheet, rows: Iterable[Any]) -> Iterator[Any]:
    """The rows, if none is mistaken; what went into the running transaction before a mistake goes with it."""
    for row in rows:
        if not told.mistakes:
            yield row
    if told.mistakes:
        raise RowsMistaken(
            name=file.name,
            told=Text(
                "\n".join(f"第 {one.row} 行 {one.column}：{one.zh}" for one in told.mistakes),
                "\n".join(f"row {one.row}, {one.column}: {one.en}" for one in told.mistakes),
            ),
        )


def _items(infno: str, which: str, file: Path, told: Sheet) -> Iterator[ItemRow | None]:
    if file.suffix.lower() not in SHEETS:
        raise SheetNeeded(infno=infno, columns="、".join(ITEM_SHEET.readers))
    seen: dict[str, int] = {}
    readers = ITEM_SHEET.readers | {"目录类别": _only(infno, which)}
    for number, row in rows_of(_content(file), readers, told, OPERATORS):
        _once(told, number, "医疗目录编码", row.get("医疗目录编码"), seen)
        yield None if told.mistakes else ItemRow(**ITEM_SHEET.fields(row), sample=False)


def _only(infno: str, which: str) -> Reader:
    def read(cell: str) -> str:
        if cell != which:
            raise Mistaken(
                f"{infno} 的目录类别是 {which}，收到“{cell}”", f"the list of {infno} is {which}, not {cell!r}"
            )
        return cell

    return read


def _concepts(file: Path, told: Sheet) -> Iterator[ConceptRow | None]:
    """Rows of a sheet; the other columns of the national file stay empty."""
    seen: dict[str, int] = {}
    for number, row in rows_of(_content(file), CONCEPT_SHEET, told, OPERATORS):
        _once(told, number, CODE, row.get(CODE), seen)
        yield None if told.mistakes else ConceptRow(row[CODE], row[NAME], [], row[VALID])


def _table_rows(form: CatalogueFile, lines: Iterable[list[str]], told: Sheet) -> Iterator[ConceptRow]:
    at = {name: position for position, name in reversed(list(enumerate(form.columns)))}
    seen: dict[str, int] = {}
    for number, values in enumerate(lines, 1):
        code, name, valid = (values[at[what]] for what in ("code", "name", "valid"))
        for column, cell in ((CODE, code), (NAME, name)):
            try:
                CONCEPT_SHEET[column](cell)
            except Mistaken as mistake:
                told.mistaken(number, column, mistake.zh, mistake.en)
        if valid not in FLAGS:
            told.mistaken(number, VALID, "应为 1 或 0", "must be 1 or 0")
        _once(told, number, CODE, code, seen)
        yield ConceptRow(code, name, values, FLAGS.get(valid, True))


def _once(told: Sheet, number: int, column: str, code: str | None, seen: dict[str, int]) -> None:
    if code and seen.setdefault(code, number) != number:
        told.mistaken(number, column, f"与第 {seen[code]} 行重复", f"the same as in row {seen[code]}")


def _content(file: Path) -> bytes:
    """The file, as far as it is read at all: one byte more than the bound is told as too large."""
    with file.open("rb") as content:
        return content.read(OPERATORS.bytes + 1)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while piece := content.read(READ_BYTES):
            yield piece
