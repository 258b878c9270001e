"""What the engine is asked: a person's situation, an encounter, its graded amounts and the year so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from yijie.engines.benefit.arithmetic import HUNDREDTHS
from yijie.engines.benefit.refusals import (
    BucketTooLarge,
    NegativeAmount,
    PartsDoNotAddUp,
    ServiceDatesReversed,
)
from yijie.engines.benefit.words import COMMON_UNITS, DAY, DIRECT, PARTS
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    RemoteSituation,
    SpecialGroup,
)
from yijie.kernel.money import Fen, yuan

NOTHING: Mapping[str, int] = MappingProxyType({})
NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bucket:
    """A named sum inside one part of the bill, such as the basic drugs among the eligible amount."""

    part: str
    amount: Fen


NO_BUCKETS: Mapping[str, Bucket] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A named fee line of which something lies outside the eligible amount: which part, how much, and why.

    ``reason`` is class_c, not_approved, denied, over_ceiling or first_self_pay.
    """

    name: str
    part: str
    amount: Fen
    reason: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """A graded bill in fen: ``total`` is the sum of the four parts; ``buckets`` name sums inside the parts."""

    total: Fen
    eligible: Fen
    first_self_pay: Fen = 0
    over_ceiling: Fen = 0
    not_covered: Fen = 0
    buckets: Mapping[str, Bucket] = field(default_factory=lambda: NO_BUCKETS)
    left_out: tuple[LeftOut, ...] = ()
    """What lines are known by name to lie outside the eligible amount, for the patient to read."""


Grading: TypeAlias = tuple[str, str]
"""Whose catalogue and whose first-self-pay share: each ``care_region`` or ``home_region``."""
NO_GRADINGS: Mapping[Grading, Amounts] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the care happens seen from the insuring pool, under which filing, and whether as an emergency."""

    relation: Relation = Relation.LOCAL
    filing: FilingKind | None = None
    emergency: bool = False

    @property
    def situation(self) -> RemoteSituation:
        """The title of 医保发〔2022〕22号 under which the care falls; emergency rescue counts as filed."""
        if self.relation is Relation.LOCAL:
            return RemoteSituation.LOCAL
        if self.filing is not None and self.filing.long_term:
            return RemoteSituation.LONG_TERM
        if self.filing is FilingKind.REFERRAL:
            return RemoteSituation.REFERRAL
        if self.emergency:
            return RemoteSituation.EMERGENCY
        return RemoteSituation.UNFILED if self.filing is None else RemoteSituation.TEMPORARY


AT_HOME = Remote()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One encounter to be paid for. Amounts are fen; facts not known are None or empty.

    ``accumulators`` are those of the person, insurance and year the case belongs to, before this case.
    ``continues`` marks a later settlement of a stay already counted (mid-stay or across the year's end);
    ``deductible_paid`` is what that stay has already borne as its deductible.
    ``stated`` holds sums decided outside the policy, by name: a hospital's waiver, a donation, an average wage.
    ``units`` are units of service in hundredths; ``stay`` is what earlier settlements of the same stay have moved,
    by the names of accumulators, and under ``day`` how long they were. ``prepaid`` lies with the hospital already.
    ``regraded`` is the bill as each region's terms grade it, where the case knows both; of remote care that one counts
    which the home region's policy names, in place of ``amounts``.
    """

    id: str
    insurance: Insurance
    care: CareKind
    service_from: date
    service_to: date
    amounts: Amounts
    settled: date | None = None
    category: PersonCategory | None = None
    birth_date: date | None = None
    groups: frozenset[SpecialGroup] = frozenset()
    civil_servant: bool = False
    company_supplement: bool = False
    tier: str = ""
    level: HospitalLevel | None = None
    contracted: bool = False
    disease: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
    remote: Remote = AT_HOME
    use_account: bool = False
    account_balance: Fen = 0
    accumulators: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    stated: Mapping[str, Fen] = field(default_factory=lambda: NOTHING)
    continues: bool = False
    deductible_paid: Fen = 0
    channel: str = DIRECT
    units: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    stay: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    prepaid: Fen = 0
    regraded: Mapping[Grading, Amounts] = field(default_factory=lambda: NO_GRADINGS)

    def units_of(self, unit: str) -> int | None:
        """Units of service in hundredths: as stated; else the days of service, at least one, or the one visit."""
        stated = self.units.get(unit)
        if stated is not None or unit not in COMMON_UNITS:
            return stated
        return HUNDREDTHS * max(1, (self.service_to - self.service_from).days) if unit == DAY else HUNDREDTHS


def check_case(case: Case) -> None:
    """Refuse amounts that are negative or do not add up, buckets beyond their part, and reversed dates."""
    amounts = case.amounts
    eligible, first, over, out = amounts.eligible, amounts.first_self_pay, amounts.over_ceiling, amounts.not_covered
    if min(amounts.total, eligible, first, over, out, case.account_balance, case.deductible_paid, case.prepaid) < 0:
        _name_the_negative(case)
    if eligible + first + over + out != amounts.total:
        raise PartsDoNotAddUp(parts=yuan(eligible + first + over + out), total=yuan(amounts.total))
    if case.service_to < case.service_from:
        raise ServiceDatesReversed(service_from=case.service_from, service_to=case.service_to)
    if amounts.buckets:
        _check_buckets(amounts)
    if case.stated or case.units:
        for name, amount in (*case.stated.items(), *case.units.items()):
            if amount < 0:
                raise NegativeAmount(name=name, amount=yuan(amount))


def _name_the_negative(case: Case) -> None:
    named = {part: getattr(case.amounts, part) for part in ("total", *PARTS)}
    named |= {name: getattr(case, name) for name in ("account_balance", "deductible_paid", "prepaid")}
    name, amount = next((name, amount) for name, amount in named.items() if amount < 0)
    raise NegativeAmount(name=name, amount=yuan(amount))


def _check_buckets(amounts: Amounts) -> None:
    for name, bucket in amounts.buckets.items():
        if bucket.amount < 0:
            raise NegativeAmount(name=name, amount=yuan(bucket.amount))
        limit: int = getattr(amounts, bucket.part)
        if bucket.amount > limit:
            raise BucketTooLarge(bucket=name, part=bucket.part, amount=yuan(bucket.amount), limit=yuan(limit))
