"""Which transaction is handled, stored or refused: read from the code itself and written as docs/his-coverage.md.

``python -m yijie.interfaces.fsi.coverage`` writes the page; a test fails when it is stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import django

from .refused import family_of
from .tables import Transaction, transaction, transaction_numbers

PAGE = Path(__file__).parents[3] / "docs" / "his-coverage.md"


class Served(StrEnum):
    """What happens to a message of a transaction."""

    HANDLED = "handled"
    """decides, settles, compares or answers from what the platform knows"""
    STORED = "stored"
    """checked, kept with its versions, found again by the queries"""
    REFUSED = "refused"
    """told why"""


WORDS = {Served.HANDLED: "办理", Served.STORED: "存储", Served.REFUSED: "不受理"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """One transaction and what happens to it; ``why`` is what a refusal says."""

    transaction: Transaction
    served: Served
    why: str = ""


def coverage() -> list[Coverage]:
    """Every transaction of the interface, in the order of its tables."""
    return [_coverage(transaction(infno)) for infno in transaction_numbers()]


def _coverage(one: Transaction) -> Coverage:
    from .service import OFFERED  # noqa: PLC0415  the handlers need Django, which the page's reader may not have started
    from .storing import STORED  # noqa: PLC0415  as above

    if one.infno in STORED:
        return Coverage(one, Served.STORED)
    if one.infno in OFFERED:
        return Coverage(one, Served.HANDLED)
    return Coverage(one, Served.REFUSED, family_of(one.infno).why.zh)


INTRODUCTION = """# 交易覆盖 Which transactions are served

Written by `make his-coverage` from the code; a test fails when it is stale.

*handled 办理*: decides, settles, compares, or answers from what the platform knows. *stored 存储*: checked against the
interface's tables and the platform's own records, kept with every version, found again by the query transactions and,
all of them, by YJ02. *refused 不受理*: the answer says why (`fsi.not_offered`). Acceptance: what Hunan's acceptance
list demands (Y) of pharmacy, clinic, primary hospital, higher hospital, in this order; empty where the list is silent.
"""


def page() -> str:
    """The page's text."""
    every = coverage()
    counts = {served: sum(one.served is served for one in every) for served in Served}
    summary = ", ".join(f"{counts[served]} {served.value}" for served in Served)
    rows = [
        f"| {one.transaction.infno} | {one.transaction.name} | {one.transaction.acceptance} "
        f"| {one.served.value} {WORDS[one.served]}{'：' + one.why if one.why else ''} |"
        for one in every
    ]
    head = ["| No. | 名称 | Acceptance | Served |", "|---|---|---|---|"]
    return "\n".join([INTRODUCTION, f"{len(every)} transactions: {summary}.", "", *head, *rows]) + "\n"


def main() -> None:
    """Write the page."""
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
