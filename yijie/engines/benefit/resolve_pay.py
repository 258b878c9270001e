"""How much a layer pays: the ratios its pay rule starts from, and what the adjusting steps make of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import cast

from yijie.engines.benefit.active import Active
from yijie.engines.benefit.plan import AllowancePlan, PayPlan, PhasePlan, Use
from yijie.engines.benefit.policy import Layer
from yijie.engines.benefit.primitives import UNIT
from yijie.engines.benefit.refusals import NoRuleForCase
from yijie.engines.benefit.resolve_base import unit_plan, whole_of
from yijie.engines.benefit.values import Absent, Gap, fact_for, figure_of, find
from yijie.engines.benefit.words import DAY, PERSONAL_ACCOUNT
from yijie.kernel.money import Ratio

ADJUSTING = ("own_share", "factor", "points")
ONE = Fraction(1)

Start = tuple[tuple[int, ...], tuple[Ratio, ...], tuple[tuple[int, Gap], ...], tuple[Use, ...]]
"""Inner borders, ratios, gaps among them, parameters: what a pay rule starts from."""
Adjustment = tuple[str, tuple[Use, ...], tuple[Ratio, ...], tuple[Ratio, ...]]

WHOLE = PayPlan("whole")
"""All that is seen: what the personal account pays, up to its balance."""


def pay_plan(layer: Layer, chosen: Sequence[Active]) -> PayPlan:
    """The layer's pay rule with all adjustments; raises :class:`NoRuleForCase` where none holds for the case."""
    if layer.payer == PERSONAL_ACCOUNT:
        return WHOLE
    rule = next((active for active in chosen if active.step.primitive.one_of == "pay"), None)
    if rule is None:
        raise NoRuleForCase(**layer.place.facts)
    if rule.step.name == "stated":
        return PayPlan("stated", stated=rule.step.forms.get("name", layer.name), uses=(rule.main(),))
    if rule.step.name == "allowance":
        return PayPlan("allowance", allowance=_allowance(layer, rule, chosen))
    return _adjusted(layer, rule, chosen)


def _adjusted(layer: Layer, rule: Active, chosen: Sequence[Active]) -> PayPlan:
    """A rule of ratios with what the adjusting steps make of them."""
    bounds, ratios, gaps, uses = _start(layer, rule)
    adjustments: list[Adjustment] = []
    for active in chosen:
        if active.step.name in ADJUSTING:
            adjusted = active.uses(*active.step.primitive.parameters)
            before, ratios = ratios, tuple(_adjust(active.step.name, ratio, adjusted) for ratio in ratios)
            adjustments.append((active.step.name, tuple(adjusted.values()), before, ratios))
    denominator = lcm(2, *(ratio.denominator for ratio in ratios))
    return PayPlan(
        step=rule.step.name,
        bounds=bounds,
        ratios=ratios,
        numerators=tuple(int(ratio * denominator) for ratio in ratios),
        denominator=denominator,
        on_excess=rule.step.forms.get("measured_on") != "cost",
        over_year=rule.step.forms.get("over") == "year",
        gaps=gaps,
        uses=uses,
        adjustments=tuple(adjustments),
        phases=_phases(layer, rule, bounds) if rule.step.name == "phases" else None,
        rate=unit_plan(layer, rule) if rule.step.name == "rate" else None,
    )


def _start(layer: Layer, rule: Active) -> Start:
    """What the rule itself says, before anything adjusts it."""
    if rule.step.name == "rate":
        return (), (ONE,), (), unit_plan(layer, rule).uses
    return _flat(rule) if rule.step.name == "ratio" else _rows(rule)


def _flat(rule: Active) -> Start:
    """One ratio, with what it gains for every completed year of age (old 成都: 75 % + 0.2 % × age)."""
    uses = rule.uses("share", "per_year_of_age")
    ratio = uses["share"].ratio
    if "per_year_of_age" in uses:
        age = cast("int", fact_for("age", rule.facts, rule.step.place))
        ratio += uses["per_year_of_age"].ratio * age
    return (), (_within_bounds(ratio),), (), tuple(uses.values())


def _rows(rule: Active) -> Start:
    """Inner borders and a ratio per band or phase; what chose the ratios joins what chose the schedule."""
    use = rule.main()
    rows = use.rows
    found = [find(row.share, rule.facts) for row in rows]
    choices = dict.fromkeys((*use.choices, *(choice for _, chosen in found for choice in chosen)))
    bounds = tuple(cast("int", row.to) for row in rows[:-1])
    gaps = tuple((index, share) for index, (share, _) in enumerate(found) if isinstance(share, Gap))
    ratios = tuple(Fraction(0) if isinstance(share, Gap) else cast("Ratio", figure_of(share)) for share, _ in found)
    return bounds, ratios, gaps, (Use(use.name, ratios, tuple(choices), use.entry, use.place),)


def _phases(layer: Layer, rule: Active, bounds: tuple[int, ...]) -> PhasePlan:
    """Over which units the phases go, and the most that a unit costs in each."""
    limits: list[int | None] = []
    for row in rule.main().phases:
        found = find(row.most, rule.facts)[0] if row.most else Absent()
        limits.append(cast("int | None", figure_of(found)))
    unit = rule.step.forms.get(UNIT, DAY)
    return PhasePlan(unit, bounds, tuple(limits), rule.step.forms["over"] == "year", f"{layer.name}.phases.{unit}")


def _allowance(layer: Layer, rule: Active, chosen: Sequence[Active]) -> AllowancePlan:
    """A sum beside the bill; its base is the policy's or the case's, its days the policy's or the case's units."""
    further = [active for active in chosen if active.step.name == "more_days"]
    uses = rule.uses("base", "share", "least", "most", "days", "divided_by")
    days = [active.main() for active in further]
    forms = rule.step.forms
    return AllowancePlan(
        base=uses["base"].whole if "base" in uses else None,
        stated_as=forms.get("stated_as", ""),
        least=whole_of(uses.get("least")),
        most=uses["most"].whole if "most" in uses else None,
        share=uses["share"].ratio,
        days=uses["days"].whole if "days" in uses else None,
        unit=forms.get(UNIT, ""),
        more=tuple(
            (use.whole, active.step.forms.get("for_each", "")) for use, active in zip(days, further, strict=True)
        ),
        divided_by=uses["divided_by"].whole if "divided_by" in uses else 1,
        paid_to=forms["paid_to"],
        accumulator=f"{layer.name}.paid" if forms["granted"] == "once_a_stay" else "",
        uses=(*uses.values(), *days),
    )


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
