"""Messages that settle, done together in one transaction, each answered by itself.

A message that stores something before it can be settled (a purchase registers its visit and lines) does so under a
savepoint. Is its settlement refused after that, it is set aside with what it stored: the others run again without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from yijie.domain import settlement
from yijie.domain.settlement import Charge, Settled
from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi import messages
from yijie.interfaces.fsi.call import Call, Done
from yijie.interfaces.fsi.messages import Claim, Kept, Key
from yijie.interfaces.fsi.once import shaped
from yijie.kernel.errors import YijieError


@dataclass(frozen=True, slots=True)
class Ready:
    """A charge, and what its settlement answers."""

    charge: Charge
    done: Callable[[Settled], Done]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asks to be settled. ``ready`` may refuse; with ``stores`` it stores what a refusal takes back."""

    call: Call
    claim: Claim
    ready: Callable[[], Ready]
    stores: bool = False


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
    made = {key: _made_ready(one) for key, one in fresh.items()}
    ready = {key: one for key, one in made.items() if isinstance(one, Ready)}
    charges = [one.charge for one in ready.values()]
    outcomes = dict(zip(ready, settlement.settle(charges) if charges else [], strict=True))
    answers: dict[Key, Answered] = {key: one for key, one in made.items() if isinstance(one, YijieError)}
    kept: list[tuple[Key, int | None, str]] = []
    for key, outcome in outcomes.items():
        done = _done(ready[key], outcome)
        if isinstance(done, YijieError):
            answers[key] = done
            continue
        output = shaped(fresh[key].call.infno, done).decode()
        kept.append((key, done.subject, output))
        answers[key] = output
    _require_nothing_left({key: answers[key] for key in ready if fresh[key].stores})
    messages.release([key for key, answer in answers.items() if isinstance(answer, YijieError)])
    if kept:
        messages.keep(kept)
    return answers | {key: _again(one) for key, one in seen.items() if one is not None}


def _made_ready(one: Asked) -> Ready | YijieError:
    try:
        if not one.stores:
            return one.ready()
        with transaction.atomic():
            return one.ready()
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
