"""Spreadsheets that people upload: read row by row, every mistake told with its row and column, all or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from defusedxml import DefusedXmlException
from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from yijie.kernel.errors import YijieError

BYTES_MAX = 5 * 1024 * 1024
UNPACKED_BYTES_MAX = 100 * 1024 * 1024
ROWS_MAX = 20_000
CELL_MAX = 2_000
MISTAKES_MAX = 50

Reader = Callable[[str], Any]
"""Makes a value of a cell's text; raises :class:`Mistaken` with what is wrong."""


class SheetUnreadable(YijieError):
    """A file that is no spreadsheet we read."""

    code = "sheet.unreadable"
    zh = "文件不能识别：{why}。请使用 .xlsx，第一行为列名，不超过 {rows} 行、5 MB"
    en = "the file cannot be read: {why_en}. Use .xlsx with the columns' names in the first row, {rows} rows, 5 MB"


class Mistaken(Exception):
    """What is wrong with a cell, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake with the place where a person finds it; rows count as in the spreadsheet."""

    row: int
    column: str
    zh: str
    en: str


@dataclass(slots=True)
class Sheet:
    """The rows of a sheet by column name, and the mistakes in it, of which the first fifty are kept."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def mistaken(self, row: int, column: str, zh: str, en: str) -> None:
        """Keep a mistake."""
        if len(self.mistakes) < MISTAKES_MAX:
            self.mistakes.append(Mistake(row, column, zh, en))


def read_sheet(uploaded: UploadedFile | None, columns: Mapping[str, Reader]) -> Sheet:
    """Read the first sheet; ``columns`` are the names in its first row, each with how its cells are read."""
    names, *lines = _lines(_checked(uploaded))
    places = {name: names.index(name) for name in columns if name in names}
    if missing := [name for name in columns if name not in places]:
        raise _unreadable(f"缺少列 {'、'.join(missing)}", f"columns are missing: {', '.join(missing)}")
    read = Sheet()
    for number, line in enumerate(lines, 2):
        if any(line):
            _read_row(read, number, line, places, columns)
    return read


def read_cells(rows: Iterable[Mapping[str, str]], columns: Mapping[str, Reader]) -> Sheet:
    """Read rows that are no file: of a form, or as they were kept."""
    read = Sheet()
    for number, row in enumerate(rows, 1):
        line = [row[name].strip()[:CELL_MAX] for name in columns]
        _read_row(read, number, line, {name: place for place, name in enumerate(columns)}, columns)
    return read


def _read_row(
    read: Sheet, number: int, line: Sequence[str], places: Mapping[str, int], columns: Mapping[str, Reader]
) -> None:
    row = {}
    for name, reader in columns.items():
        cell = line[places[name]] if places[name] < len(line) else ""
        try:
            row[name] = reader(cell)
        except Mistaken as mistake:
            read.mistaken(number, name, mistake.zh, mistake.en)
    read.rows.append(row)
    read.numbers.append(number)


def _checked(uploaded: UploadedFile | None) -> bytes:
    """The bytes of a file that is a spreadsheet and does not unpack to more than memory bears."""
    if uploaded is None:
        raise _unreadable("没有选择文件", "no file was chosen")
    if (uploaded.size or 0) > BYTES_MAX:
        raise _unreadable("文件过大", "it is too large")
    content = uploaded.read()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable("不是 xlsx 文件", "it is not an xlsx file") from error
    if unpacked > UNPACKED_BYTES_MAX:
        raise _unreadable("文件解压后过大", "it unpacks to too much")
    return content


def _lines(content: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found = []
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True)):
            if number > ROWS_MAX:
                raise _unreadable("行数过多", "it has too many rows")
            found.append([_text(cell) for cell in row])
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        SyntaxError,
        zipfile.BadZipFile,
        DefusedXmlException,
    ) as error:
        raise _unreadable("不是 xlsx 文件", "it is not an xlsx file") from error
    if not found:
        raise _unreadable("没有内容", "it is empty")
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = f"{cell:%Y-%m-%d}" if hasattr(cell, "strftime") else str(cell)
    return text.strip().removeprefix("'")[:CELL_MAX]


def _unreadable(zh: str, en: str) -> SheetUnreadable:
    return SheetUnreadable(why=zh, why_en=en, rows=ROWS_MAX)


def text_cell(most: int, *, required: bool = True, choices: Sequence[str] = ()) -> Reader:
    """A text of a length, or one of some."""

    def read(cell: str) -> str:
        if required and not cell:
            raise Mistaken("不能为空", "must not be empty")
        if len(cell) > most:
            raise Mistaken(f"最长 {most} 字", f"at most {most} characters")
        if cell and choices and cell not in choices:
            raise Mistaken(f"应为 {'、'.join(choices)} 之一", f"must be one of {', '.join(choices)}")
        return cell

    return read


def amount_cell(cell: str) -> Decimal | None:
    """A price in yuan; nothing where the cell is empty."""
    if not cell:
        return None
    try:
        amount = Decimal(cell)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10**8:
        raise Mistaken("应为不小于 0 的金额，如 12.50", "must be an amount of zero or more, such as 12.50")
    return amount


def day_cell(cell: str) -> date | None:
    """A day as 2026-01-31; nothing where the cell is empty."""
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise Mistaken("应为日期，如 2026-01-31", "must be a day such as 2026-01-31") from error


def flag_cell(cell: str) -> bool:
    """是 or 否; empty is 否."""
    if cell not in ("", "是", "否", "yes", "no", "1", "0", "True", "False"):
        raise Mistaken("应为 是 或 否", "must be yes or no")
    return cell in ("是", "yes", "1", "True")
