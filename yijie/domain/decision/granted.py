"""What a home region tells a care region of a decision: who pays what, and why in words; plain data that travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from yijie.domain.enrolment import Insured
from yijie.engines.benefit import Benefit, Policy
from yijie.kernel.codes import Fund
from yijie.kernel.money import Fen, Ratio

from .decide import Decided, process_words


@dataclass(frozen=True, slots=True)
class Payers:
    """Who pays a bill, in fen; ``ratio`` is numerator and denominator of the pooled fund's share, where it paid."""

    funds: Mapping[Fund, Fen]
    deductible: Fen
    personal_account: Fen
    cash: Fen
    hospital_borne: Fen
    ratio: tuple[int, int] | None

    @property
    def pooled_ratio(self) -> Ratio | None:
        """Share the first layer of the pooled fund paid of the cost above the deductible."""
        return Fraction(*self.ratio) if self.ratio else None


@dataclass(frozen=True, slots=True)
class Granted:
    """A decision as another node is told of it."""

    settlement: int
    insured: Insured
    benefit: Payers
    accumulator_year: int
    account_before: Fen
    process: dict[str, str]

    @property
    def year(self) -> tuple[str, str, str, int]:
        """The accumulator year the settlement is charged to."""
        return (self.insured.person_number, self.insured.home_region, self.insured.insurance, self.accumulator_year)

    @classmethod
    def of(cls, decided: Decided) -> Granted:
        """A decision of this node, told."""
        asked = decided.request.settlement, decided.insured, decided.policy
        return cls.worked_out(*asked, decided.benefit, decided.account_before)

    @classmethod
    def worked_out(cls, settlement: int, insured: Insured, policy: Policy, benefit: Benefit, account: Fen) -> Granted:
        """A benefit as worked out for a person, told."""
        ratio = benefit.pooled_ratio
        return cls(
            settlement=settlement,
            insured=insured,
            benefit=Payers(
                funds={fund: amount for fund, amount in benefit.funds.items() if amount},
                deductible=benefit.deductible,
                personal_account=benefit.personal_account,
                cash=benefit.cash,
                hospital_borne=benefit.hospital_borne,
                ratio=(ratio.numerator, ratio.denominator) if ratio is not None else None,
            ),
            accumulator_year=benefit.year,
            account_before=account,
            process=process_words(policy, benefit),
        )

    @classmethod
    def read(cls, body: Any) -> Granted:
        """A decision as it travelled."""
        return msgspec.convert(body, cls)
