"""The bill of a case: graded amounts, or fee lines that are graded here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.case import Amounts, Bucket
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import AmountsDoNotAddUp, BadNumber, MissingKey
from yijie.engines.benefit.grade import ZERO, FeeLine, grade_bill
from yijie.engines.benefit.read_numbers import read_amount, read_share
from yijie.engines.benefit.words import PARTS, member_of, words_of
from yijie.kernel.codes import Approval, ItemClass
from yijie.kernel.money import Fen, fen_from_yuan, line_amount, yuan

SIGNED_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,2})?")
DECIMAL = re.compile(r"-?\d{1,10}(\.\d{1,6})?")
LINE_KEYS = (
    "name", "amount", "price", "quantity", "first_self_pay", "unit_ceiling", "restricted", "approval", "bucket",
)  # fmt: skip
CLASSES = tuple(member.name for member in ItemClass)


def read_bill(fields: Mapping[str, Node], case: Node) -> Amounts:
    """``amounts`` or ``lines`` of a case, one of which must be there."""
    if "amounts" in fields:
        return _amounts(fields["amounts"])
    if "lines" not in fields:
        raise MissingKey(**case.place.facts, key="amounts | lines")
    return grade_bill(_line(node) for node in doc.items(fields["lines"]))


def _amounts(node: Node) -> Amounts:
    """Graded amounts whose parts must be the total; parts not written are zero."""
    fields = doc.mapping(node, ("total",), (*PARTS, "buckets"))
    total = read_amount(fields["total"])
    parts = {part: read_amount(fields[part]) if part in fields else 0 for part in PARTS}
    if sum(parts.values()) != total:
        raise AmountsDoNotAddUp(**node.place.facts, parts=yuan(sum(parts.values())), total=yuan(total))
    buckets = doc.free_mapping(fields["buckets"]) if "buckets" in fields else {}
    return Amounts(total, **parts, buckets={name: _bucket(bucket) for name, bucket in buckets.items()})


def _bucket(node: Node) -> Bucket:
    fields = doc.mapping(node, ("of", "amount"))
    return Bucket(doc.word(fields["of"], PARTS), read_amount(fields["amount"]))


def _line(node: Node) -> FeeLine:
    """One fee line: its amount, or price × quantity; quantity is 1 (−1 for a refund) where not written."""
    fields = doc.mapping(node, ("class",), LINE_KEYS)
    amount, quantity = _amount_and_quantity(fields, node)
    approval = doc.word(fields["approval"], words_of(Approval)) if "approval" in fields else "not_needed"
    return FeeLine(
        amount=amount,
        quantity=quantity,
        item_class=ItemClass[doc.word(fields["class"], CLASSES)],
        first_self_pay=read_share(fields["first_self_pay"]) if "first_self_pay" in fields else ZERO,
        unit_ceiling=_decimal(fields["unit_ceiling"]) if "unit_ceiling" in fields else None,
        restricted="restricted" in fields and doc.yes_no(fields["restricted"]),
        approval=member_of(Approval, approval),
        bucket=doc.text(fields["bucket"]) if "bucket" in fields else "",
    )


def _amount_and_quantity(fields: Mapping[str, Node], line: Node) -> tuple[Fen, Decimal]:
    if "amount" in fields:
        amount = _signed_amount(fields["amount"])
        one = Decimal(-1 if amount < 0 else 1)
        return amount, _decimal(fields["quantity"]) if "quantity" in fields else one
    if "price" not in fields:
        raise MissingKey(**line.place.facts, key="amount | price")
    quantity = _decimal(fields["quantity"]) if "quantity" in fields else Decimal(1)
    return line_amount(_decimal(fields["price"]), quantity), quantity


def _signed_amount(node: Node) -> Fen:
    text = doc.text(node)
    if not SIGNED_AMOUNT.fullmatch(text):
        expected = {"expected_zh": "金额（元，最多两位小数）", "expected_en": "an amount in yuan like -12.50"}
        raise BadNumber(**node.place.facts, text=text, **expected)
    return fen_from_yuan(text)


def _decimal(node: Node) -> Decimal:
    text = doc.text(node)
    if not DECIMAL.fullmatch(text):
        expected = {"expected_zh": "最多六位小数的数", "expected_en": "a number with at most six decimals"}
        raise BadNumber(**node.place.facts, text=text, **expected)
    return Decimal(text)
