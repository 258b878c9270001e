"""What a layer counts from: the parts it covers, what is borne first, and the ceilings, with their counters."""

from __future__ import annotations

from collections.abc import Sequence

from yijie.engines.benefit.active import Active
from yijie.engines.benefit.plan import (
    CeilingPlan,
    CoverPlan,
    FirstAmountPlan,
    FirstPlan,
    FirstSharePlan,
    PartlyPlan,
    UnitPlan,
    Use,
)
from yijie.engines.benefit.policy import Layer
from yijie.engines.benefit.primitives import COVERABLE, EACH, UNIT
from yijie.engines.benefit.values import fact_for
from yijie.engines.benefit.words import PARTS, PERSONAL_ACCOUNT
from yijie.kernel.money import Ratio

CEILINGS = {"cost_ceiling": "cost", "excess_ceiling": "excess", "payment_ceiling": "paid"}
"""What each ceiling counts, which is also the last word of its accumulator's name."""


def covers(layer: Layer, steps: Sequence[Active]) -> CoverPlan:
    """A covers step, or what holds without one: the eligible amount; for a stated sum the whole bill."""
    if not steps:
        stated_only = all(step.name == "stated" for step in layer.steps if step.primitive.one_of == "pay")
        whole = stated_only and layer.payer != PERSONAL_ACCOUNT
        return CoverPlan(tuple(range(len(PARTS))) if whole else (0,))
    active = steps[0]
    gap = active.gap() if layer.payer == PERSONAL_ACCOUNT else None
    if gap is not None:
        return CoverPlan((), gap=gap)
    uses = active.uses("parts", "without", "partly", "partly_share")
    named, partly = uses["parts"].words, _partly(uses)
    parts = [name for name in named if partly is None or name not in uses["partly"].words]
    return CoverPlan(
        parts=tuple(PARTS.index(name) for name in parts if name in PARTS),
        buckets=tuple(name for name in parts if name not in COVERABLE),
        without=(*(uses["without"].words if "without" in uses else ()), *(partly.buckets if partly else ())),
        beyond="beyond_ceiling" in named,
        unpaid="unpaid_over_ceiling" in named,
        billed=active.step.forms["seen"] == "billed",
        partly=partly,
        uses=tuple(uses.values()),
    )


def _partly(uses: dict[str, Use]) -> PartlyPlan | None:
    """Parts and buckets that count at a share; with only one of the two written nothing counts so."""
    if "partly" not in uses or "partly_share" not in uses:
        return None
    named, share = uses["partly"].words, uses["partly_share"].ratio
    return PartlyPlan(
        parts=tuple(PARTS.index(name) for name in named if name in PARTS),
        buckets=tuple(name for name in named if name not in PARTS),
        numerator=share.numerator,
        denominator=share.denominator,
    )


def firsts(chosen: Sequence[Active]) -> tuple[FirstPlan, ...]:
    """What the patient bears before anything else, in written order."""
    plans: list[FirstPlan] = []
    for active in chosen:
        if active.step.name == "first_share":
            use = active.main()
            kept = 1 - use.ratio
            plans.append(FirstSharePlan(kept.numerator, kept.denominator, (use,)))
        elif active.step.name == "first_amount":
            use = active.main()
            plans.append(FirstAmountPlan(use.whole, active.step.forms[UNIT], (use,)))
    return tuple(plans)


def ceilings(layer: Layer, steps: Sequence[Active]) -> tuple[CeilingPlan, ...]:
    """Ceilings of one kind, each with the accumulator it counts under."""
    plans = []
    for active in steps:
        use = active.main()
        accumulator = f"{counter_of(layer, active)}.{CEILINGS[active.step.name]}"
        plans.append(CeilingPlan(active.step.name, use.whole, active.step.forms["per"], accumulator, (use,)))
    return tuple(plans)


def unit_plan(layer: Layer, active: Active) -> UnitPlan:
    """A sum for every unit, and how many units of a period count."""
    uses = active.uses("amount", "most")
    unit = active.step.forms[UNIT]
    return UnitPlan(
        step=active.step.name,
        amount=uses["amount"].whole,
        unit=unit,
        most=uses["most"].whole if "most" in uses else None,
        per=active.step.forms["per"],
        accumulator=f"{counter_of(layer, active)}.{unit}",
        uses=tuple(uses.values()),
    )


def counter_of(layer: Layer, active: Active) -> str:
    """The name a step counts under: its own or its layer's, and with ``each`` one for every word of a dimension."""
    counter = active.step.forms.get("counter", layer.name)
    if EACH not in active.step.forms:
        return counter
    fact = fact_for(active.step.forms[EACH], active.facts, active.step.place)
    return f"{counter}:{'+'.join(sorted(fact)) if isinstance(fact, frozenset) else fact}"


def whole_of(use: Use | None) -> int:
    """A figure in fen or a count; zero where the step does not have it."""
    return use.whole if use else 0


def ratio_of(use: Use | None, otherwise: Ratio) -> Ratio:
    """A figure as a ratio, or what holds without it."""
    return use.ratio if use else otherwise
