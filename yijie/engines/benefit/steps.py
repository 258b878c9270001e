"""Steps as a policy writes them: a primitive, when it holds, in which form, with which dated parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yijie.engines.benefit.dated import Dated
from yijie.engines.benefit.document import Place
from yijie.engines.benefit.primitives import PRIMITIVES, Primitive
from yijie.engines.benefit.values import Choice, Facts, Key, dimensions_of, fact_for, meets


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts that must hold: for every dimension named, the case's fact is one of its keys. Empty: always."""

    keys: tuple[tuple[str, tuple[Key, ...]], ...]
    place: Place

    def failing(self, facts: Facts) -> tuple[str, tuple[Key, ...]] | None:
        """The first dimension that does not hold, with what it asks for; None when all hold."""
        for dimension, keys in self.keys:
            fact = fact_for(dimension, facts, self.place)
            if not any(meets(key, fact) for key in keys):
                return dimension, keys
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the policy writes it: which primitive, when, in which form, with which dated parameters."""

    name: str
    condition: tuple[Condition, ...]
    forms: Mapping[str, str]
    parameters: Mapping[str, Dated]
    place: Place

    @property
    def primitive(self) -> type[Primitive]:
        """The signature this step follows."""
        return PRIMITIVES[self.name]

    @property
    def main(self) -> Dated:
        """The parameter whose time is the step's time."""
        return self.parameters[self.primitive.main]

    def holds(self, facts: Facts) -> bool:
        """Whether all conditions of the step hold for the case."""
        return all(condition.failing(facts) is None for condition in self.condition)

    def met(self, facts: Facts) -> tuple[Choice, ...]:
        """The facts that the step's conditions ask for, as the case has them."""
        dimensions = dict.fromkeys(dimension for condition in self.condition for dimension, _ in condition.keys)
        return tuple((dimension, fact_for(dimension, facts, self.place)) for dimension in dimensions)

    @property
    def dimensions(self) -> frozenset[str]:
        """Every dimension on which the step depends, through its conditions or its tables."""
        conditions = {dimension for condition in self.condition for dimension, _ in condition.keys}
        entries = (entry for parameter in self.parameters.values() for entry in parameter.entries)
        return frozenset(conditions).union(*(dimensions_of(entry.value) for entry in entries if entry.value))
