"""Money is an integer number of fen (1 yuan = 100 fen); ratios are exact fractions; nothing here is a float.

Rounding is half up, away from zero for negative amounts, so that a reversal is the exact negative of its original.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeAlias

from yijie.kernel.errors import YijieError

Fen: TypeAlias = int
Ratio: TypeAlias = Fraction

YUAN_TEXT = re.compile(r"-?\d{1,14}(\.\d{1,2}0*)?")
PERCENT_TEXT = re.compile(r"(-?\d{1,4}(?:\.\d{1,8})?)\s*%")


class NotMoney(YijieError):
    """A text that does not denote an amount in yuan with at most two decimals."""

    code = "money.not_an_amount"
    zh = "“{text}”不是金额：请填写以元为单位、最多两位小数的数字"
    en = "{text!r} is not an amount: write yuan with at most two decimals"


class NotRatio(YijieError):
    """A text that denotes neither a percentage nor a decimal share."""

    code = "money.not_a_ratio"
    zh = "“{text}”不是比例：请填写百分数（如 85%）"
    en = "{text!r} is not a ratio: write a percentage such as 85%"


def fen_from_yuan(text: str | int | Decimal) -> Fen:
    """Fen of an amount in yuan: ``"12.3"`` → 1230. More than two significant decimals is an error, never rounded."""
    plain = str(text).strip()
    if not YUAN_TEXT.fullmatch(plain):
        raise NotMoney(text=plain)
    return int(Decimal(plain) * 100)


def yuan(fen: Fen) -> str:
    """Decimal text of an amount, always with two decimals: 1230 → ``"12.30"``, -5 → ``"-0.05"``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def ratio_from_text(text: str) -> Ratio:
    """Exact ratio of ``"85%"`` (17/20) or of a decimal share ``"0.85"``."""
    plain = text.strip()
    percent = PERCENT_TEXT.fullmatch(plain)
    if percent:
        return Fraction(percent.group(1)) / 100
    try:
        share = Decimal(plain)
    except InvalidOperation:
        raise NotRatio(text=text) from None
    if not share.is_finite():
        raise NotRatio(text=text)
    return Fraction(share)


def percent(ratio: Ratio) -> str:
    """Shortest exact percentage text of a ratio, at most four decimals shown: 17/20 → ``"85%"``."""
    scaled = half_up(ratio.numerator * 1_000_000, ratio.denominator)
    text = f"{Decimal(scaled).scaleb(-4):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded to the nearest integer, halves away from zero. ``denominator`` > 0."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def share_of(amount: Fen, ratio: Ratio) -> Fen:
    """``amount × ratio`` rounded half up to the fen."""
    return half_up(amount * ratio.numerator, ratio.denominator)


def line_amount(price: Decimal, quantity: Decimal) -> Fen:
    """Fen of price (yuan, six decimals) × quantity (four decimals), half up (HIS interface: 2204 and 2301)."""
    exact = Fraction(price) * Fraction(quantity) * 100
    return half_up(exact.numerator, exact.denominator)
