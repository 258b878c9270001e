"""Fee lines: uploaded, and graded under the care region's catalogue of their service date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yijie.domain.catalogue import ItemTerm, ItemUnknown, terms
from yijie.domain.transaction import execute, fetch, json_text
from yijie.engines.benefit import FeeLine, Graded, grade
from yijie.kernel.codes import Approval, ItemClass
from yijie.kernel.dates import in_shanghai, now
from yijie.kernel.language import Text
from yijie.kernel.money import Fen, line_amount, yuan

from .errors import (
    LineAhead,
    LineAmountWrong,
    LineDuplicate,
    LinePriceWrong,
    LineTooLarge,
    RefundUnfit,
)
from .record import Record
from .times import CLOCK_SKEW

MICROSECOND = timedelta(microseconds=1)
LINE_AMOUNT_MAX: Fen = 10_000_000_000
"""A hundred million yuan: nothing costs more, and sums of any number of lines stay within what is counted in."""
AMOUNT_TOLERANCE: Fen = 1
"""|price × quantity − amount| may be one fen (HIS interface: 2204 and 2301)."""


@dataclass(frozen=True, slots=True)
class LineGiven:
    """One fee line as an institution charged it; a negative quantity refunds ``original``."""

    serial: str
    original: str
    batch: str
    charged_at: datetime
    item: str
    own_code: str
    price: Decimal
    quantity: Decimal
    amount: Fen
    approval: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineStored:
    """A fee line with the term it was graded under and its parts."""

    given: LineGiven
    term: ItemTerm
    ceiling: Decimal | None
    share: Decimal
    parts: Graded


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a line after its refunds so far: later refunds take from it."""

    item: str
    price: Decimal
    charged_on: date
    approval: str
    quantity: Decimal
    amount: Fen

    def less(self, refund: LineGiven) -> Remainder:
        """What is left when ``refund`` (a negative line) is taken back as well."""
        return replace(self, quantity=self.quantity + refund.quantity, amount=self.amount + refund.amount)


Refunded = dict[str, Remainder]
"""By the serial of a refund what was left of its original just before it."""


def upload(encounter: Record, lines: Sequence[LineGiven]) -> list[LineStored]:
    """Grade and store lines of a locked encounter; all of them or, with an error that names the line, none.

    A refund is graded as the difference between what was left of its original before and after, under the
    original's term, so that a line and all its refunds cancel to the fen in every part.
    """
    refunded = [line.original for line in lines if _refunds(line)]
    stored = _stored_remainders(encounter, refunded) if refunded else {}
    before = check(lines, seen=_stored_serials(encounter, lines), left=stored)
    graded = grade_lines(encounter, lines, before, terms(encounter.region, asked_terms(lines, before)))
    insert([(encounter, graded)])
    return graded


def check(lines: Sequence[LineGiven], *, seen: set[str], left: dict[str, Remainder]) -> Refunded:
    """Refuse lines that fit neither each other nor what is stored: serials ``seen``, what is ``left``."""
    _check_each(lines)
    _check_serials(lines, set(seen))
    return _remainders(lines, dict(left))


def asked_terms(lines: Sequence[LineGiven], before: Refunded) -> list[tuple[str, date]]:
    """The terms (item, day) by which lines are graded: a refund by those of its original."""
    return [(line.item, _term_day(line, before)) for line in lines]


def grade_lines(
    encounter: Record, lines: Sequence[LineGiven], before: Refunded, held: dict[tuple[str, date], ItemTerm]
) -> list[LineStored]:
    """Lines with their parts; one whose item is not on the care region's list is refused."""
    stored = []
    for position, line in enumerate(lines, 1):
        term = held.get((line.item, _term_day(line, before)))
        if term is None:
            raise ItemUnknown(position=position, serial=line.serial, item=line.item)
        left = before.get(line.serial)
        if left is None:
            parts = parts_of(encounter, term, line.amount, line.quantity, line.approval)
        else:
            after = left.less(line)
            parts = _difference(
                parts_of(encounter, term, after.amount, after.quantity, left.approval),
                parts_of(encounter, term, left.amount, left.quantity, left.approval),
            )
        share, ceiling = term.share(encounter.insurance), term.ceiling(encounter.level)
        stored.append(LineStored(line, term, ceiling, share, parts))
    return stored


def parts_of(encounter: Record, term: ItemTerm, amount: Fen, quantity: Decimal, approval: str) -> Graded:
    """The parts of a charge under a term, for a person of the encounter's insurance at an institution of its level."""
    return grade(
        FeeLine(
            amount=amount,
            quantity=quantity,
            item_class=ItemClass(term.item_class),
            first_self_pay=Fraction(term.share(encounter.insurance)),
            unit_ceiling=term.ceiling(encounter.level),
            restricted=term.restricted,
            approval=Approval(approval or Approval.NOT_NEEDED),
        )
    )


def _difference(after: Graded, before: Graded) -> Graded:
    return Graded(*(later - earlier for later, earlier in zip(after, before, strict=True)))


def _term_day(line: LineGiven, before: Refunded) -> date:
    return before[line.serial].charged_on if line.serial in before else line.charged_at.date()


def _check_each(lines: Sequence[LineGiven]) -> None:
    latest = now() + CLOCK_SKEW
    for position, line in enumerate(lines, 1):
        if line.charged_at > latest:
            raise LineAhead(position=position, serial=line.serial, at=f"{line.charged_at:%Y-%m-%d %H:%M}")
        if line.price < 0:
            raise LinePriceWrong(position=position, serial=line.serial, price=line.price)
        if abs(line.amount) > LINE_AMOUNT_MAX:
            raise LineTooLarge(
                position=position, serial=line.serial, amount=yuan(line.amount), most=yuan(LINE_AMOUNT_MAX)
            )
        product = line_amount(line.price, line.quantity)
        if abs(product - line.amount) > AMOUNT_TOLERANCE:
            raise LineAmountWrong(
                position=position,
                serial=line.serial,
                amount=yuan(line.amount),
                price=line.price,
                quantity=line.quantity,
                product=yuan(product),
            )


def _stored_serials(encounter: Record, lines: Sequence[LineGiven]) -> set[str]:
    rows = fetch(
        "SELECT serial FROM encounter_fee_line WHERE month = %s AND encounter_id = %s AND revoked_at IS NULL"
        " AND serial = ANY(%s)",
        [encounter.month, encounter.id, [line.serial for line in lines]],
    )
    return {serial for (serial,) in rows}


def _check_serials(lines: Sequence[LineGiven], seen: set[str]) -> None:
    for position, line in enumerate(lines, 1):
        if line.serial in seen:
            raise LineDuplicate(position=position, serial=line.serial)
        seen.add(line.serial)


def _refunds(line: LineGiven) -> bool:
    return line.quantity < 0 or line.amount < 0


def _remainders(lines: Sequence[LineGiven], left: dict[str, Remainder]) -> Refunded:
    """Refunds that do not fit are refused."""
    refunds = [(position, line) for position, line in enumerate(lines, 1) if _refunds(line)]
    if not refunds:
        return {}
    for line in lines:
        if line.quantity > 0:
            left[line.serial] = Remainder(
                line.item, line.price, line.charged_at.date(), line.approval, line.quantity, line.amount
            )
    before: dict[str, Remainder] = {}
    for position, line in refunds:
        original = left.get(line.original)
        if original is None:
            why = Text(
                f"原费用流水号“{line.original}”不存在或已撤销",
                f"there is no line {line.original}, or it was taken back",
            )
        elif (original.item, original.price) != (line.item, line.price):
            why = Text("项目编码或单价与原明细不同", "item or price differs from the original line")
        elif line.quantity >= 0 or line.amount > 0:
            why = Text("退费的数量须为负数、金额不得为正数", "the quantity must be negative, the amount not positive")
        elif original.quantity + line.quantity < 0:
            left_over = f"{original.quantity.normalize():f}"
            why = Text(
                f"退费数量 {-line.quantity} 超过原明细可退数量 {left_over}",
                f"{-line.quantity} of {left_over} cannot be given back",
            )
        elif original.amount + line.amount < 0:
            asked, rest = yuan(-line.amount), yuan(original.amount)
            why = Text(
                f"退费金额 {asked} 元超过原明细可退金额 {rest} 元", f"{asked} of {rest} yuan cannot be given back"
            )
        else:
            before[line.serial] = original
            left[line.original] = original.less(line)
            continue
        raise RefundUnfit(position=position, serial=line.serial, why=why)
    return before


def _stored_remainders(encounter: Record, originals: Sequence[str]) -> dict[str, Remainder]:
    rows = fetch(
        """SELECT o.serial, o.item, o.price, o.charged_at, o.approval,
                  o.quantity + coalesce(sum(r.quantity), 0), (o.amount + coalesce(sum(r.amount), 0))::bigint
           FROM encounter_fee_line o LEFT JOIN encounter_fee_line r
             ON r.month = o.month AND r.encounter_id = o.encounter_id AND r.original = o.serial
                AND r.revoked_at IS NULL AND r.quantity < 0
           WHERE o.month = %s AND o.encounter_id = %s AND o.serial = ANY(%s)
             AND o.revoked_at IS NULL AND o.quantity > 0
           GROUP BY o.serial, o.item, o.price, o.charged_at, o.approval, o.quantity, o.amount""",
        [encounter.month, encounter.id, list(originals)],
    )
    return {
        serial: Remainder(item, price, in_shanghai(charged_at).date(), approval, quantity, amount)
        for serial, item, price, charged_at, approval, quantity, amount in rows
    }


INSERT = """
INSERT INTO encounter_fee_line (month, encounter_id, serial, original, batch, charged_at, item, own_code, price,
    quantity, amount, not_covered, over_ceiling, first_self_pay, eligible, item_class, charge_category, share, ceiling,
    restricted, approval, details, uploaded_at)
SELECT l.*
FROM unnest(%s::date[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[],
    %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
    %s::text[], %s::numeric[],
    %s::numeric[], %s::boolean[], %s::text[], %s::jsonb[], %s::timestamptz[]) AS l
"""


def insert(charged: Sequence[tuple[Record, Sequence[LineStored]]]) -> None:
    """Keep encounters' lines in their order, in one statement.

    One microsecond lies between each two of an encounter, because refunds rest on those before them.
    """
    moment = now()
    rows = [
        (
            encounter.month,
            encounter.id,
            line.given.serial,
            line.given.original,
            line.given.batch,
            line.given.charged_at,
            line.given.item,
            line.given.own_code,
            line.given.price,
            line.given.quantity,
            line.given.amount,
            line.parts.not_covered,
            line.parts.over_ceiling,
            line.parts.first_self_pay,
            line.parts.eligible,
            line.term.item_class,
            line.term.charge_category,
            line.share,
            line.ceiling,
            line.term.restricted,
            line.given.approval,
            json_text(line.given.details),
            moment - later * MICROSECOND,
        )
        for encounter, stored in charged
        for later, line in zip(range(len(stored) - 1, -1, -1), stored, strict=True)
    ]
    execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
