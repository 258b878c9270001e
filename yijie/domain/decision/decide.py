"""The home region decides: what its funds pay for a stay or visit, given the person, the filing and the year so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from yijie.domain import enrolment, filing, ledger
from yijie.domain.enrolment import Insured, Shown
from yijie.domain.transaction import execute, json_text
from yijie.engines.benefit import Benefit, Case, Policy, evaluate, step_words
from yijie.kernel.codes import FilingKind, HospitalLevel
from yijie.kernel.errors import YijieError, invariant
from yijie.kernel.ids import new_id
from yijie.kernel.money import Fen

from . import accumulate, begun
from .accumulate import Used, Year
from .allowances import allowances_json
from .case import case_json, case_of
from .errors import HoldOpen
from .policies import policy_of


@dataclass(frozen=True, slots=True)
class BenefitRequest:
    """What the care region tells the home region: nothing else is needed to decide, nothing of the care side is read.

    ``settlement`` is the id under which the decision is kept; amounts are graded sums in fen; ``began`` and ``ended``
    are service dates; ``moment`` is the platform's settlement time. ``shown`` is what the patient showed at the desk.
    ``continues`` marks a further settlement of the same stay, which has borne ``deductible_paid`` already; ``earlier``
    are its settlements so far that live. ``units`` are units of service in hundredths and ``facts`` words by dimension
    that the hospital sent: a policy takes of them what it declares.
    """

    settlement: int
    person_number: str
    insurance: str
    home_region: str
    care_region: str
    institution: str
    shown: Shown
    level: str
    care: str
    disease: str
    emergency: bool
    began: date
    ended: date
    moment: datetime
    use_account: bool
    continues: bool
    deductible_paid: Fen
    total: Fen
    not_covered: Fen
    over_ceiling: Fen
    first_self_pay: Fen
    eligible: Fen
    class_b: Fen
    units: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A benefit as decided, with the person's facts it rests on and what the year had used up before."""

    request: BenefitRequest
    insured: Insured
    filing: FilingKind | None
    policy: Policy
    case: Case
    benefit: Benefit
    year: Year
    before: Used
    account_before: Fen

    @property
    def process(self) -> dict[str, str]:
        """Each payer's steps in Chinese words."""
        return process_words(self.policy, self.benefit)


def process_words(policy: Policy, benefit: Benefit) -> dict[str, str]:
    """Each payer's steps of a benefit in Chinese words, one after the other."""
    texts: dict[str, list[str]] = {}
    for step in benefit.trace:
        texts.setdefault(step.layer.payer, []).append(step_words(step, "zh", policy.vocabulary))
    return {payer: "；".join(steps) for payer, steps in texts.items()}


Outcome = Decided | YijieError


def quote(request: BenefitRequest) -> Decided:
    """Decide without holding anything; the same as holding would decide if nothing changes in between."""
    [outcome] = _decide([request], locking=False)
    if isinstance(outcome, YijieError):
        raise outcome
    return outcome


def hold(requests: Sequence[BenefitRequest]) -> list[Outcome]:
    """Lock the persons' years and accounts and decide each request; a refusal is returned in its place.

    Each person may occur once: a decision never rests on one that may still vanish, and while another node's attempt
    holds the year it is refused as :class:`HoldOpen`. Nothing is written yet; what is decided becomes real by
    :func:`confirm` in the same transaction.
    """
    persons = [request.person_number for request in requests]
    invariant(len(set(persons)) == len(persons), "decision.one_per_person", persons=len(persons))
    return _decide(requests, locking=True)


def _decide(requests: Sequence[BenefitRequest], *, locking: bool) -> list[Outcome]:
    facts = enrolment.insured([((r.person_number, r.insurance, r.home_region), r.ended) for r in requests])
    kinds = filing.in_force(
        [
            filing.Journey(r.person_number, r.insurance, r.care_region, r.institution, r.began, r.ended)
            for r in requests
        ],
        requests[0].moment,
    )
    community = [(r.person_number, r.institution) for r in requests if r.level == HospitalLevel.COMMUNITY]
    signed = filing.contracted(community, requests[0].moment.date()) if community else set()
    owners = enrolment.owners_of([(r.shown, r.institution) for r in requests])
    prepared = [
        _prepare(
            request,
            facts,
            kind,
            contracted=(request.person_number, request.institution) in signed,
            owner=owners.get((request.shown, request.institution)),
        )
        for request, kind in zip(requests, kinds, strict=True)
    ]
    stays = begun.stays_so_far([settlement for request in requests for settlement in request.earlier])
    years = [p.year for p in prepared if isinstance(p, _Prepared)]
    if not years:
        return [p for p in prepared if isinstance(p, YijieError)]
    used = accumulate.lock(years) if locking else accumulate.read(years)
    accounts = [(p.request.home_region, p.request.person_number) for p in prepared if isinstance(p, _Prepared)]
    held = ledger.lock_personal_accounts(accounts) if locking else ledger.personal_accounts(accounts)
    outcomes = [p if isinstance(p, YijieError) else p.decide(used[p.year], held, stays) for p in prepared]
    if locking:
        decided = zip(prepared, outcomes, strict=True)
        accumulate.forget(
            [p.year for p, outcome in decided if isinstance(p, _Prepared) and isinstance(outcome, YijieError)]
        )
    return outcomes


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A request with its facts, before the year's accumulators are known."""

    request: BenefitRequest
    insured: Insured
    filing: FilingKind | None
    contracted: bool
    policy: Policy
    year: Year

    def decide(self, used: Used, accounts: dict[tuple[str, str], Fen], stays: Mapping[int, begun.Interval]) -> Outcome:
        if used.held is not None:
            return HoldOpen(year=self.year[3])
        account = accounts[self.request.home_region, self.request.person_number]
        try:
            case = case_of(
                self.request,
                self.insured,
                self.filing,
                contracted=self.contracted,
                used=used.amounts,
                account=account,
                vocabulary=self.policy.vocabulary,
                before=[stays[settlement] for settlement in self.request.earlier],
            )
            benefit = evaluate(self.policy, case)
        except YijieError as refusal:
            return refusal
        return Decided(
            request=self.request,
            insured=self.insured,
            filing=self.filing,
            policy=self.policy,
            case=case,
            benefit=benefit,
            year=self.year,
            before=used,
            account_before=account,
        )


def _prepare(
    request: BenefitRequest,
    facts: dict[enrolment.Relation, Insured],
    kind: FilingKind | None,
    *,
    contracted: bool,
    owner: str | None,
) -> _Prepared | YijieError:
    relation = (request.person_number, request.insurance, request.home_region)
    try:
        person = facts.get(relation)
        if person is None:
            return enrolment.why_missing(relation)
        enrolment.require_same_person(request.shown, person, owner)
        person.require_active(request.began)
        policy = policy_of(request.home_region)
        _, year = policy.charged_to(request.began, request.ended)
    except YijieError as refusal:
        return refusal
    key = (request.person_number, request.home_region, request.insurance, year)
    return _Prepared(request, person, kind, contracted, policy, key)


CONFIRM = """
WITH k AS (
    SELECT * FROM json_to_recordset(%(decisions)s::json)
        AS k (id bigint, settlement bigint, care text, home text, person text, insurance text, year smallint,
              version integer, amounts jsonb, deltas jsonb, allowances jsonb, policy text, "case" text, at timestamptz)
), applied AS (
    UPDATE decision_accumulator a SET version = k.version, amounts = k.amounts,
        held = CASE %(state)s::text WHEN 'held' THEN k.settlement END FROM k
    WHERE (a.person_number, a.home_region, a.insurance, a.year) = (k.person, k.home, k.insurance, k.year)
      AND a.version = k.version - 1
    RETURNING 1
)
INSERT INTO decision_decision (id, settlement, care_region, home_region, person_number, insurance, year, state,
    version, deltas, allowances, policy, "case", decided_at)
SELECT k.id, k.settlement, k.care, k.home, k.person, k.insurance, k.year, %(state)s, k.version, k.deltas, k.allowances,
       k.policy, k."case", k.at
FROM k WHERE (SELECT count(*) FROM applied) = (SELECT count(*) FROM k)
"""


def confirm(decided: Sequence[Decided]) -> None:
    """Make decisions real: accumulators move on by one version each and the decisions are kept, in one statement."""
    keep(decided, "confirmed")


def keep(decided: Sequence[Decided], state: str) -> None:
    """Keep decisions as ``confirmed``, or as ``held`` by the attempt that has the settlement's number."""
    rows = [
        {
            "id": new_id(),
            "settlement": d.request.settlement,
            "care": d.request.care_region,
            "person": d.year[0],
            "home": d.year[1],
            "insurance": d.year[2],
            "year": d.year[3],
            "version": d.before.version + 1,
            "amounts": d.before.plus(d.benefit.deltas),
            "deltas": dict(d.benefit.deltas),
            "allowances": allowances_json(d.benefit),
            "policy": d.policy.fingerprint,
            "case": case_json(d.case),
            "at": d.request.moment,
        }
        for d in decided
    ]
    written = execute(CONFIRM, {"decisions": json_text(rows), "state": state})
    invariant(written == len(decided), "decision.versions_without_gaps", written=written, meant=len(decided))
