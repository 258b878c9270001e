"""Sums that a decision pays beside the bill: kept with it, posted in the home region's book by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yijie.domain import ledger
from yijie.domain.transaction import fetch, from_json
from yijie.engines.benefit import Benefit


def allowances_json(benefit: Benefit) -> list[dict[str, Any]]:
    """The sums beside the bill as they are kept with the decision; those of nothing are left out."""
    return [
        {"layer": paid.layer, "fund": paid.payer, "paid_to": paid.paid_to, "amount": paid.amount}
        for paid in benefit.allowances
        if paid.amount
    ]


def allowance_book(settlement: int, home: str, person: str, kept: Sequence[dict[str, Any]]) -> list[ledger.Transaction]:
    """What kept allowances post: each from its fund, to the person's account or owed to the person."""
    return [
        ledger.allowance(
            settlement,
            home=home,
            person=person,
            fund=paid["fund"],
            amount=paid["amount"],
            to_account=paid["paid_to"] == "account",
        )
        for paid in kept
    ]


def kept_allowances(settlements: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The allowances kept with decisions, by settlement."""
    rows = fetch("SELECT settlement, allowances FROM decision_decision WHERE settlement = ANY(%s)", [list(settlements)])
    return {settlement: from_json(text) for settlement, text in rows}
