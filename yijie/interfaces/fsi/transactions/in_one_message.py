"""Care that one message registers, charges and settles: tried without a trace, or settled as a whole."""

from __future__ import annotations

from django.db import transaction

from yijie.domain import exchange, settlement
from yijie.domain.encounter import LineStored
from yijie.domain.settlement import Settled
from yijie.interfaces.fsi import crossing, homes
from yijie.interfaces.fsi.call import Call, Row
from yijie.interfaces.fsi.committer import Committer
from yijie.interfaces.fsi.crossing import Keep, Sold
from yijie.interfaces.fsi.messages import Claim

from .settling import answered
from .together import Answered, Asked, Ready, settle_together


def tried(call: Call, row: Row, sold: Sold) -> tuple[Settled, list[LineStored]]:
    """What it would cost whom: registered, graded, decided, taken back whole; ``row`` says who stands at the desk."""
    here = exchange.is_here(call.home_region)
    if not here:
        homes.identify_at_home(call, row)
    with transaction.atomic():
        charge, lines, _ = sold(call)
        quoted = settlement.quote(charge) if here else settlement.asked(charge)
        transaction.set_rollback(True)
    return quoted if isinstance(quoted, Settled) else crossing.quoted(quoted), lines


_committer: Committer[Asked, Answered] = Committer(settle_together)
"""Of these messages alone, which take longer than the visits and stays that others wait for."""


def settled(call: Call, claim: Claim, row: Row, sold: Sold, keep: Keep) -> str:
    """Settle it: registration, lines and settlement stand or fall together, beside others that wait."""
    if not exchange.is_here(call.home_region):
        if not homes.is_repetition(claim):
            homes.identify_at_home(call, row)
        return crossing.purchase(call, claim, sold, keep)

    def ready() -> Ready:
        charge, lines, number = sold(call)
        return Ready(charge, lambda outcome: keep(call, outcome, lines, number))

    return answered(_committer, Asked(call, claim, ready, stores=True), row["psn_no"])
