"""What the engine answers: who pays what, how the year moves, and every step on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from yijie.engines.benefit.case import AT_HOME, Amounts, Remote
from yijie.engines.benefit.plan import LayerPlan, Use
from yijie.engines.benefit.refusals import PayersDoNotAddUp, PayersExceedBill
from yijie.engines.benefit.words import DIRECT
from yijie.kernel.codes import Fund
from yijie.kernel.money import Fen, Ratio, yuan


class BandShare(NamedTuple):
    """One band of a payment: cost above ``over`` up to ``to``, how much of the case lay in it, at which ratio."""

    over: Fen
    to: Fen | None
    cost: Fen
    ratio: Ratio

    @property
    def pays(self) -> Fraction:
        """The exact payment for the band in fen, before the one rounding of the fund's sum."""
        return self.cost * self.ratio


class TraceStep(NamedTuple):
    """One step as it was taken: the layer, the step, the sums that went in and came out (fen), the parameters used.

    ``ratios`` are those of the pay rule; of a step that changes them those after it, and ``before`` those before it.
    """

    layer: LayerPlan
    step: str
    sums: Mapping[str, int]
    uses: tuple[Use, ...]
    ratios: tuple[Ratio, ...] = ()
    bands: tuple[BandShare, ...] = ()
    before: tuple[Ratio, ...] = ()


class LayerShare(NamedTuple):
    """What one layer did, in fen: what it saw, the deductible it took, what it paid, what its ceilings cut off.

    ``base`` is the cost on which it paid, above the deductible and within its ceilings.
    """

    layer: str
    payer: str
    seen: Fen
    deductible: Fen
    paid: Fen
    cut: Fen
    base: Fen


class AllowancePaid(NamedTuple):
    """A sum paid to the person, or credited to the account, beside the bill."""

    layer: str
    payer: str
    paid_to: str
    amount: Fen


class Benefit(NamedTuple):
    """The decision on one case. Sums are fen; ``funds``, account, cash and hospital add up to ``amounts.total``."""

    case_id: str
    amounts: Amounts
    funds: Mapping[Fund, Fen]
    """Every fund that some layer of the policy pays from, zero where it paid nothing."""
    deductible: Fen
    """What the layers of the pooled fund took as deductible."""
    personal_account: Fen
    cash: Fen
    hospital_borne: Fen
    pooled_share: tuple[int, int] | None
    """:attr:`pooled_ratio` as numerator and denominator."""
    year: int
    """The accumulator year the case is charged to."""
    day: date
    """The day whose rules held."""
    deltas: Mapping[str, int]
    """What the case adds to the accumulators; taking them off again undoes it exactly."""
    layers: tuple[LayerShare, ...]
    trace: tuple[TraceStep, ...]
    allowances: tuple[AllowancePaid, ...] = ()
    prepaid: Fen = 0
    """What lay with the hospital before; cash comes out of it first."""
    remote: Remote = AT_HOME
    channel: str = DIRECT

    @property
    def pooled_ratio(self) -> Ratio | None:
        """Share the first layer of the pooled fund paid of the cost above the deductible, before payment ceilings."""
        return None if self.pooled_share is None else Fraction(*self.pooled_share)

    @property
    def cash_due(self) -> Fen:
        """Cash still to be paid after what was prepaid."""
        return max(0, self.cash - self.prepaid)

    @property
    def refund(self) -> Fen:
        """What comes back of what was prepaid."""
        return max(0, self.prepaid - self.cash)

    @property
    def funds_total(self) -> Fen:
        """What all funds pay together."""
        return sum(self.funds.values())

    @property
    def personal_total(self) -> Fen:
        """What falls on the person: account and cash."""
        return self.personal_account + self.cash


def check_payers(total: Fen, payers: Mapping[str, Fen]) -> None:
    """Whether stated payers are exactly a bill, as on a receipt.

    Raises :class:`PayersExceedBill` or :class:`PayersDoNotAddUp`.
    """
    paid = sum(payers.values())
    if paid > total:
        raise PayersExceedBill(paid=yuan(paid), total=yuan(total))
    if paid != total:
        raise PayersDoNotAddUp(paid=yuan(paid), total=yuan(total))
