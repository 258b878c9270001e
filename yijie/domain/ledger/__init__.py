"""Ledger owns the money books: every posting of every region's book and the balances that follow from them.

It promises that every transaction nets to zero, that postings come only from the named templates, that nothing is ever
changed or removed, that each balance is the sum of its postings, and that no personal account falls below zero.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
