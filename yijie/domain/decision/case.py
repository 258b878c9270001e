"""The engine's case, put together from the care region's request and the home region's own facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from yijie.domain.enrolment import Insured
from yijie.engines.benefit import Amounts, Bucket, Case, Remote, apply_deltas
from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.words import DAY, DIRECT, Vocabulary
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    SpecialGroup,
)
from yijie.kernel.money import Fen
from yijie.kernel.region import same_province

if TYPE_CHECKING:
    from .begun import Interval
    from .decide import BenefitRequest


def case_of(
    request: BenefitRequest,
    person: Insured,
    filing: FilingKind | None,
    *,
    contracted: bool = False,
    used: Mapping[str, int],
    account: Fen,
    vocabulary: Vocabulary | None = None,
    before: Sequence[Interval] = (),
) -> Case:
    """The case that a request poses, given the person, the filing in force, the year so far and the account.

    Sums inside the bill, units of service and further facts are passed on where the policy's vocabulary has them.
    ``before`` are the settled intervals of the same stay: bands, phases, limits of the stay and the deductible go on
    where they ended, and days that were settled are not counted again.
    """
    known = vocabulary or Vocabulary({}, {}, {})
    stay: dict[str, int] = {}
    for interval in before:
        stay = apply_deltas(stay, interval.moved)
    return Case(
        id=str(request.settlement),
        insurance=Insurance(request.insurance),
        care=CareKind(request.care),
        service_from=request.began,
        service_to=request.ended,
        settled=request.moment.date(),
        amounts=Amounts(
            total=request.total,
            eligible=request.eligible,
            first_self_pay=request.first_self_pay,
            over_ceiling=request.over_ceiling,
            not_covered=request.not_covered,
            buckets={"class_b": Bucket("eligible", request.class_b)} if "class_b" in known.buckets else {},
        ),
        category=PersonCategory.of(person.category),
        birth_date=person.birth_date,
        groups=frozenset(filter(None, map(SpecialGroup.of, person.groups))),
        civil_servant=person.civil_servant,
        company_supplement=person.company_supplement,
        tier=person.tier,
        level=HospitalLevel(request.level),
        contracted=contracted,
        disease=request.disease,
        facts={name: word for name, word in request.facts.items() if known.word_for(name, word) == word},
        remote=Remote(_relation(request), filing, request.emergency),
        use_account=request.use_account,
        account_balance=account,
        accumulators=used,
        continues=request.continues,
        deductible_paid=0 if before else request.deductible_paid,
        channel=DIRECT,
        units={name: units for name, units in request.units.items() if name in known.units} | _days(request, before),
        stay=stay,
    )


def _days(request: BenefitRequest, before: Sequence[Interval]) -> dict[str, int]:
    """The days of this interval, in hundredths, where earlier ones have had theirs; else the engine counts them."""
    if not before:
        return {}
    settled = max(1, (max(interval.until for interval in before) - request.began).days)
    return {DAY: HUNDREDTHS * max(0, (request.ended - request.began).days - settled)}


def _relation(request: BenefitRequest) -> Relation:
    if request.home_region == request.care_region:
        return Relation.LOCAL
    if same_province(request.home_region, request.care_region):
        return Relation.SAME_PROVINCE
    return Relation.CROSS_PROVINCE


def case_json(case: Case) -> str:
    """JSON text of a case, from which :func:`case_from` makes it again."""
    return _ENCODER.encode(case).decode()


def case_from(text: str) -> Case:
    """The case that a stored JSON text describes."""
    return msgspec.json.decode(text, type=Case)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a case holds no {type(value).__name__}")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
