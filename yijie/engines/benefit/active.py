"""Steps that are in force on a day and whose conditions a case meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from yijie.engines.benefit.plan import Use
from yijie.engines.benefit.steps import Step
from yijie.engines.benefit.values import Absent, Facts, Gap, find, look_up


@dataclass(frozen=True, slots=True)
class Active:
    """A step in force, ready to be asked for its figures."""

    step: Step
    facts: Facts
    day: date

    def use(self, name: str) -> Use | None:
        """The parameter as it holds for the case; None where the step does not have it on that day."""
        parameter = self.step.parameters.get(name)
        entry = parameter.on(self.day) if parameter else None
        if entry is None or entry.value is None:
            return None
        figure, choices = look_up(entry.value, self.facts)
        chosen = tuple(dict.fromkeys((*self.step.met(self.facts), *choices)))
        return None if figure is None else Use(name, figure, chosen, entry, self.step.place)

    def gap(self) -> Gap | None:
        """The declared gap that the step's main parameter is for the case; None where it is a figure."""
        entry = self.step.main.on(self.day)
        found = find(entry.value, self.facts)[0] if entry and entry.value else None
        return found if isinstance(found, Gap) else None

    def uses(self, *names: str) -> dict[str, Use]:
        """Those of the named parameters that hold, in the order asked for."""
        return {name: use for name in names if (use := self.use(name))}

    def main(self) -> Use:
        """The step's main parameter, which holds because the step is in force."""
        return cast("Use", self.use(self.step.primitive.main))


def _exists(step: Step, facts: Facts, day: date) -> bool:
    """Whether the step's rule exists on the day and for the case; a declared gap exists."""
    entry = step.main.on(day)
    return entry is not None and entry.value is not None and not isinstance(find(entry.value, facts)[0], Absent)


def steps_for_case(steps: Iterable[Step], facts: Facts, day: date) -> list[Active]:
    """The steps in force on the day whose conditions hold, in order; of alternatives only the first.

    Raises :class:`NotYetInForce` when such a step says nothing yet on the day and no alternative does either.
    """
    chosen: list[Active] = []
    taken: set[str] = set()
    silent: dict[str, Step] = {}
    spoken: set[str] = set()
    for step in steps:
        group = step.primitive.one_of
        if group in taken or not step.holds(facts):
            continue
        if group and day < step.main.since:
            silent[group] = step
            continue
        spoken.add(group)
        if _exists(step, facts, day):
            chosen.append(Active(step, facts, day))
            if group:
                taken.add(group)
    for group, step in silent.items():
        if group not in spoken:
            step.main.on(day)
    return chosen
