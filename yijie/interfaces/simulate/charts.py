"""Charts as SVG inside the page: no script, readable in print and without telling red from green.

Better off is blue and plain, worse off is orange and hatched, no change is grey; every bar bears its figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH = 860
LABEL = 210
ROW = 26
BETTER, WORSE, SAME = "#0072B2", "url(#worse)", "#BDBDBD"
PATTERNS = (
    '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="worse" width="6" height="6"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#E69F00"/>'
    '<rect width="2" height="6" fill="#8C4A00"/></pattern></defs></svg>'
)
"""Stands once in a page before its charts."""


class Bar(NamedTuple):
    """One bar: its label, its value, the text beside it."""

    label: str
    value: int
    text: str


def bars(title: str, rows: Sequence[Bar], middle: int) -> str:
    """Horizontal bars of counts; those before ``middle`` are worse off, those after it better off."""
    largest = max((row.value for row in rows), default=0) or 1
    parts = []
    for number, row in enumerate(rows):
        fill = SAME if number == middle else (WORSE if number < middle else BETTER)
        parts.append(_bar(number, row, 0, row.value * _room() // largest, fill))
    return _chart(title, len(rows), parts)


def differences(title: str, rows: Sequence[Bar]) -> str:
    """Bars to the left of a line for less and to the right for more."""
    largest = max((abs(row.value) for row in rows), default=0) or 1
    half = _room() // 2
    parts = [f'<line x1="{LABEL + half}" y1="0" x2="{LABEL + half}" y2="{ROW * len(rows)}" stroke="#444"/>']
    for number, row in enumerate(rows):
        length = abs(row.value) * half // largest
        begin = half - length if row.value < 0 else half
        parts.append(_bar(number, row, begin, length, WORSE if row.value < 0 else BETTER))
    return _chart(title, len(rows), parts)


def shares(title: str, rows: Sequence[tuple[str, tuple[int, int, int], str]]) -> str:
    """For each group how its persons divide: worse off, no change, better off."""
    parts = []
    for number, (label, counts, text) in enumerate(rows):
        whole, begin = sum(counts) or 1, 0
        for count, fill in zip(counts, (WORSE, SAME, BETTER), strict=True):
            length = count * _room() // whole
            parts.append(_rect(number, begin, length, fill))
            begin += length
        parts.append(_texts(number, label, text))
    return _chart(title, len(rows), parts)


def _room() -> int:
    return WIDTH - LABEL - 200


def _bar(number: int, row: Bar, begin: int, length: int, fill: str) -> str:
    return _rect(number, begin, length, fill) + _texts(number, row.label, row.text)


def _rect(number: int, begin: int, length: int, fill: str) -> str:
    return f'<rect x="{LABEL + begin}" y="{number * ROW + 4}" width="{length}" height="{ROW - 8}" fill="{fill}"/>'


def _texts(number: int, label: str, text: str) -> str:
    y = number * ROW + ROW - 9
    return (
        f'<text x="{LABEL - 8}" y="{y}" text-anchor="end">{escape(label)}</text>'
        f'<text x="{WIDTH - 4}" y="{y}" text-anchor="end">{escape(text)}</text>'
    )


def _chart(title: str, rows: int, parts: Sequence[str]) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {rows * ROW + 4}" role="img"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )
