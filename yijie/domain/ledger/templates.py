"""The named templates: the only ways in which money moves. Every template nets to zero by construction.

Each settlement makes two transactions, one in the home region's book and one in the care region's. The home book's
TO_CARE and the care book's FROM_HOME mirror each other, so for every pair of regions they cancel to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from yijie.kernel.ids import new_id
from yijie.kernel.money import Fen

from .models import Account

ALLOWANCE = "allowance"
Entry = tuple[Account, str, Fen]
"""(account, owner, amount); a positive amount is a debit."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """Entries of one region's book that belong together and net to zero."""

    id: int
    region: str
    template: str
    settlement: int | None
    entries: tuple[Entry, ...]

    def reversed(self, template: str) -> Transaction:
        """The same transaction with every amount negated, under its own number; an allowance's keeps its name."""
        negated = tuple((account, owner, -amount) for account, owner, amount in self.entries)
        mirror = f"{self.template}_{template}" if self.template == ALLOWANCE else template
        return replace(self, id=new_id(), template=mirror, entries=negated)


def home_settlement(
    settlement: int, *, home: str, care: str, person: str, funds: Mapping[str, Fen], account_paid: Fen
) -> Transaction:
    """Home book: funds and the person's account pay, the care region is owed."""
    owed = sum(funds.values()) + account_paid
    paid: list[Entry] = [(Account.FUND, name, amount) for name, amount in funds.items()]
    entries: list[Entry] = [*paid, (Account.PERSON, person, account_paid), (Account.TO_CARE, care, -owed)]
    return _transaction(settlement, home, "settlement", entries)


def care_settlement(
    settlement: int, *, home: str, care: str, institution: str, claimed: Fen, cash: Fen, hospital_borne: Fen
) -> Transaction:
    """Care book: the home region owes, the institution is owed; cash and the hospital's own share are recorded.

    ``claimed`` is what funds and personal account pay together.
    """
    entries: list[Entry] = [
        (Account.FROM_HOME, home, claimed),
        (Account.INSTITUTION_DUE, institution, -claimed),
        (Account.DESK_CASH, institution, cash),
        (Account.HOSPITAL_BORNE, institution, hospital_borne),
        (Account.CHARGED, institution, -cash - hospital_borne),
    ]
    return _transaction(settlement, care, "settlement", entries)


def account_hold(settlement: int, *, home: str, person: str, account_paid: Fen) -> Transaction:
    """Home book: account money reserved for a settlement of another node until that node says what became of it."""
    entries: list[Entry] = [(Account.PERSON, person, account_paid), (Account.PERSON_HELD, person, -account_paid)]
    return _transaction(settlement, home, "hold", entries)


def allowance(settlement: int, *, home: str, person: str, fund: str, amount: Fen, to_account: bool) -> Transaction:
    """Home book: a fund pays a sum beside the bill, credited to the person's account or owed to the person."""
    credited = Account.PERSON if to_account else Account.ALLOWANCE_DUE
    return _transaction(settlement, home, ALLOWANCE, [(Account.FUND, fund, amount), (credited, person, -amount)])


def _transaction(settlement: int | None, region: str, template: str, entries: list[Entry]) -> Transaction:
    return Transaction(new_id(), region, template, settlement, tuple(entry for entry in entries if entry[2]))
