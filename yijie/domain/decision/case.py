"""The engine's case, put together from the care region's request and the home region's own facts."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from yijie.domain.enrolment import Insured
from yijie.engines.benefit import Amounts, Bucket, Case, Remote
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
    from .decide import BenefitRequest


def case_of(
    request: BenefitRequest,
    person: Insured,
    filing: FilingKind | None,
    *,
    contracted: bool = False,
    used: Mapping[str, int],
    account: Fen,
    buckets: Container[str] = (),
) -> Case:
    """The case that a request poses, given the person, the filing in force, the year so far and the account.

    Sums inside the bill are passed on where the policy asks for them (``buckets``).
    """
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
            buckets={"class_b": Bucket("eligible", request.class_b)} if "class_b" in buckets else {},
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
        remote=Remote(_relation(request), filing, request.emergency),
        use_account=request.use_account,
        account_balance=account,
        accumulators=used,
        continues=request.continues,
        deductible_paid=request.deductible_paid,
    )


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
