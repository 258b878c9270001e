"""From written text to a date, an amount, a ratio or a count, exactly as written."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import BadNumber, OutOfRange, RangeReversed
from yijie.engines.benefit.values import Span
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, Ratio, fen_from_yuan, ratio_from_text

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")
PERCENT = re.compile(r"-?\d{1,3}(\.\d{1,6})?\s?%")
MULTIPLE = re.compile(r"\d{1,3}(\.\d{1,6})?")
UNITS = re.compile(r"\d{1,6}(\.\d{1,2})?")
RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4})|(\+))?")


def read_date(node: Node) -> date:
    """A calendar day written 2025-01-31."""
    text = doc.text(node)
    if DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadNumber(**node.place.facts, text=text, expected=Text("日期（如 2025-01-31）", "a date like 2025-01-31"))


def read_amount(node: Node) -> Fen:
    """Yuan with at most two decimals, not below zero, without separators."""
    text = doc.text(node)
    if not AMOUNT.fullmatch(text):
        expected = Text("金额（元，最多两位小数，如 1300.50）", "an amount in yuan like 1300.50")
        raise BadNumber(**node.place.facts, text=text, expected=expected)
    return fen_from_yuan(text)


def read_percent(node: Node, low: int, high: int) -> Ratio:
    """A percentage between bounds, exactly as written."""
    text = doc.text(node)
    if not PERCENT.fullmatch(text):
        raise BadNumber(**node.place.facts, text=text, expected=Text("百分数（如 85%）", "a percentage like 85%"))
    ratio = ratio_from_text(text)
    if not low <= ratio * 100 <= high:
        raise OutOfRange(**node.place.facts, text=text, low=f"{low}%", high=f"{high}%")
    return ratio


def read_share(node: Node) -> Ratio:
    """0 % to 100 %."""
    return read_percent(node, 0, 100)


def read_points(node: Node) -> Ratio:
    """Percentage points to add, -100 % to 100 %."""
    return read_percent(node, -100, 100)


def read_multiple(node: Node) -> Ratio:
    """A factor from 0 up, written as a percentage or a decimal."""
    text = doc.text(node)
    if MULTIPLE.fullmatch(text):
        return Fraction(Decimal(text))
    return read_percent(node, 0, 999)


def read_whole(node: Node, low: int, high: int) -> int:
    """A whole number between bounds."""
    text = doc.text(node)
    if not (text.isascii() and text.isdigit()):
        raise BadNumber(**node.place.facts, text=text, expected=Text("整数", "a whole number"))
    if not low <= int(text) <= high:
        raise OutOfRange(**node.place.facts, text=text, low=low, high=high)
    return int(text)


def read_units(node: Node) -> int:
    """Units of service with at most two decimals, in hundredths: 1.5 hours → 150."""
    text = doc.text(node)
    if not UNITS.fullmatch(text):
        raise BadNumber(**node.place.facts, text=text, expected=Text("数量（最多两位小数）", "a number like 1.5"))
    return fen_from_yuan(text)


def read_days(node: Node) -> int:
    """A length in days, from one to ten years."""
    return read_whole(node, 1, 3660)


def read_text(node: Node) -> Text:
    """A wording in both languages: ``{zh: …, en: …}``."""
    entries = doc.mapping(node, ("zh", "en"))
    return Text(doc.text(entries["zh"]), doc.text(entries["en"]))


def read_range(text: str, node: Node) -> Span:
    """1 (just one), 2-3 (both included) or 4+ (open above)."""
    match = RANGE.fullmatch(text)
    if not match:
        raise BadNumber(
            **node.place.facts, text=text, expected=Text("区间（如 1、2-3、4+）", "a range like 1, 2-3, 4+")
        )
    low = int(match.group(1))
    high = None if match.group(3) else int(match.group(2) or low)
    if high is not None and high < low:
        raise RangeReversed(**node.place.facts, text=text, low=low, high=high)
    return Span(low, high)
