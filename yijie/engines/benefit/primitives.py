"""The closed set of steps a policy is made of, by name and in their order.

What each says and where it was seen stands in :mod:`primitives_of_cost` and :mod:`primitives_of_payment`; what it does
to the money in :mod:`arithmetic`, how it is resolved for a case in :mod:`resolve`. What this set cannot say gets a new
primitive here, with tests; there is no way to write expressions or code in a policy.

The docstring of a primitive is shown to those who write policies (``yijie policy steps``); its line "Seen" names
published policies that use the form.
"""

from __future__ import annotations

from yijie.engines.benefit.primitives_of_cost import (
    CostCeiling,
    Covers,
    Deductible,
    ExcessCeiling,
    Exclude,
    FirstAmount,
    FirstShare,
    PaymentCeiling,
    Refuse,
    UnitCeiling,
)
from yijie.engines.benefit.primitives_of_payment import (
    Allowance,
    Bands,
    Factor,
    Guarantee,
    MoreDays,
    OwnShare,
    Phases,
    Points,
    Rate,
    RatioRule,
    Rounding,
    Stated,
)
from yijie.engines.benefit.signature import EACH, GRAINS, PERIODS, UNIT, Kind, Primitive
from yijie.engines.benefit.words import BEYOND, PARTS

__all__ = [
    "COVERABLE",
    "EACH",
    "GRAINS",
    "ORDER",
    "PERIODS",
    "PHASES",
    "PRIMITIVES",
    "UNIT",
    "Kind",
    "Primitive",
]

PRIMITIVES: dict[str, type[Primitive]] = {
    "covers": Covers,
    "exclude": Exclude,
    "refuse": Refuse,
    "first_amount": FirstAmount,
    "first_share": FirstShare,
    "cost_ceiling": CostCeiling,
    "unit_ceiling": UnitCeiling,
    "deductible": Deductible,
    "excess_ceiling": ExcessCeiling,
    "ratio": RatioRule,
    "bands": Bands,
    "phases": Phases,
    "rate": Rate,
    "stated": Stated,
    "allowance": Allowance,
    "more_days": MoreDays,
    "own_share": OwnShare,
    "factor": Factor,
    "points": Points,
    "guarantee": Guarantee,
    "rounding": Rounding,
    "payment_ceiling": PaymentCeiling,
}
PHASES = 11
ORDER = " → ".join(
    " / ".join(name for name, primitive in PRIMITIVES.items() if primitive.phase == phase) for phase in range(PHASES)
)
COVERABLE = (*PARTS, *BEYOND)
