"""Several visits of one person, in the order in which they were settled: each changes the year for the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from yijie.engines.benefit.accumulators import apply_deltas
from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.case import Case
from yijie.engines.benefit.evaluate import evaluate
from yijie.engines.benefit.policy import Policy
from yijie.engines.benefit.result import Benefit
from yijie.engines.benefit.words import DAY
from yijie.kernel.codes import Insurance

YearKey = tuple[Insurance, int]


@dataclass(slots=True)
class Years:
    """The accumulators of one person by insurance and year, as far as known."""

    known: dict[YearKey, dict[str, int]] = field(default_factory=dict)

    def before(self, case: Case, year: int) -> Mapping[str, int]:
        """What a case finds: what earlier visits left, or what the case itself states for a year not yet seen."""
        return self.known.setdefault((case.insurance, year), dict(case.accumulators))

    def after(self, case: Case, benefit: Benefit) -> None:
        """Remember what a visit has moved."""
        key = case.insurance, benefit.year
        self.known[key] = apply_deltas(self.known[key], benefit.deltas)


def settle_in_order(policy: Policy, cases: Iterable[Case], years: Years) -> Iterator[Benefit]:
    """Benefits of one person's visits, folded into ``years`` as they come.

    A visit that continues the one before it (mid-stay, or the later part of a stay split at the year's end) brings
    along what that stay has already moved and how long it was, so that it bears its deductible once and its bands and
    phases go on. The account balance falls by what each visit draws.
    """
    drawn = 0
    stay: dict[str, int] = {}
    for case in cases:
        _, year = policy.charged_to(case.service_from, case.service_to)
        stay = apply_deltas(case.stay, stay) if case.continues else {}
        asked = replace(
            case,
            accumulators=years.before(case, year),
            stay=stay,
            account_balance=max(0, case.account_balance - drawn),
        )
        benefit = evaluate(policy, asked)
        years.after(case, benefit)
        stay = apply_deltas(stay, {**benefit.deltas, DAY: (case.service_to - case.service_from).days * HUNDREDTHS})
        drawn += benefit.personal_account
        yield benefit
