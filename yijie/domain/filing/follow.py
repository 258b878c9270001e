"""After a referral is approved: records handed over to the receiving hospital, and how the patient fared there."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from yijie.domain.transaction import in_transaction
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now, today
from yijie.kernel.language import Text

from .errors import FilingStateUnfit, FilingUnknown
from .models import Filing, FilingStep

HANDED_OVER = Text("病历移交", "have its records handed over")
FOLLOWED_UP = Text("随访", "be followed up")
FOLLOW_UP_DAYS = 30
"""When a referral without a follow-up is put on the list of those to ask after; a habit of the house, not a rule."""


def hand_over(number: int, *, by: str, note: str) -> Filing:
    """Put on record that the records were handed over, to whom and which."""
    return _told(number, HANDED_OVER, by=by, note=note)


def follow_up(number: int, *, by: str, note: str) -> Filing:
    """Put on record how the patient fares."""
    return _told(number, FOLLOWED_UP, by=by, note=note)


def to_follow_up(filings: QuerySet[Filing]) -> QuerySet[Filing]:
    """Those of ``filings`` that are referrals in force for a month and of which nobody has heard."""
    heard = FilingStep.objects.filter(filing=OuterRef("pk"), note__startswith=FOLLOWED_UP.zh)
    begun = today() - timedelta(days=FOLLOW_UP_DAYS)
    return filings.filter(~Exists(heard), kind=FilingKind.REFERRAL, state=Filing.State.APPROVED, since__lte=begun)


def _told(number: int, what: Text, *, by: str, note: str) -> Filing:
    def work() -> Filing:
        filing = Filing.objects.select_for_update().filter(id=number).first()
        if filing is None:
            raise FilingUnknown(number=number)
        if filing.kind != FilingKind.REFERRAL or filing.state != Filing.State.APPROVED:
            raise FilingStateUnfit(number=number, state=Text(Filing.State(filing.state).label, filing.state), step=what)
        FilingStep.objects.create(filing=filing, at=now(), by=by, state=filing.state, note=f"{what.zh} {note}".strip())
        return filing

    return in_transaction(work)
