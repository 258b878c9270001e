"""Decision is the home region's side of a settlement: benefit quotes, held and confirmed decisions, accumulators.

It promises that the accumulators of a person, insurance and year are changed one decision at a time and always equal
the sum of the held and confirmed decisions, and that every decision can be explained and recomputed.
"""

from .decide import BenefitRequest, Decided, confirm, hold, quote
from .errors import LaterDecisionLives, PolicyMissing
from .policies import policy_of, warm_up
from .queries import accumulators_of, explanation_of
from .undo import void

__all__ = [
    "BenefitRequest",
    "Decided",
    "LaterDecisionLives",
    "PolicyMissing",
    "accumulators_of",
    "confirm",
    "explanation_of",
    "hold",
    "policy_of",
    "quote",
    "void",
    "warm_up",
]
