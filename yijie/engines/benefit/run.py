"""The working state of one evaluation: what is left of the bill, who has paid, how the year moves."""

from __future__ import annotations

from collections.abc import Mapping

from yijie.engines.benefit.accumulators import counted, period_suffix
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.plan import CoverPlan, LayerPlan, Use
from yijie.engines.benefit.result import LayerShare, TraceStep
from yijie.engines.benefit.words import PARTS
from yijie.kernel.money import Ratio

PART_INDEX = {part: index for index, part in enumerate(PARTS)}


class Run:
    """Layers read and write this in turn; it lives for one evaluation only."""

    __slots__ = (
        "beyond", "billed", "buckets", "case", "deductible", "deltas", "left", "paid", "pooled_ratio", "shares",
        "steps", "tracing", "unpaid",
    )  # fmt: skip

    def __init__(self, case: Case, tracing: bool) -> None:
        amounts = case.amounts
        self.case = case
        self.tracing = tracing
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
        self.pooled_ratio: Ratio | None = None
        self.deltas = counted(case)
        self.shares: list[LayerShare] = []
        self.steps: list[TraceStep] = []

    def used(self, accumulator: str) -> int:
        """What an accumulator holds by now, earlier layers of this very case included."""
        return self.case.accumulators.get(accumulator, 0) + self.deltas.get(accumulator, 0)

    def note(self, layer: LayerPlan, step: str, uses: tuple[Use, ...], **sums: int) -> None:
        """Keep a step for the trace."""
        self.steps.append(TraceStep(layer, step, sums, uses))

    def see(self, covers: CoverPlan) -> int:
        """The sum a layer looks at."""
        parts = self.billed if covers.billed else self.left
        seen = sum(parts[index] for index in covers.parts)
        for name in covers.buckets:
            seen += self.buckets.get(name, 0)
        for name in covers.without:
            seen -= self._inside(name, covers.parts)
        if covers.beyond:
            seen += min(self.beyond, self.left[0])
        if covers.unpaid:
            seen += min(self.unpaid, self.left[0])
        return seen

    def take(self, covers: CoverPlan, paid: int) -> None:
        """Take a payment off what it was paid on; what exceeds that comes off the rest of the bill in order."""
        rest = paid
        for name in covers.buckets:
            rest -= self._take_bucket(name, rest)
        for index in covers.parts:
            spared = sum(self._inside(name, (index,)) for name in covers.without)
            rest -= self._take_part(index, rest, self.left[index] - spared)
        if rest:
            for index, left in enumerate(self.left):
                rest -= self._take_part(index, rest, left)

    def book(self, plan: LayerPlan, sums: Mapping[str, int]) -> None:
        """Move the accumulators by what the layer counts: cost, deductible, excess, paid."""
        day = self.case.service_to
        for kind, accumulator, per in plan.marks:
            if amount := sums[kind]:
                name = accumulator if per == "year" else accumulator + period_suffix(per, day)
                self.deltas[name] = self.deltas.get(name, 0) + amount
        self.paid[plan.payer] = self.paid.get(plan.payer, 0) + sums["paid"]

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

    def _inside(self, name: str, parts: tuple[int, ...]) -> int:
        """What is left of a bucket if it lies inside one of the parts."""
        bucket = self.case.amounts.buckets.get(name)
        return self.buckets[name] if bucket is not None and PART_INDEX[bucket.part] in parts else 0
