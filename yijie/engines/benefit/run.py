"""The working state of one evaluation: what is left of the bill, who has paid, how the year moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yijie.engines.benefit.accumulators import counted, period_suffix
from yijie.engines.benefit.arithmetic import HUNDREDTHS, allowance, room
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.plan import AllowancePlan, CoverPlan, LayerPlan, Use
from yijie.engines.benefit.refusals import FactMissing
from yijie.engines.benefit.result import AllowancePaid, LayerShare, TraceStep
from yijie.engines.benefit.words import DAY, PARTS, VISIT
from yijie.kernel.money import half_up

PART_INDEX = {part: index for index, part in enumerate(PARTS)}


def units_stated(case: Case, unit: str, uses: tuple[Use, ...]) -> int:
    """Units of service in hundredths; :class:`FactMissing` where the case does not state them."""
    stated = case.units_of(unit)
    if stated is None:
        raise FactMissing(**uses[0].place.facts, fact=f"units.{unit}")
    return stated


class AllowanceSums(NamedTuple):
    """An allowance before rounding: base, base held between its bounds, units, what is due, paid before, paid now."""

    base: int
    held: int
    units: int
    due: int
    before: int
    paid: int


def allowance_of(case: Case, plan: AllowancePlan) -> AllowanceSums:
    """What an allowance comes to: of a stay settled in parts what the earlier ones were paid is taken off.

    Raises :class:`FactMissing` where the case does not state the base or the units.
    """
    base = case.stated.get(plan.stated_as) if plan.base is None else plan.base
    if base is None:
        raise FactMissing(**plan.uses[0].place.facts, fact=f"stated.{plan.stated_as}")
    held = max(base, plan.least) if plan.most is None else min(max(base, plan.least), plan.most)
    units = _allowance_units(case, plan)
    due = allowance(held, plan.share.numerator, plan.share.denominator, units, plan.divided_by)
    before = case.stay.get(plan.accumulator, 0)
    return AllowanceSums(base, held, units, due, before, room(due, before))


def _allowance_units(case: Case, plan: AllowancePlan) -> int:
    """Units of an allowance in hundredths: the policy's days, or the case's units, and all further days."""
    units = HUNDREDTHS
    if plan.days is not None:
        units = plan.days * HUNDREDTHS
    elif plan.unit:
        units = units_stated(case, plan.unit, plan.uses)
        units += case.stay.get(DAY, 0) if plan.unit == DAY and plan.accumulator else 0
    for days, for_each in plan.more:
        units += days * (units_stated(case, for_each, plan.uses) if for_each else HUNDREDTHS)
    return units


class Run:
    """Layers read and write this in turn; it lives for one evaluation only."""

    __slots__ = (
        "allowances", "beyond", "billed", "buckets", "case", "deductible", "deltas", "left", "paid", "pooled_share",
        "shares", "steps", "unpaid",
    )  # fmt: skip

    def __init__(self, case: Case) -> None:
        amounts = case.amounts
        self.case = case
        self.billed = (amounts.eligible, amounts.first_self_pay, amounts.over_ceiling, amounts.not_covered)
        """The parts of the bill, in the order of :data:`PARTS`."""
        self.left = list(self.billed)
        """The same after what earlier layers have paid."""
        self.buckets = {name: bucket.amount for name, bucket in amounts.buckets.items()}
        """What is left of each named sum inside a part."""
        self.beyond = 0
        """Cost that ceilings of earlier layers cut off and no later layer has looked at."""
        self.unpaid = 0
        """Payments that ceilings of earlier layers cut off and no later layer has looked at."""
        self.paid: dict[str, int] = {}
        self.deductible = 0
        self.pooled_share: tuple[int, int] | None = None
        self.deltas = counted(case)
        self.allowances: list[AllowancePaid] = []
        self.shares: list[LayerShare] = []
        self.steps: list[TraceStep] = []

    def used(self, accumulator: str) -> int:
        """What an accumulator holds by now, earlier layers of this very case included."""
        return self.case.accumulators.get(accumulator, 0) + self.deltas.get(accumulator, 0)

    def used_per(self, accumulator: str, per: str) -> int:
        """What a limit's period has used: of the year, month or day, or of this stay's earlier settlements."""
        if per == VISIT:
            return self.case.stay.get(accumulator, 0) + self.deltas.get(accumulator, 0)
        return self.used(accumulator + period_suffix(per, self.case.service_to))

    def units(self, unit: str, uses: tuple[Use, ...]) -> int:
        """Units of service in hundredths, as :func:`units_stated`."""
        return units_stated(self.case, unit, uses)

    def note(self, layer: LayerPlan, step: str, uses: tuple[Use, ...], **sums: int) -> None:
        """Keep a step for the trace."""
        self.steps.append(TraceStep(layer, step, sums, uses))

    def see(self, covers: CoverPlan) -> int:
        """The sum a layer looks at: of what is left, or of the bill as it was."""
        parts: Sequence[int] = self.left
        marked = self.buckets
        if covers.billed:
            parts, marked = self.billed, {name: bucket.amount for name, bucket in self.case.amounts.buckets.items()}
        seen = sum(self._free(parts, marked, index, covers.without) for index in covers.parts)
        seen += self._marked(parts, marked, covers.buckets)
        if covers.partly is not None:
            some = sum(parts[index] for index in covers.partly.parts)
            some += self._marked(parts, marked, covers.partly.buckets)
            seen += half_up(some * covers.partly.numerator, covers.partly.denominator)
        if covers.beyond:
            seen += min(self.beyond, self.left[0])
        if covers.unpaid:
            seen += min(self.unpaid, self.left[0])
        return seen

    def take(self, covers: CoverPlan, paid: int) -> None:
        """Take a payment off what it was paid on; what exceeds that comes off the rest of the bill in order."""
        rest = self._take_named(covers.buckets, paid)
        for index in covers.parts:
            rest -= self._take_part(index, rest, self._free(self.left, self.buckets, index, covers.without))
        if covers.partly is not None:
            rest = self._take_named(covers.partly.buckets, rest)
            for index in covers.partly.parts:
                rest -= self._take_part(index, rest, self.left[index])
        if rest:
            for index, left in enumerate(self.left):
                rest -= self._take_part(index, rest, left)

    def book(self, plan: LayerPlan, sums: Mapping[str, int]) -> None:
        """Move the accumulators by what the layer counts: cost, deductible, excess, paid, units of service."""
        day = self.case.service_to
        for kind, accumulator, per in plan.marks:
            if amount := sums.get(kind, 0):
                name = accumulator if per == "year" else accumulator + period_suffix(per, day)
                self.deltas[name] = self.deltas.get(name, 0) + amount

    def _take_named(self, buckets: tuple[str, ...], wanted: int) -> int:
        for name in buckets:
            wanted -= self._take_bucket(name, wanted)
        return wanted

    def _take_bucket(self, name: str, wanted: int) -> int:
        bucket = self.case.amounts.buckets.get(name)
        if bucket is None:
            return 0
        taken = min(wanted, self.buckets[name])
        self.buckets[name] -= taken
        return self._take_part(PART_INDEX[bucket.part], taken, taken)

    def _take_part(self, index: int, wanted: int, available: int) -> int:
        taken = min(wanted, available)
        self.left[index] -= taken
        for name, left in self.buckets.items():
            if PART_INDEX[self.case.amounts.buckets[name].part] == index:
                self.buckets[name] = min(left, self.left[index])
        return taken

    def _free(self, parts: Sequence[int], marked: Mapping[str, int], index: int, without: tuple[str, ...]) -> int:
        """What of a part lies outside the named buckets."""
        return max(0, parts[index] - self._inside(marked, without, index)) if without else parts[index]

    def _marked(self, parts: Sequence[int], marked: Mapping[str, int], names: tuple[str, ...]) -> int:
        """What lies inside the named buckets, of each part no more than the part."""
        indices = range(len(PARTS)) if names else ()
        return sum(min(self._inside(marked, names, index), parts[index]) for index in indices)

    def _inside(self, marked: Mapping[str, int], names: tuple[str, ...], index: int) -> int:
        """The named buckets of a part."""
        marks = self.case.amounts.buckets
        return sum(marked[name] for name in names if name in marks and PART_INDEX[marks[name].part] == index)
