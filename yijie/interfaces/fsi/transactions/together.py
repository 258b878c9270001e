"""Messages that settle, done together in one transaction, each answered by itself.

Visits that a message tells whole (a purchase) are opened before that, all in the same statements. Is the settlement of
one refused after that, it is set aside with what was stored for it: the others run again without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yijie.domain import encounter, settlement
from yijie.domain.encounter import Opened, WholeVisit
from yijie.domain.settlement import Charge, Settled
from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi import messages
from yijie.interfaces.fsi.call import Call, Done
from yijie.interfaces.fsi.messages import Claim, Kept, Key
from yijie.interfaces.fsi.once import keep_records, shaped
from yijie.kernel.errors import YijieError


@dataclass(frozen=True, slots=True)
class Ready:
    """A charge, and what its settlement answers."""

    charge: Charge
    done: Callable[[Settled], Done]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asks to be settled; ``ready`` may refuse. It is given the ``visit`` opened, where there is one."""

    call: Call
    claim: Claim
    ready: Callable[[Opened | None], Ready]
    visit: WholeVisit | None = None


Answered = str | YijieError
"""A message's output as JSON text, or why it was refused."""


class SetAside(Exception):
    """Messages refused after something was stored for them: this transaction must not be kept."""

    def __init__(self, refused: dict[Key, YijieError]) -> None:
        super().__init__()
        self.refused = refused


def settle_together(asked: Sequence[Asked]) -> list[Answered]:
    """Settle messages of different persons; each is answered by its output or its error, in their order."""
    refused: dict[Key, YijieError] = {}
    while True:
        going = [one for one in asked if one.claim.key not in refused]
        try:
            answers = in_transaction(lambda going=going: _settle_claimed(going)) if going else {}
        except SetAside as aside:
            refused |= aside.refused
        else:
            return [refused[one.claim.key] if one.claim.key in refused else answers[one.claim.key] for one in asked]


def _settle_claimed(asked: Sequence[Asked]) -> dict[Key, Answered]:
    seen = messages.claim([one.claim for one in asked])
    fresh = {one.claim.key: one for one in asked if seen[one.claim.key] is None}
    opened = _opened(fresh)
    made = {key: _made_ready(one, opened.get(key)) for key, one in fresh.items()}
    ready = {key: one for key, one in made.items() if isinstance(one, Ready)}
    charges = [one.charge for one in ready.values()]
    outcomes = dict(zip(ready, settlement.settle(charges) if charges else [], strict=True))
    answers: dict[Key, Answered] = {key: one for key, one in made.items() if isinstance(one, YijieError)}
    done = {key: _done(ready[key], outcome) for key, outcome in outcomes.items()}
    kept: list[tuple[Key, int | None, str]] = []
    for key, one in done.items():
        if isinstance(one, YijieError):
            answers[key] = one
            continue
        output = shaped(fresh[key].call.infno, one).decode()
        kept.append((key, one.subject, output))
        answers[key] = output
    _require_nothing_left({key: answers[key] for key, one in opened.items() if isinstance(one, Opened)})
    messages.release([key for key, answer in answers.items() if isinstance(answer, YijieError)])
    if kept:
        keep_records([(fresh[key].call, one) for key, one in done.items() if isinstance(one, Done)])
        messages.keep(kept)
    return answers | {key: _again(one) for key, one in seen.items() if one is not None}


def _opened(fresh: Mapping[Key, Asked]) -> dict[Key, Opened | YijieError]:
    visits = {key: one.visit for key, one in fresh.items() if one.visit is not None}
    return dict(zip(visits, encounter.open_whole(list(visits.values())), strict=True)) if visits else {}


def _made_ready(one: Asked, opened: Opened | YijieError | None) -> Ready | YijieError:
    try:
        return opened if isinstance(opened, YijieError) else one.ready(opened)
    except YijieError as refusal:
        return refusal


def _done(ready: Ready, outcome: Settled | YijieError) -> Done | YijieError:
    try:
        return outcome if isinstance(outcome, YijieError) else ready.done(outcome)
    except YijieError as refusal:
        return refusal


def _require_nothing_left(stored: dict[Key, Answered]) -> None:
    if refused := {key: answer for key, answer in stored.items() if isinstance(answer, YijieError)}:
        raise SetAside(refused)


def _again(seen: Kept | YijieError) -> Answered:
    return seen.output if isinstance(seen, Kept) else seen
