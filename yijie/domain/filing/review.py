"""Four eyes over a filing: one officer reviews, another person approves.

A referral rises over three levels (经办、科长、分管): each level's approval is a step by another person,
and only the last makes the filing effective.
"""

from __future__ import annotations

from yijie.domain.transaction import in_transaction
from yijie.kernel.codes import FilingKind
from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .errors import FilingStateUnfit, FilingUnknown, SameHand, Unreviewed
from .models import Filing, FilingStep
from .remote import approve

REVIEWED = "审核通过"
LEVELS = {FilingKind.REFERRAL: 3}
"""How many different people a kind passes; all other kinds pass two."""


def levels_of(kind: str) -> int:
    """How many different people must agree before a filing of a kind is effective."""
    return LEVELS.get(FilingKind(kind), 2)


def agreed_by(filing: Filing) -> list[str]:
    """Who has agreed so far, in order."""
    steps = filing.steps.filter(state=Filing.State.REQUESTED, note__startswith=REVIEWED).order_by("at", "id")
    return [step.by for step in steps]


def review(number: int, *, by: str, note: str = "") -> Filing:
    """Agree to a request on the way to its last level; nobody agrees twice."""

    def work() -> Filing:
        filing = _requested(number)
        agreed = agreed_by(filing)
        _another_hand(agreed, by)
        if len(agreed) >= levels_of(filing.kind) - 1:
            raise FilingStateUnfit(
                number=number,
                state=Text("待终审", "ready for the last level"),
                step=Text("再次审核", "be reviewed again"),
            )
        FilingStep.objects.create(filing=filing, at=now(), by=by, state=filing.state, note=f"{REVIEWED} {note}".strip())
        return filing

    return in_transaction(work)


def approve_reviewed(number: int, *, by: str, note: str = "") -> Filing:
    """Make a filing effective after every earlier level has agreed, each by another person."""

    def work() -> Filing:
        filing = _requested(number)
        agreed = agreed_by(filing)
        _another_hand(agreed, by)
        if len(agreed) < levels_of(filing.kind) - 1:
            raise Unreviewed(number=number, missing=levels_of(filing.kind) - 1 - len(agreed))
        return approve(number, by=by, note=note)

    return in_transaction(work)


def _requested(number: int) -> Filing:
    filing = Filing.objects.select_for_update().filter(id=number).first()
    if filing is None:
        raise FilingUnknown(number=number)
    if filing.state != Filing.State.REQUESTED:
        raise FilingStateUnfit(
            number=number, state=Text(Filing.State(filing.state).label, filing.state), step=Text("审核", "be reviewed")
        )
    return filing


def _another_hand(agreed: list[str], by: str) -> None:
    if by in agreed:
        raise SameHand
