"""Remote-care filings: request, approve, reject, revoke, and which one is in force (医保发〔2022〕22号)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yijie.domain.enrolment import require_insured
from yijie.domain.transaction import fetch, in_transaction, json_text
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import months_after, now, today
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text
from yijie.kernel.region import name_of, pool_of

from .errors import DatesUnfit, FilingKindUnfit, FilingNotNeeded, FilingStateUnfit, FilingUnknown, PromiseMissing
from .models import Filing, FilingStep

TEMPORARY_MONTHS_MIN = 6
"""Temporary filings hold for at least six months (医保发〔2022〕22号); long-term ones until revoked."""

BEGINS_WITHIN_MONTHS = 12
"""How far ahead a filing may begin; a date beyond is taken for a slip."""

KIND_NAMES = {
    FilingKind.RESETTLED_RETIREE: "异地安置退休",
    FilingKind.LONG_TERM_RESIDENT: "异地长期居住",
    FilingKind.STATIONED_WORKER: "常驻异地工作",
    FilingKind.REFERRAL: "异地转诊",
    FilingKind.TEMPORARY: "其他临时外出就医",
}


@dataclass(frozen=True, slots=True)
class Application:
    """What a person, a family member or a hospital asks for."""

    person_number: str
    insurance: str
    home_region: str
    care_region: str
    kind: FilingKind
    since: date
    until: date | None = None
    institution: str = ""
    promised: bool = False
    papers: bool = False
    channel: str = "desk"
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def request(application: Application, *, by: str) -> Filing:
    """Record a filing request; checks that the person is insured and the kind fits. It takes effect when approved."""

    def work() -> Filing:
        home, care = pool_of(application.home_region), pool_of(application.care_region)
        if home == care:
            raise FilingNotNeeded(region=name_of(home))
        require_dates(application.since, application.until)
        person = require_insured((application.person_number, application.insurance, home), application.since)
        if application.kind is FilingKind.RESETTLED_RETIREE and not person.category.startswith("12"):
            raise FilingKindUnfit(
                kind=KIND_NAMES[application.kind],
                why=Text("仅限退休人员，请改选异地长期居住", "it is for the retired; file long-term residence"),
            )
        if not application.promised and not application.papers:
            raise PromiseMissing
        filing = Filing.objects.create(
            id=new_id(),
            person_number=application.person_number,
            insurance=application.insurance,
            home_region=home,
            care_region=care,
            institution=application.institution,
            kind=application.kind,
            since=application.since,
            until=_end(application),
            promised=application.promised,
            channel=application.channel,
            reason=application.reason,
            details=application.details,
            requested_at=now(),
        )
        _step(filing, by=by, note=application.reason)
        return filing

    return in_transaction(work)


def require_dates(since: date, until: date | None) -> None:
    """Refuse a period that ends before it begins or begins more than a year from now."""
    if since > months_after(today(), BEGINS_WITHIN_MONTHS) or (until is not None and until < since):
        raise DatesUnfit(since=since, until=until or Text("长期", "no end"))


def _end(application: Application) -> date | None:
    if application.kind.long_term:
        return None
    shortest = months_after(application.since, TEMPORARY_MONTHS_MIN)
    return max(application.until or shortest, shortest)


def approve(number: int, *, by: str, note: str = "") -> Filing:
    """Approve a request; an older filing of the person for the same care region ends the day before."""

    def work() -> Filing:
        filing = _locked(number, Filing.State.REQUESTED, step=Text("批准", "be approved"))
        for older in Filing.objects.select_for_update().filter(
            person_number=filing.person_number,
            insurance=filing.insurance,
            care_region=filing.care_region,
            state=Filing.State.APPROVED,
        ):
            _move(older, Filing.State.REVOKED, by=by, note=f"由备案 {filing.id} 取代")
        return _move(filing, Filing.State.APPROVED, by=by, note=note)

    return in_transaction(work)


def reject(number: int, *, by: str, note: str) -> Filing:
    """Reject a request with a reason the person can read."""
    return in_transaction(
        lambda: _move(
            _locked(number, Filing.State.REQUESTED, step=Text("退回", "be rejected")),
            Filing.State.REJECTED,
            by=by,
            note=note,
        )
    )


def revoke(number: int, *, by: str, note: str = "", person_number: str = "") -> Filing:
    """Revoke a filing in force; care that begins later is not filed. A person named must be the one it is for."""

    def work() -> Filing:
        filing = _locked(number, Filing.State.APPROVED, step=Text("撤销", "be revoked"))
        if person_number and filing.person_number != person_number:
            raise FilingUnknown(number=number)
        return _move(filing, Filing.State.REVOKED, by=by, note=note)

    return in_transaction(work)


def referrals_of(person_number: str, since: date, until: date | None) -> list[Filing]:
    """Approved referrals of a person that began within a period, newest first."""
    found = Filing.objects.filter(
        person_number=person_number, kind=FilingKind.REFERRAL, state=Filing.State.APPROVED, since__gte=since
    )
    return list((found.filter(since__lte=until) if until else found).order_by("-since", "-id"))


def _locked(number: int, state: Filing.State, *, step: Text) -> Filing:
    filing = Filing.objects.select_for_update().filter(id=number).first()
    if filing is None:
        raise FilingUnknown(number=number)
    if filing.state != state:
        raise FilingStateUnfit(number=number, state=Text(Filing.State(filing.state).label, filing.state), step=step)
    return filing


def _move(filing: Filing, state: Filing.State, *, by: str, note: str) -> Filing:
    filing.state, filing.decided_at, filing.decided_by = state, now(), by
    filing.save(update_fields=["state", "decided_at", "decided_by"])
    _step(filing, by=by, note=note)
    return filing


def _step(filing: Filing, *, by: str, note: str) -> None:
    FilingStep.objects.create(filing=filing, at=now(), by=by, state=filing.state, note=note)


@dataclass(frozen=True, slots=True)
class Journey:
    """A stay whose filing is asked for: who, under which insurance, where, from when to when."""

    person_number: str
    insurance: str
    care_region: str
    institution: str
    began: date
    ended: date


IN_FORCE = """
SELECT DISTINCT ON (k.nr) k.nr, f.kind
FROM json_to_recordset(%(journeys)s::json)
     AS k (nr integer, number text, insurance text, region text, institution text, began date, ended date)
JOIN filing_filing f ON f.person_number = k.number AND f.insurance = k.insurance AND f.care_region = k.region
    AND f.institution IN ('', k.institution) AND f.since <= k.ended AND coalesce(f.until >= k.began, true)
    AND f.requested_at <= %(moment)s
    AND (f.state = 'approved' OR f.state = 'revoked' AND f.decided_at::date > k.began)
ORDER BY k.nr, array_position(
    ARRAY['resettled_retiree', 'long_term_resident', 'stationed_worker', 'referral', 'temporary'], f.kind::text)
"""


def in_force(journeys: Sequence[Journey], moment: datetime) -> list[FilingKind | None]:
    """The filing that covers each stay, the strongest kind first, or None; one statement for all.

    A filing made during the stay counts (late filing before discharge, 医保发〔2022〕22号), and one revoked after the
    stay began still does.
    """
    asked = [
        {
            "nr": nr,
            "number": journey.person_number,
            "insurance": journey.insurance,
            "region": journey.care_region,
            "institution": journey.institution,
            "began": journey.began,
            "ended": journey.ended,
        }
        for nr, journey in enumerate(journeys, 1)
    ]
    rows = fetch(IN_FORCE, {"journeys": json_text(asked), "moment": moment})
    found = {nr: FilingKind(kind) for nr, kind in rows}
    return [found.get(nr) for nr in range(1, len(journeys) + 1)]
