"""The bill of a case: graded amounts, or fee lines that are graded here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.case import NO_GRADINGS, Amounts, Bucket, Grading
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import AmountsDoNotAddUp, BadNumber, MissingKey
from yijie.engines.benefit.grade import ZERO, FeeLine, grade_bill, left_out_of
from yijie.engines.benefit.policy import CATALOGUES
from yijie.engines.benefit.read_numbers import read_amount, read_share
from yijie.engines.benefit.words import PARTS, member_of, words_of
from yijie.kernel.codes import Approval, ItemClass
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, fen_from_yuan, line_amount, yuan

SIGNED_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,2})?")
DECIMAL = re.compile(r"-?\d{1,10}(\.\d{1,6})?")
CHARGE_KEYS = ("name", "amount", "price", "quantity", "home")
TERM_KEYS = ("first_self_pay", "unit_ceiling", "restricted", "approval", "bucket")
CARE, HOME = CATALOGUES
CLASSES = tuple(member.name for member in ItemClass)


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as the care region grades it and, where every line knows both regions' terms, in every other way."""

    amounts: Amounts
    regraded: Mapping[Grading, Amounts] = field(default_factory=lambda: NO_GRADINGS)


def read_bill(fields: Mapping[str, Node], case: Node) -> Bill:
    """``amounts`` or ``lines`` of a case, one of which must be there."""
    if "amounts" in fields:
        return Bill(_amounts(fields["amounts"]))
    if "lines" not in fields:
        raise MissingKey(**case.place.facts, key="amounts | lines")
    nodes = doc.items(fields["lines"])
    lines = [_terms(node) for node in nodes]
    if not any(HOME in terms for terms in lines):
        return Bill(_graded(terms[CARE] for terms in lines))
    for terms, node in zip(lines, nodes, strict=True):
        if HOME not in terms:
            raise MissingKey(**node.place.facts, key="home")
    regraded = {
        (catalogue, first): _graded(_mixed(terms, catalogue, first) for terms in lines)
        for catalogue, first in product(CATALOGUES, repeat=2)
    }
    return Bill(regraded[CARE, CARE], regraded)


def _graded(lines: Iterable[FeeLine]) -> Amounts:
    """Lines graded and summed, with what of named lines was left out."""
    known = list(lines)
    left_out = [left for line in known if line.name for left in left_out_of(line)]
    return replace(grade_bill(known), left_out=tuple(left_out))


def _mixed(terms: Mapping[str, FeeLine], catalogue: str, first_self_pay: str) -> FeeLine:
    """A line on one region's catalogue with the first-self-pay share of one region, perhaps the other."""
    return replace(terms[catalogue], first_self_pay=terms[first_self_pay].first_self_pay)


def _amounts(node: Node) -> Amounts:
    """Graded amounts whose parts must be the total; parts not written are zero."""
    fields = doc.mapping(node, ("total",), (*PARTS, "buckets"))
    total = read_amount(fields["total"])
    parts = {part: read_amount(fields[part]) if part in fields else 0 for part in PARTS}
    if sum(parts.values()) != total:
        raise AmountsDoNotAddUp(**node.place.facts, parts=yuan(sum(parts.values())), total=yuan(total))
    buckets = doc.free_mapping(fields["buckets"]) if "buckets" in fields else {}
    marked = {name: _bucket(bucket) for name, bucket in buckets.items()}
    return Amounts(
        total, parts["eligible"], parts["first_self_pay"], parts["over_ceiling"], parts["not_covered"], marked
    )


def _bucket(node: Node) -> Bucket:
    fields = doc.mapping(node, ("of", "amount"))
    return Bucket(doc.word(fields["of"], PARTS), read_amount(fields["amount"]))


def _terms(node: Node) -> dict[str, FeeLine]:
    """One fee line under the terms of the care region and, where ``home`` tells them, of the home region.

    Its sum is the amount, or price × quantity; quantity is 1 (−1 for a refund) where not written.
    """
    fields = doc.mapping(node, ("class",), (*CHARGE_KEYS, *TERM_KEYS))
    amount, quantity = _amount_and_quantity(fields, node)
    name = doc.text(fields["name"]) if "name" in fields else ""
    terms = {CARE: _line(fields, amount, quantity, name)}
    if "home" in fields:
        terms[HOME] = _line(doc.mapping(fields["home"], ("class",), TERM_KEYS), amount, quantity, name)
    return terms


def _line(fields: Mapping[str, Node], amount: Fen, quantity: Decimal, name: str) -> FeeLine:
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
        name=name,
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
        expected = Text("金额（元，最多两位小数）", "an amount in yuan like -12.50")
        raise BadNumber(**node.place.facts, text=text, expected=expected)
    return fen_from_yuan(text)


def _decimal(node: Node) -> Decimal:
    text = doc.text(node)
    if not DECIMAL.fullmatch(text):
        expected = Text("最多六位小数的数", "a number with at most six decimals")
        raise BadNumber(**node.place.facts, text=text, expected=expected)
    return Decimal(text)
