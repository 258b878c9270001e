"""Spreadsheets of people (xlsx, CSV): read row by row, every mistake told with its row and column, all or nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from defusedxml import DefusedXmlException
from django.core.files.uploadedfile import UploadedFile

from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

MIB = 1024 * 1024
CELL_MAX = 2_000
MISTAKES_MAX = 50
PACKED = b"PK"
"""How an xlsx file, which is a ZIP, begins; everything else is read as CSV."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a sheet is read."""

    bytes: int
    unpacked: int
    rows: int


UPLOADED = Bounds(bytes=5 * MIB, unpacked=100 * MIB, rows=20_000)
"""Through the desk, where many share the memory."""

Reader = Callable[[str], Any]
"""Makes a value of a cell's text; raises :class:`Mistaken` with what is wrong."""


class SheetUnreadable(YijieError):
    """A file that is no spreadsheet we read."""

    code = "sheet.unreadable"
    zh = "文件不能识别：{why}。请使用 .xlsx 或 .csv，第一行为列名，不超过 {rows} 行、{size} MB"
    en = (
        "the file cannot be read: {why}. Use .xlsx or .csv with the columns' names in the first row,"
        " at most {rows} rows and {size} MB"
    )


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
    if uploaded is None:
        raise _unreadable("没有选择文件", "no file was chosen", UPLOADED)
    read = Sheet()
    for number, row in rows_of(uploaded.read(UPLOADED.bytes + 1), columns, read, UPLOADED):
        read.rows.append(row)
        read.numbers.append(number)
    return read


def rows_of(
    content: bytes, columns: Mapping[str, Reader], told: Sheet, bounds: Bounds
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a file's first sheet one by one, each with its number; what is mistaken in them goes to ``told``."""
    if len(content) > bounds.bytes:
        raise _unreadable("文件过大", "it is too large", bounds)
    lines = _lines(content, bounds)
    names = next(lines, None)
    if names is None:
        raise _unreadable("没有内容", "it is empty", bounds)
    places = {name: names.index(name) for name in columns if name in names}
    if missing := [name for name in columns if name not in places]:
        raise _unreadable(f"缺少列 {'、'.join(missing)}", f"columns are missing: {', '.join(missing)}", bounds)
    for number, line in enumerate(lines, 2):
        if any(line):
            yield number, _row(told, number, line, places, columns)


def read_cells(rows: Iterable[Mapping[str, str]], columns: Mapping[str, Reader]) -> Sheet:
    """Read rows that are no file: of a form, or as they were kept."""
    read = Sheet()
    for number, row in enumerate(rows, 1):
        line = [row.get(name, "").strip()[:CELL_MAX] for name in columns]
        read.rows.append(_row(read, number, line, {name: place for place, name in enumerate(columns)}, columns))
        read.numbers.append(number)
    return read


def _row(
    told: Sheet, number: int, line: Sequence[str], places: Mapping[str, int], columns: Mapping[str, Reader]
) -> dict[str, Any]:
    row = {}
    for name, reader in columns.items():
        cell = line[places[name]] if places[name] < len(line) else ""
        try:
            row[name] = reader(cell)
        except Mistaken as mistake:
            told.mistaken(number, name, mistake.zh, mistake.en)
    return row


def _lines(content: bytes, bounds: Bounds) -> Iterator[list[str]]:
    """The cells of each row as texts."""
    rows = _xlsx_rows(content, bounds) if content.startswith(PACKED) else _csv_rows(content, bounds)
    for number, row in enumerate(rows):
        if number > bounds.rows:
            raise _unreadable("行数过多", "it has too many rows", bounds)
        yield [_text(cell) for cell in row]


def _xlsx_rows(content: bytes, bounds: Bounds) -> Iterator[Iterable[Any]]:
    """Rows of a workbook's first sheet, if it does not unpack to more than memory bears."""
    from openpyxl import load_workbook  # noqa: PLC0415  importing it takes as long as a sixth of a server's start
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > bounds.unpacked:
            raise _unreadable("文件解压后过大", "it unpacks to too much", bounds)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        SyntaxError,
        zipfile.BadZipFile,
        DefusedXmlException,
    ) as error:
        raise _unreadable("不是 xlsx 文件", "it is not an xlsx file", bounds) from error


def _csv_rows(content: bytes, bounds: Bounds) -> Iterator[Iterable[Any]]:
    """Rows of a CSV in UTF-8, or in GB 18030 as spreadsheets in China write it."""
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            written = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _unreadable("既不是 xlsx，也不是 UTF-8 或 GB18030 的 CSV", "neither xlsx nor CSV", bounds) from error
    try:
        yield from csv.reader(io.StringIO(written, newline=""), strict=True)
    except csv.Error as error:
        raise _unreadable(f"CSV 格式错误（{error}）", f"it is no CSV ({error})", bounds) from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = f"{cell:%Y-%m-%d}" if hasattr(cell, "strftime") else str(cell)
    return text.strip().removeprefix("'")[:CELL_MAX]


def _unreadable(zh: str, en: str, bounds: Bounds) -> SheetUnreadable:
    return SheetUnreadable(why=Text(zh, en), rows=bounds.rows, size=bounds.bytes // MIB)


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


def valid_cell(cell: str) -> bool:
    """是 or 否; empty is 是."""
    return flag_cell(cell or "是")
