"""What keeps cases of a policy apart, as a key: only the facts it asks for, numbers cut where it cuts them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from typing import TypeAlias, cast

from yijie.engines.benefit.accumulators import ordinals
from yijie.engines.benefit.asked import Asked, asked_by, word_class
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.profile import ORDINAL_MAX, age_of
from yijie.engines.benefit.words import OPEN_DIMENSIONS

Kind: TypeAlias = tuple[Hashable, ...]
FACTS = (
    "insurance", "care", "category", "groups", "civil_servant", "company_supplement", "level", "contracted", "channel",
)  # fmt: skip
OF_REMOTE = ("relation", "filing", "emergency")


def kind_by(policy: Policy) -> Callable[[Case, int], Kind]:
    """The function that says which kind a case is, within a stretch of days in which nothing changes.

    Two cases are of one kind only if the same figures apply to both and the same facts are refused.
    """
    asked = asked_by(policy)
    parts = ["segment", "tuple(case.facts.items()) if case.facts else None"]
    parts.append("tuple((n, b.part) for n, b in case.amounts.buckets.items()) if case.amounts.buckets else None")
    parts += [f"case.{name}" for name in FACTS if name in asked.facts]
    parts += [f"case.remote.{name}" for name in OF_REMOTE if name in asked.facts]
    declared = [name for name in OPEN_DIMENSIONS if policy.vocabulary.declared[name]]
    parts += [f"{name}(case.{name}) if case.{name} else None" for name in declared]
    parts += ["age(case)"] if "age" in asked.cuts else []
    parts += ["ordinal(case)"] if "ordinal" in asked.cuts or "remote_ordinal" in asked.cuts else []
    names: dict[str, object] = {"age": _age_by(asked), "ordinal": _ordinal_by(asked)}
    names |= {name: _Meant(policy, name) for name in declared}
    function = eval(f"lambda case, segment: ({', '.join(parts)},)", names)  # noqa: S307  of the words above only
    return cast("Callable[[Case, int], Kind]", function)


class _Meant:
    """The word a text means in a pool, remembered."""

    def __init__(self, policy: Policy, dimension: str) -> None:
        self.policy, self.dimension = policy, dimension
        self.known: dict[str, Hashable] = {}

    def __call__(self, text: str) -> Hashable:
        if text not in self.known:
            if len(self.known) >= MEANT_MAX:
                self.known.clear()
            self.known[text] = word_class(self.policy, self.dimension, text)
        return self.known[text]


MEANT_MAX = 50_000
"""Texts remembered for a dimension, such as disease codes; when reached all are forgotten."""


def _age_by(asked: Asked) -> Callable[[Case], int | None]:
    cuts = asked.cuts.get("age", ())

    def age(case: Case) -> int | None:
        years = age_of(case)
        return years if years is None or years < 0 else bisect_right(cuts, years)

    return age


def _ordinal_by(asked: Asked) -> Callable[[Case], tuple[int, int]]:
    cuts, remote_cuts = asked.cuts.get("ordinal", ()), asked.cuts.get("remote_ordinal", ())

    def ordinal(case: Case) -> tuple[int, int]:
        number, remote = ordinals(case)
        return bisect_right(cuts, min(number, ORDINAL_MAX)), bisect_right(remote_cuts, min(remote, ORDINAL_MAX))

    return ordinal
