"""A policy resolved for one profile of case: tables looked up, ratios adjusted, everything a whole number.

A plan holds whatever does not depend on the case's amounts and accumulators, so it is made once per profile and used
for every case that shares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.document import Place
from yijie.engines.benefit.values import Band, Choice, Figure, Gap
from yijie.engines.benefit.words import Text
from yijie.kernel.money import Ratio


@dataclass(frozen=True, slots=True)
class Use:
    """One parameter as it entered a decision: its figure, the facts that chose it, and the entry with its source."""

    name: str
    figure: Figure
    choices: tuple[Choice, ...]
    entry: Entry
    place: Place
    """The step that used it."""

    @property
    def whole(self) -> int:
        """The figure, read as fen or a count."""
        return cast("int", self.figure)

    @property
    def ratio(self) -> Ratio:
        """The figure, read as a ratio."""
        return cast("Ratio", self.figure)

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """The figure, read as a ratio per band."""
        return cast("tuple[Ratio, ...]", self.figure)

    @property
    def words(self) -> tuple[str, ...]:
        """The figure, read as words."""
        return cast("tuple[str, ...]", self.figure)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The figure, read as bands."""
        return cast("tuple[Band, ...]", self.figure)

    @property
    def text(self) -> Text:
        """The figure, read as a wording."""
        return cast("Text", self.figure)


@dataclass(frozen=True, slots=True)
class CoverPlan:
    """What of the bill a layer looks at: indices of parts, names of buckets, and what earlier ceilings cut off."""

    parts: tuple[int, ...]
    buckets: tuple[str, ...]
    without: tuple[str, ...]
    beyond: bool
    unpaid: bool
    billed: bool
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class FirstSharePlan:
    """A first share the patient bears: what is kept, as numerator and denominator."""

    kept: int
    denominator: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class CeilingPlan:
    """A limit in fen on a kind of sum (cost, excess, paid), counted under an accumulator per period."""

    step: str
    limit: int
    per: str
    accumulator: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class DeductiblePlan:
    """The deductible due for this ordinal; ``yearly`` if it is charged once over the year."""

    due: int
    again_every: int
    """Days after which one stay owes another; 0 for never."""
    yearly: bool
    accumulator: str
    subtracted: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class PayPlan:
    """How much is paid: bands with their final ratios, or a stated sum (``stated``), or all that is seen."""

    step: str
    bounds: tuple[int, ...]
    ratios: tuple[Ratio, ...]
    numerators: tuple[int, ...]
    denominator: int
    on_excess: bool
    over_year: bool
    stated: str
    gaps: tuple[tuple[int, Gap], ...]
    """Bands whose ratio is a declared gap: refused when a case has cost in them."""
    uses: tuple[Use, ...]
    adjustments: tuple[tuple[str, tuple[Use, ...], tuple[Ratio, ...]], ...]
    """Each step that changed the ratios: its name, its parameters, the ratios after it."""


@dataclass(frozen=True, slots=True)
class GuaranteePlan:
    """A least share of the cost above the deductible."""

    numerator: int
    denominator: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer ready to pay."""

    name: str
    title: Text
    payer: str
    excluded: Use | None
    """The reason why the layer pays nothing for this profile."""
    covers: CoverPlan
    first_shares: tuple[FirstSharePlan, ...]
    cost_ceilings: tuple[CeilingPlan, ...]
    deductible: DeductiblePlan | None
    excess_ceilings: tuple[CeilingPlan, ...]
    pay: PayPlan
    guarantee: GuaranteePlan | None
    payment_ceilings: tuple[CeilingPlan, ...]
    marks: tuple[tuple[str, str, str], ...]
    """(kind of sum, accumulator, period) of everything this layer counts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All layers that apply to a profile, in the order in which they pay."""

    layers: tuple[LayerPlan, ...]
