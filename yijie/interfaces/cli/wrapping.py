"""Lines of Chinese and English on a terminal: broken between any two Chinese characters, at spaces, and indented."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

PIECE = re.compile(r" +|[（《“〔]*(?:[^ \u2e80-\uffef]+|[\u2e80-\uffef])[，。；：、）》”〕！？]*")
"""A run of spaces, a word, or one wide character, with the punctuation that may not be parted from it."""
WIDTH_LEAST = 24


def print_wrapped(console: Console, text: str, indent: int = 0, hanging: int = 0, style: str = "") -> None:
    """Print a text in as many lines as it needs; the first is indented, the others by ``hanging`` more."""
    margin = " " * (indent + hanging)
    for number, line in enumerate(wrapped(text, max(WIDTH_LEAST, console.width - len(margin)))):
        console.print(Text((margin if number else " " * indent) + line, style), soft_wrap=True)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most ``width`` columns; a word longer than that keeps a line of its own."""
    line = ""
    for piece in PIECE.findall(text):
        if line and cell_len(line) + cell_len(piece.rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    yield line.rstrip()
