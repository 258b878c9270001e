"""Settlement is the care region's side: it alone decides whether an encounter is settled, and it keeps the answer.

It promises that a charge is settled at most once while a settlement lives, that the parts of every settlement add up to
the fen, and that a void mirrors its original exactly.
"""

from .errors import AlreadyVoided, FamilyAccountNotOffered, SettlementUnknown
from .models import FUNDS, MONEY
from .queries import SettlementRow, find, of_encounter
from .settle import Charge, Settled, quote, settle
from .void import Voided, void, void_settlement

__all__ = [
    "FUNDS",
    "MONEY",
    "AlreadyVoided",
    "Charge",
    "FamilyAccountNotOffered",
    "Settled",
    "SettlementRow",
    "SettlementUnknown",
    "Voided",
    "find",
    "of_encounter",
    "quote",
    "settle",
    "void",
    "void_settlement",
]
