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
from yijie.kernel.errors import YijieError

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
    """Benefits of one person's visits, folded into ``years`` as they come; ends with the first refusal.

    A visit that continues the one before it (mid-stay, or the later part of a stay split at the year's end) brings
    along what that stay has already moved and how long it was, so that it bears its deductible once and its bands and
    phases go on. The account balance falls by what each visit draws.
    """
    for answer in settle_all(policy, cases, years):
        if isinstance(answer, YijieError):
            raise answer
        yield answer


def settle_all(
    policy: Policy, cases: Iterable[Case], years: Years, trace: bool = True
) -> Iterator[Benefit | YijieError]:
    """Like :func:`settle_in_order`, but a visit that is refused moves nothing and the later ones go on without it."""
    drawn = 0
    stay: dict[str, int] = {}
    for case in cases:
        begun = stay if case.continues else {}
        try:
            _, year = policy.charged_to(case.service_from, case.service_to)
            asked = replace(
                case,
                accumulators=years.before(case, year),
                stay=apply_deltas(case.stay, begun) if case.continues else {},
                account_balance=min(case.account_balance, max(0, case.account_balance - drawn)),
            )
            benefit = evaluate(policy, asked, trace)
        except YijieError as error:
            stay = begun
            yield error
            continue
        years.after(case, benefit)
        days = {DAY: (case.service_to - case.service_from).days * HUNDREDTHS}
        stay = apply_deltas(asked.stay, {**benefit.deltas, **days})
        drawn += benefit.personal_account
        yield benefit
