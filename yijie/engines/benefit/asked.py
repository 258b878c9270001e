"""Which facts a policy asks for: what it does not look at need not keep claims apart.

Two claims with the same answers to what the policy asks share a plan, so a million claims need a few hundred plans.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import cast

from yijie.engines.benefit.policy import Layer, Policy
from yijie.engines.benefit.primitives import EACH, UNIT
from yijie.engines.benefit.profile import ORDINAL_MAX
from yijie.engines.benefit.resolve_base import CEILINGS
from yijie.engines.benefit.steps import Step
from yijie.engines.benefit.values import Band, Key, Leaf, Phase, Span, Table, Value
from yijie.engines.benefit.words import DAY, NUMBER_DIMENSIONS

BEHIND = {
    "remote": ("relation", "filing", "emergency"),
    "group": ("groups",),
    "company": ("company_supplement",),
}
"""Facts of a claim that decide a dimension of another name."""
OPEN = ("tier", "disease")
LATER_STAYS = ("repeat_minus", "repeat_minus_share")
EVERY = range(ORDINAL_MAX + 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts of claims that decide figures, and where the numbered dimensions are cut into classes."""

    facts: frozenset[str]
    cuts: dict[str, tuple[int, ...]]
    """By numbered dimension the numbers with which a new class begins; a dimension not asked for is absent."""


def asked_by(policy: Policy) -> Asked:
    """What the layers and steps of a policy look at."""
    dimensions = {dimension for layer in policy.layers for dimension in dimensions_of_layer(layer)}
    cuts: dict[str, set[int]] = {}
    for layer in policy.layers:
        for dimension, key in _keys(layer):
            if isinstance(key, Span):
                cuts.setdefault(dimension, set()).update((key.low, (key.high or key.low) + 1))
        for step in layer.steps:
            for dimension, numbers in _each_number(step):
                cuts.setdefault(dimension, set()).update(numbers)
    facts = {name for dimension in dimensions for name in BEHIND.get(dimension, (dimension,))}
    asked_numbers = {name: tuple(sorted(found)) for name, found in cuts.items()}
    return Asked(frozenset(facts | set(OPEN)), asked_numbers)


def dimensions_of_layer(layer: Layer) -> frozenset[str]:
    """The dimensions whose facts decide which of its figures a layer applies."""
    looked_at = {dimension for dimension, _ in _keys(layer)}
    each = {step.forms[EACH] for step in layer.steps if EACH in step.forms}
    return frozenset(looked_at | each | {number for step in layer.steps for number, _ in _each_number(step)})


def _each_number(step: Step) -> Iterator[tuple[str, range]]:
    """Numbered dimensions of which every number counts for itself."""
    if "per_year_of_age" in step.parameters:
        yield "age", EVERY
    if any(name in step.parameters for name in LATER_STAYS):
        yield "ordinal", EVERY
    elif "repeat_times" in step.parameters:
        yield "ordinal", range(1, 3)


def _keys(layer: Layer) -> Iterator[tuple[str, Key | None]]:
    """Every dimension a layer's conditions and tables look at, with every word or range they name."""
    for condition in (layer.condition, *(condition for step in layer.steps for condition in step.condition)):
        for dimension, keys in condition.keys:
            yield from ((dimension, key) for key in keys)
    for step in layer.steps:
        for parameter in step.parameters.values():
            for entry in parameter.entries:
                if entry.value is not None:
                    yield from _keys_of(entry.value)


def _keys_of(value: Value) -> Iterator[tuple[str, Key | None]]:
    if isinstance(value, Table):
        yield value.dimension, Span(0, None) if value.dimension in NUMBER_DIMENSIONS else None
        for key, inner in value.branches:
            yield value.dimension, key
            yield from _keys_of(inner)
        if value.otherwise is not None:
            yield from _keys_of(value.otherwise)
    elif isinstance(value, Leaf) and isinstance(value.figure, tuple):
        for row in value.figure:
            if isinstance(row, Band | Phase):
                yield from _keys_of(row.share)
                if isinstance(row, Phase) and row.most is not None:
                    yield from _keys_of(row.most)


def words_in(value: Value) -> Iterator[str]:
    """Every word a value may turn out to be, such as the parts of a bill."""
    if isinstance(value, Table):
        for _, inner in value.branches:
            yield from words_in(inner)
        if value.otherwise is not None:
            yield from words_in(value.otherwise)
    elif isinstance(value, Leaf):
        yield from cast("tuple[str, ...]", value.figure)


def word_class(policy: Policy, dimension: str, fact: Hashable) -> Hashable:
    """What keeps a fact apart from others: for a dimension the pool declares the word it means there."""
    if dimension not in OPEN and dimension not in policy.vocabulary.declared:
        return fact
    text = cast("str | None", fact)
    if text is None or (dimension in OPEN and not text):
        return None
    return policy.vocabulary.word_for(dimension, text) or ("undeclared", text)


def counted_by(policy: Policy) -> frozenset[tuple[str, str]]:
    """The accumulators that some step reads, as (name without the words of ``each``, period)."""
    read: set[tuple[str, str]] = set()
    for layer in policy.layers:
        for step in layer.steps:
            counter = step.forms.get("counter", layer.name)
            over = "year" if step.forms.get("over") == "year" else "visit"
            if step.name in CEILINGS:
                read.add((f"{counter}.{CEILINGS[step.name]}", step.forms["per"]))
            elif step.name in ("unit_ceiling", "rate") and "most" in step.parameters:
                read.add((f"{counter}.{step.forms[UNIT]}", step.forms["per"]))
            elif step.name == "deductible":
                read.add((f"{counter}.deductible", "year"))
            elif step.name == "bands":
                read |= {(f"{layer.name}.{kind}", over) for kind in ("cost", "excess")}
            elif step.name == "allowance":
                read.add((f"{layer.name}.paid", "visit"))
            elif step.name == "phases":
                read.add((f"{layer.name}.phases.{step.forms.get(UNIT, DAY)}", over))
    return frozenset(read)


def plain_name(accumulator: str) -> str:
    """An accumulator's name without the word that ``each`` gave it."""
    counter, dot, kind = accumulator.rpartition(".")
    return f"{counter.split(':')[0]}{dot}{kind}"
