"""Care that one message registers, charges and settles: tried without a trace, or settled as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from yijie.domain import encounter, exchange, settlement
from yijie.domain.encounter import LineStored, Opened, Record, WholeVisit
from yijie.domain.settlement import Charge, Settled
from yijie.interfaces.fsi import crossing, homes
from yijie.interfaces.fsi.call import Call, Row
from yijie.interfaces.fsi.committer import Committer
from yijie.interfaces.fsi.crossing import Keep
from yijie.interfaces.fsi.messages import Claim
from yijie.kernel.errors import YijieError

from .settling import answered
from .together import Answered, Asked, Ready, settle_together


@dataclass(frozen=True, slots=True)
class Whole:
    """What a message tells: the visit, and what is to be settled of it once it is opened."""

    visit: WholeVisit
    charge: Callable[[Record], Charge]


def opened(visit: WholeVisit) -> Opened:
    """Open and charge one visit; raises what it is refused for."""
    [one] = encounter.open_whole([visit])
    if isinstance(one, YijieError):
        raise one
    return one


def tried(call: Call, row: Row, whole: Whole) -> tuple[Settled, list[LineStored]]:
    """What it would cost whom: registered, graded, decided, taken back whole; ``row`` says who stands at the desk."""
    here = exchange.is_here(call.home_region)
    if not here:
        homes.identify_at_home(call, row)
    with transaction.atomic():
        one = opened(whole.visit)
        charge = whole.charge(one.record)
        quoted = settlement.quote(charge) if here else settlement.asked(charge)
        transaction.set_rollback(True)
    return quoted if isinstance(quoted, Settled) else crossing.quoted(quoted), one.lines


_committer: Committer[Asked, Answered] = Committer(settle_together)
"""Of these messages alone, which take longer than the visits and stays that others wait for."""


def settled(call: Call, claim: Claim, row: Row, whole: Whole, keep: Keep) -> str:
    """Settle it: registration, lines and settlement stand or fall together, beside others that wait."""
    if not exchange.is_here(call.home_region):
        if not homes.is_repetition(claim):
            homes.identify_at_home(call, row)
        return crossing.purchase(call, claim, lambda: _sold(whole), keep)

    def ready(one: Opened | None) -> Ready:
        assert one is not None  # noqa: S101  the message tells a visit
        charge = whole.charge(one.record)
        return Ready(charge, lambda outcome: keep(call, outcome, one.lines, one.record.number))

    return answered(_committer, Asked(call, claim, ready, whole.visit), row["psn_no"])


def _sold(whole: Whole) -> tuple[Charge, list[LineStored], str]:
    one = opened(whole.visit)
    return whole.charge(one.record), one.lines, one.record.number
