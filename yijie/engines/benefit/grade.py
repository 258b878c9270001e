"""Grading one fee line: what of its amount is not covered, over the price ceiling, first self-pay, or eligible.

The four parts are whole fen and add up to the line. A refund line (negative quantity and amount) is graded as the
exact mirror of the charge it takes back, so that a line and its refund leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from yijie.engines.benefit.case import Amounts, Bucket, LeftOut
from yijie.engines.benefit.refusals import BucketsInTwoParts, LineContradicts
from yijie.kernel.codes import Approval, ItemClass
from yijie.kernel.money import Fen, Ratio, line_amount, share_of, yuan

ZERO = Ratio(0)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One charged item with what the catalogue says of it.

    ``amount`` is fen and ``quantity`` decimal, both negative for a refund. ``first_self_pay`` is the patient's share
    before any benefit, ``unit_ceiling`` the highest price per unit that counts, in yuan (None: no ceiling).
    ``restricted`` and ``approval`` are the catalogue's restriction and the hospital office's decision.
    """

    amount: Fen
    quantity: Decimal
    item_class: ItemClass
    first_self_pay: Ratio = ZERO
    unit_ceiling: Decimal | None = None
    restricted: bool = False
    approval: Approval = Approval.NOT_NEEDED
    bucket: str = ""
    """Name of the sum that the policy treats apart and this line belongs to, such as basic drugs."""
    name: str = ""
    """How the bill calls the item, for the statement."""


class Graded(NamedTuple):
    """The parts of a line, in fen."""

    not_covered: Fen
    over_ceiling: Fen
    first_self_pay: Fen
    eligible: Fen


def grade(line: FeeLine) -> Graded:
    """The parts of one line.

    Order (HIS interface 2204/2301; INP-10, INP-29): what is not covered or not approved is self-paid whole; what
    exceeds ceiling × quantity is over the ceiling; of the rest the first-self-pay share, rounded half up, falls on the
    patient, and what remains is eligible. Raises :class:`LineContradicts` where amount and quantity differ in sign.
    """
    if line.amount * line.quantity < 0:
        raise LineContradicts(amount=yuan(line.amount), quantity=line.quantity)
    if line.amount < 0 or line.quantity < 0:
        charge = replace(line, amount=-line.amount, quantity=-line.quantity)
        return Graded(*(-part for part in grade(charge)))
    if not covered(line):
        return Graded(line.amount, 0, 0, 0)
    over = 0
    if line.unit_ceiling is not None:
        over = max(0, line.amount - line_amount(line.unit_ceiling, line.quantity))
    within = line.amount - over
    first = share_of(within, line.first_self_pay)
    return Graded(0, over, first, within - first)


def covered(line: FeeLine) -> bool:
    """Whether the fund looks at a line at all (HIS interface, hosp_appr_flag × lmt_used_flag).

    Class C is not covered. A restricted item counts only when its use is approved; an unrestricted one unless its
    approval was denied.
    """
    if line.item_class is ItemClass.C:
        return False
    return line.approval is Approval.GRANTED if line.restricted else line.approval is not Approval.DENIED


def left_out_of(line: FeeLine) -> Iterator[LeftOut]:
    """What of a line lies outside the eligible amount, and why."""
    parts = grade(line)
    reasons = {"over_ceiling": "over_ceiling", "first_self_pay": "first_self_pay", "not_covered": "class_c"}
    if line.item_class is not ItemClass.C:
        reasons["not_covered"] = "not_approved" if line.restricted else "denied"
    for part, reason in reasons.items():
        if amount := getattr(parts, part):
            yield LeftOut(line.name, part, amount, reason)


def grade_bill(lines: Iterable[FeeLine]) -> Amounts:
    """The graded amounts of a bill: parts summed over its lines, buckets summed over the lines that carry them."""
    sums = [0, 0, 0, 0]
    buckets: dict[str, Bucket] = {}
    for line in lines:
        parts = grade(line)
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
        if line.bucket:
            _add_to_bucket(buckets, line, parts)
    not_covered, over, first, eligible = sums
    return Amounts(sum(sums), eligible, first, over, not_covered, buckets)


def _add_to_bucket(buckets: dict[str, Bucket], line: FeeLine, parts: Graded) -> None:
    """A bucket holds the eligible part of covered lines, or the whole of lines that are not covered."""
    part, amount = ("eligible", parts.eligible) if covered(line) else ("not_covered", parts.not_covered)
    before = buckets.get(line.bucket, Bucket(part, 0))
    if before.part != part:
        raise BucketsInTwoParts(bucket=line.bucket)
    buckets[line.bucket] = Bucket(part, before.amount + amount)
