"""Which funds would pay a person for a kind of care on a day, and why one would not (人员待遇享受检查)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yijie.domain import filing
from yijie.domain.enrolment import NOTHING_SHOWN, Insured
from yijie.engines.benefit import Entitlement, entitlements
from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .case import case_of
from .decide import BenefitRequest
from .policies import policy_of


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer of the home policy: whether it pays for this care, and the reason when it does not."""

    fund: str
    pays: bool
    reason: Text | None


def payers_for(person: Insured, *, institution: str, care_region: str, level: str, care: str, day: date) -> list[Payer]:
    """Every payer of the person's policy with its answer for care at an institution on a day, in the order they pay.

    A payer with several layers pays when one of them does.
    """
    policy = policy_of(person.home_region)
    [kind] = filing.in_force(
        [filing.Journey(person.person_number, person.insurance, care_region, institution, day, day)], now()
    )
    asked = _question(person, institution=institution, care_region=care_region, level=level, care=care, day=day)
    answers: dict[str, Entitlement] = {}
    for answer in entitlements(policy, case_of(asked, person, kind, used={}, account=0)):
        known = answers.get(answer.payer)
        if known is None or (answer.applies and not known.applies):
            answers[answer.payer] = answer
    return [Payer(payer, answer.applies, answer.reason) for payer, answer in answers.items()]


def _question(
    person: Insured, *, institution: str, care_region: str, level: str, care: str, day: date
) -> BenefitRequest:
    return BenefitRequest(
        settlement=0,
        person_number=person.person_number,
        insurance=person.insurance,
        home_region=person.home_region,
        care_region=care_region,
        institution=institution,
        shown=NOTHING_SHOWN,
        level=level,
        care=care,
        disease="",
        emergency=False,
        began=day,
        ended=day,
        moment=now(),
        use_account=False,
        continues=False,
        deductible_paid=0,
        total=0,
        not_covered=0,
        over_ceiling=0,
        first_self_pay=0,
        eligible=0,
        class_b=0,
    )
