"""How much a layer pays: the ratios its pay rule starts from, and what the adjusting steps make of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import cast

from yijie.engines.benefit.active import Active
from yijie.engines.benefit.plan import PayPlan, Use
from yijie.engines.benefit.policy import Layer
from yijie.engines.benefit.refusals import NoRuleForCase
from yijie.engines.benefit.values import Gap, fact_for, find
from yijie.engines.benefit.words import PERSONAL_ACCOUNT
from yijie.kernel.money import Ratio

ADJUSTING = ("own_share", "factor", "points")
ONE = Fraction(1)

Start = tuple[tuple[int, ...], tuple[Ratio, ...], tuple[tuple[int, Gap], ...], tuple[Use, ...]]
"""Inner borders, ratios, gaps among them, parameters: what a pay rule starts from."""
Adjustment = tuple[str, tuple[Use, ...], tuple[Ratio, ...]]

WHOLE = PayPlan(
    "whole", (), (ONE,), (1,), 1, on_excess=True, over_year=False, stated="", gaps=(), uses=(), adjustments=()
)
"""All that is seen: what the personal account pays, up to its balance."""


def pay_plan(layer: Layer, chosen: Sequence[Active]) -> PayPlan:
    """The layer's pay rule with all adjustments; raises :class:`NoRuleForCase` where none holds for the case."""
    if layer.payer == PERSONAL_ACCOUNT:
        return WHOLE
    rule = next((active for active in chosen if active.step.primitive.one_of == "pay"), None)
    if rule is None:
        raise NoRuleForCase(**layer.place.facts)
    if rule.step.name == "stated":
        return _stated(layer, rule)
    bounds, ratios, gaps, uses = _bands(rule) if rule.step.name == "bands" else _flat(rule)
    adjustments: list[Adjustment] = []
    for active in chosen:
        if active.step.name in ADJUSTING:
            adjusted = active.uses(*active.step.primitive.parameters)
            ratios = tuple(_adjust(active.step.name, ratio, adjusted) for ratio in ratios)
            adjustments.append((active.step.name, tuple(adjusted.values()), ratios))
    denominator = lcm(*(ratio.denominator for ratio in ratios))
    return PayPlan(
        step=rule.step.name,
        bounds=bounds,
        ratios=ratios,
        numerators=tuple(int(ratio * denominator) for ratio in ratios),
        denominator=denominator,
        on_excess=rule.step.forms.get("measured_on") != "cost",
        over_year=rule.step.forms.get("over") == "year",
        stated="",
        gaps=gaps,
        uses=uses,
        adjustments=tuple(adjustments),
    )


def _stated(layer: Layer, rule: Active) -> PayPlan:
    """A sum decided outside the policy; the case gives it under the step's name, or the layer's."""
    name = rule.step.forms.get("name", layer.name)
    return PayPlan("stated", (), (ONE,), (1,), 1, True, False, name, (), (rule.main(),), ())


def _flat(rule: Active) -> Start:
    """One ratio, with what it gains for every completed year of age (old 成都: 75 % + 0.2 % × age)."""
    uses = rule.uses("share", "per_year_of_age")
    ratio = uses["share"].ratio
    if "per_year_of_age" in uses:
        age = cast("int", fact_for("age", rule.facts, rule.step.place))
        ratio += uses["per_year_of_age"].ratio * age
    return (), (_within_bounds(ratio),), (), tuple(uses.values())


def _bands(rule: Active) -> Start:
    """Inner borders and a ratio per band; what chose the ratios joins what chose the schedule."""
    use = rule.main()
    bands = use.bands
    found = [find(band.share, rule.facts) for band in bands]
    choices = dict.fromkeys((*use.choices, *(choice for _, chosen in found for choice in chosen)))
    bounds = tuple(cast("int", band.to) for band in bands[:-1])
    gaps = tuple((index, share) for index, (share, _) in enumerate(found) if isinstance(share, Gap))
    ratios = tuple(Fraction(0) if isinstance(share, Gap) else cast("Ratio", share.figure) for share, _ in found)
    return bounds, ratios, gaps, (Use(use.name, ratios, tuple(choices), use.entry, use.place),)


def _adjust(step: str, ratio: Ratio, uses: dict[str, Use]) -> Ratio:
    """A ratio after one adjusting step, within 0 % to 100 %."""
    if step == "points":
        return _with_points(ratio, uses)
    times = uses["times"].ratio
    return _within_bounds(ratio * times if step == "factor" else 1 - (1 - ratio) * times)


def _with_points(ratio: Ratio, uses: dict[str, Use]) -> Ratio:
    """Points added; ``least`` and ``most`` bound the change and never move a ratio that lay beyond them before."""
    moved = ratio + uses["add"].ratio
    if "least" in uses:
        moved = max(moved, min(ratio, uses["least"].ratio))
    if "most" in uses:
        moved = min(moved, max(ratio, uses["most"].ratio))
    return _within_bounds(moved)


def _within_bounds(ratio: Ratio) -> Ratio:
    return min(max(ratio, Fraction(0)), ONE)
