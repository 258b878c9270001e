"""A policy resolved for one profile of case: tables looked up, ratios adjusted, everything a whole number.

A plan holds whatever does not depend on the case's amounts and accumulators, so it is made once per profile and used
for every case that shares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.document import Place
from yijie.engines.benefit.values import Band, Choice, Figure, Gap, Phase
from yijie.kernel.language import Text
from yijie.kernel.money import Ratio


@dataclass(frozen=True, slots=True)
class Use:
    """One parameter as it entered a decision: its figure, the facts that chose it, and the entry with its source.

    What its step's conditions ask comes first among those facts.
    """

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
    def words(self) -> tuple[str, ...]:
        """The figure, read as words."""
        return cast("tuple[str, ...]", self.figure)

    @property
    def rows(self) -> tuple[Band | Phase, ...]:
        """The figure, read as bands or phases."""
        return cast("tuple[Band | Phase, ...]", self.figure)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The figure, read as phases."""
        return cast("tuple[Phase, ...]", self.figure)

    @property
    def text(self) -> Text:
        """The figure, read as a wording."""
        return cast("Text", self.figure)


@dataclass(frozen=True, slots=True)
class CoverPlan:
    """What of the bill a layer looks at: indices of parts, names of buckets, and what earlier ceilings cut off."""

    parts: tuple[int, ...]
    buckets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    beyond: bool = False
    unpaid: bool = False
    billed: bool = False
    partly: PartlyPlan | None = None
    gap: Gap | None = None
    """The parts are a declared gap: refused once they matter."""
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class PartlyPlan:
    """Further parts and buckets of which a share counts."""

    parts: tuple[int, ...]
    buckets: tuple[str, ...]
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class FirstSharePlan:
    """A first share the patient bears: what is kept, as numerator and denominator."""

    kept: int
    denominator: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class FirstAmountPlan:
    """A fixed sum for every unit that the patient bears."""

    amount: int
    unit: str
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
class UnitPlan:
    """A sum for every unit of service; ``most`` units count per period (hundredths; None: all)."""

    step: str
    amount: int
    unit: str
    most: int | None
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
class PhasePlan:
    """Over which units a pay rule goes in phases: inner borders in hundredths, the most a unit costs in each."""

    unit: str
    bounds: tuple[int, ...]
    limits: tuple[int | None, ...]
    over_year: bool
    accumulator: str


@dataclass(frozen=True, slots=True)
class AllowancePlan:
    """A sum beside the bill: base × share × units ÷ divisor; the base may be the case's own, held between bounds."""

    base: int | None
    stated_as: str
    least: int
    most: int | None
    share: Ratio
    days: int | None
    unit: str
    more: tuple[tuple[int, str], ...]
    """Further days, each once or for every unit of something."""
    divided_by: int
    paid_to: str
    accumulator: str
    """Where stands what earlier settlements of the stay were paid; empty where every one is paid by itself."""
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class PayPlan:
    """How much is paid: bands with their final ratios, or a stated sum (``stated``), or all that is seen."""

    step: str
    bounds: tuple[int, ...] = ()
    ratios: tuple[Ratio, ...] = (Ratio(1),)
    numerators: tuple[int, ...] = (2,)
    denominator: int = 2
    """Even, so that half of it rounds exactly."""
    on_excess: bool = True
    over_year: bool = False
    stated: str = ""
    gaps: tuple[tuple[int, Gap], ...] = ()
    """Bands whose ratio is a declared gap: refused when a case has cost in them."""
    uses: tuple[Use, ...] = ()
    adjustments: tuple[tuple[str, tuple[Use, ...], tuple[Ratio, ...], tuple[Ratio, ...]], ...] = ()
    """Each step that changed the ratios: its name, its parameters, the ratios before and after it."""
    phases: PhasePlan | None = None
    rate: UnitPlan | None = None
    allowance: AllowancePlan | None = None


@dataclass(frozen=True, slots=True)
class GuaranteePlan:
    """A least share of the cost above the deductible."""

    numerator: int
    denominator: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class RoundingPlan:
    """The grain in fen to which a payment is rounded, and in which direction."""

    grain: int
    direction: str
    uses: tuple[Use, ...]


FirstPlan = FirstSharePlan | FirstAmountPlan
LimitPlan = CeilingPlan | UnitPlan
Mark = tuple[str, str, str]
"""(kind of sum, accumulator, period)"""


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer ready to pay."""

    name: str
    title: Text
    payer: str
    covers: CoverPlan
    pay: PayPlan
    excluded: Use | None = None
    """The reason why the layer pays nothing for this profile; the rest is then empty."""
    firsts: tuple[FirstPlan, ...] = ()
    cost_limits: tuple[LimitPlan, ...] = ()
    deductible: DeductiblePlan | None = None
    excess_ceilings: tuple[CeilingPlan, ...] = ()
    guarantee: GuaranteePlan | None = None
    rounding: RoundingPlan | None = None
    payment_ceilings: tuple[CeilingPlan, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Everything this layer counts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All layers that apply to a profile, in the order in which they pay."""

    layers: tuple[LayerPlan, ...]
