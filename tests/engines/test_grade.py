"""A fee line is split to the fen, and a refund takes back exactly what its charge has put in."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from yijie.engines.benefit import Bucket, FeeLine, Graded, grade, grade_bill
from yijie.engines.benefit.refusals import BucketsInTwoParts, LineContradicts
from yijie.kernel.codes import Approval, ItemClass

ONE = Decimal(1)
lines = st.builds(
    FeeLine,
    amount=st.integers(0, 10**10),
    quantity=st.decimals("0.0001", 1000, places=4),
    item_class=st.sampled_from(ItemClass),
    first_self_pay=st.fractions(0, 1, max_denominator=1000),
    unit_ceiling=st.none() | st.decimals(0, 10**6, places=6),
    restricted=st.booleans(),
    approval=st.sampled_from(Approval),
)


@pytest.mark.parametrize(
    ("restricted", "approval", "covered"),
    [
        (True, Approval.NOT_NEEDED, False),
        (True, Approval.GRANTED, True),
        (True, Approval.DENIED, False),
        (False, Approval.NOT_NEEDED, True),
        (False, Approval.GRANTED, True),
        (False, Approval.DENIED, False),
    ],
)
def test_a_restricted_item_counts_only_when_approved(restricted, approval, covered):
    line = FeeLine(10000, ONE, ItemClass.A, restricted=restricted, approval=approval)
    assert grade(line) == (Graded(0, 0, 0, 10000) if covered else Graded(10000, 0, 0, 0))


def test_class_c_is_not_covered():
    assert grade(FeeLine(999, ONE, ItemClass.C)) == Graded(999, 0, 0, 0)


def test_price_ceiling_then_first_self_pay():
    stent = FeeLine(900000, ONE, ItemClass.B, Fraction(1, 5), Decimal(5000))
    assert grade(stent) == Graded(0, 400000, 100000, 400000)  # INP-10
    bed = FeeLine(5000, Decimal(5), ItemClass.A, unit_ceiling=Decimal(8))
    assert grade(bed) == Graded(0, 1000, 0, 4000)  # INP-29, five days at 10 against 8
    assert grade(replace(bed, amount=3000)) == Graded(0, 0, 0, 3000)


def test_first_self_pay_is_rounded_half_up_and_the_rest_is_eligible():
    assert grade(FeeLine(5, ONE, ItemClass.B, Fraction(1, 10))) == Graded(0, 0, 1, 4)
    assert grade(FeeLine(4, ONE, ItemClass.B, Fraction(1, 10))) == Graded(0, 0, 0, 4)


@given(lines)
def test_the_parts_are_the_line_and_none_is_negative(line):
    parts = grade(line)
    assert sum(parts) == line.amount
    assert min(parts) >= 0


@given(lines)
def test_a_refund_is_the_exact_mirror(line):
    refund = replace(line, amount=-line.amount, quantity=-line.quantity)
    assert grade(refund) == tuple(-part for part in grade(line))
    nothing = grade_bill([line, refund])
    parts = (nothing.total, nothing.eligible, nothing.first_self_pay, nothing.over_ceiling, nothing.not_covered)
    assert parts == (0, 0, 0, 0, 0)


def test_a_line_that_contradicts_itself_is_refused():
    with pytest.raises(LineContradicts):
        grade(FeeLine(-100, ONE, ItemClass.A))


def test_buckets_are_summed_over_the_lines_that_carry_them():
    drug = FeeLine(1000, ONE, ItemClass.B, Fraction(1, 10), bucket="basic_drugs")
    special = FeeLine(5000, ONE, ItemClass.C, bucket="special")
    bill = grade_bill([drug, drug, special, replace(drug, amount=-1000, quantity=-ONE)])
    assert bill.buckets == {"basic_drugs": Bucket("eligible", 900), "special": Bucket("not_covered", 5000)}
    with pytest.raises(BucketsInTwoParts):
        grade_bill([drug, replace(special, bucket="basic_drugs")])
