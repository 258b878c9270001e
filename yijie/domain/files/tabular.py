"""The interface's exchange form: a ZIP with one UTF-8 text, a record a line, TAB between values, empty is ``null``.

A plain text is read as well as a ZIP.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

EMPTY = "null"
ROWS_MAX = 200_000
LINE_CHARACTERS_MAX = 20_000
TEXT_BYTES_MAX = 1 << 30
READ_BYTES = 256 * 1024


class TableUnreadable(YijieError):
    """A file that is not in the exchange form."""

    code = "files.table_unreadable"
    zh = "文件 {name} 第 {line} 行不能识别：{why}；应为 ZIP 内一个 UTF-8 文本，每行一条，制表符分隔，空值填 null"
    en = (
        "line {line} of {name} cannot be read: {why}; send a ZIP with one UTF-8 text, TAB between values, null for none"
    )


class Table(NamedTuple):
    """A written table: its content, to be read once, and how many lines it has."""

    content: Iterator[bytes]
    rows: int


@contextmanager
def read_table(name: str, content: Iterable[bytes], width: int) -> Iterator[Iterator[list[str]]]:
    """Lines of an uploaded table, each with ``width`` values; empty ones are "".

    The content is set aside on disk first, so that reading the lines asks nobody for anything.
    """
    with tempfile.TemporaryFile() as whole:
        for piece in content:
            whole.write(piece)
        whole.seek(0)
        with _text_in(name, whole) as text:
            yield _lines(name, text, width)


@contextmanager
def _text_in(name: str, whole: IO[bytes]) -> Iterator[IO[bytes]]:
    if not zipfile.is_zipfile(whole):
        whole.seek(0)
        yield whole
        return
    with zipfile.ZipFile(whole) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) != 1:
            raise TableUnreadable(
                name=name,
                line=0,
                why=Text(f"压缩包内有 {len(entries)} 个文件", f"the archive has {len(entries)} files"),
            )
        if entries[0].flag_bits & 1 or entries[0].file_size > TEXT_BYTES_MAX:
            raise TableUnreadable(name=name, line=0, why=Text("已加密或过大", "encrypted or too large"))
        with archive.open(entries[0]) as text:
            yield text


def _lines(name: str, text: IO[bytes], width: int) -> Iterator[list[str]]:
    reader = io.TextIOWrapper(text, encoding="utf-8-sig", newline="\n")
    number = 0
    try:
        while line := reader.readline(LINE_CHARACTERS_MAX):
            number += 1
            values = line.rstrip("\r\n").split("\t")
            if values == [""]:
                continue
            if len(values) != width:
                raise TableUnreadable(
                    name=name,
                    line=number,
                    why=Text(f"有 {len(values)} 个值，应为 {width} 个", f"it has {len(values)} values, not {width}"),
                )
            if number > ROWS_MAX:
                raise TableUnreadable(
                    name=name, line=number, why=Text(f"超过 {ROWS_MAX} 行", f"more than {ROWS_MAX} lines")
                )
            yield ["" if value == EMPTY else value.strip() for value in values]
        reader.detach()
    except (UnicodeDecodeError, zipfile.BadZipFile, EOFError) as error:
        raise TableUnreadable(
            name=name,
            line=number + 1,
            why=Text("不是有效的 UTF-8 文本或压缩包损坏", "no UTF-8 text, or the archive is damaged"),
        ) from error


Write = Callable[[bytes], object]


@contextmanager
def write_table(entry: str, fill: Callable[[Write], int]) -> Iterator[Table]:
    """A ZIP with a text named ``entry``; ``fill`` is given a function that takes bytes, and returns the line count."""
    with tempfile.TemporaryFile() as whole:
        with (
            zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
            archive.open(entry, "w", force_zip64=True) as text,
        ):
            rows = fill(text.write)
        whole.seek(0)
        yield Table(_read(whole), rows)


def _read(whole: IO[bytes]) -> Iterator[bytes]:
    while piece := whole.read(READ_BYTES):
        yield piece
