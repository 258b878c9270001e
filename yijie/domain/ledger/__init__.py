"""Ledger owns the money books: every posting of every region's book and the balances that follow from them.

It promises that every transaction nets to zero, that postings come only from the named templates, that nothing is ever
changed or removed, that each balance is the sum of its postings, and that no personal account falls below zero.
"""

from .errors import AccountShort
from .models import Account
from .post import balance, lock_personal_accounts, personal_accounts, post, postings_of
from .templates import Transaction, care_settlement, home_settlement

__all__ = [
    "Account",
    "AccountShort",
    "Transaction",
    "balance",
    "care_settlement",
    "home_settlement",
    "lock_personal_accounts",
    "personal_accounts",
    "post",
    "postings_of",
]
