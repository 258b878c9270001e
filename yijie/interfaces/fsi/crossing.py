"""Settling, voiding and reversing where the person's home region is held by another node (docs/decisions/0011).

Three steps, each request in all of them: record the attempts, ask the home node to hold (outside any transaction),
conclude. What waits for one home node is taken through the steps together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings

from yijie.domain import encounter, exchange, settlement
from yijie.domain.encounter import LineStored
from yijie.domain.settlement import Begun, Charge, Request, Settled
from yijie.domain.transaction import fetch, in_transaction
from yijie.interfaces.node import homes
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import public_id

from . import messages
from .call import Call, Done, in_table
from .committer import Committer
from .messages import Claim, Kept, Key, NotThatPerson
from .once import kept
from .settlement_out import Living, Told, asked_by, settled_out, undo_whole
from .shaping import shape

BATCHES_AT_ONCE_MAX = 4
"""More than at home: while one batch waits for the network the database is free for others."""

Asked = tuple[Call, Claim, Charge]
Answered = str | YijieError


class OutcomeUnknown(YijieError):
    """The last step did not report back; whether it was done, the same message id will tell."""

    code = "settlement.outcome_unknown"
    zh = "结算结果暂不明确，请用同一报文ID {msgid} 再次发送查询结果，或冲正（2601）；请勿换号重办"
    en = "the outcome is not known yet: send the same message id {msgid} again, or reverse it (2601)"


def home_node(encounter_id: int) -> str:
    """The node to ask about an encounter's person; empty where the home region is held here."""
    return "" if exchange.alone() else settlement.home_nodes([encounter_id]).get(encounter_id, "")


def quote(charge: Charge) -> Settled:
    """What settling now would decide."""
    return quoted(settlement.asked(charge))


def quoted(asked: settlement.Asked) -> Settled:
    """What the home node would decide on what it is asked."""
    return settlement.quoted(asked, homes.quote(asked.request))


_committers: dict[str, Committer[Asked, Answered]] = {}
_threads = ThreadPoolExecutor(settings.DESKS, thread_name_prefix="crossing")
"""For all nodes together, so that sessions of the database do not grow with them: no more than messages at desks."""
_making = threading.Lock()


def _committer(node: str) -> Committer[Asked, Answered]:
    with _making:
        if node not in _committers:
            _committers[node] = Committer(
                partial(_settle_together, node), batches_at_once_max=BATCHES_AT_ONCE_MAX, threads=_threads
            )
        return _committers[node]


def settle(call: Call, claim: Claim, charge: Charge, node: str) -> str:
    """Settle one message with its home node, together with others that wait for it; the output as JSON text."""
    answer = _committer(node).submit((call, claim, charge), apart=frozenset({charge.person_number, claim.key}))
    if isinstance(answer, YijieError):
        raise answer
    return answer


def _settle_together(node: str, asked: Sequence[Asked]) -> list[Answered]:
    begun = in_transaction(lambda: _begin(asked))
    open_ = [(entry, b) for entry, b in zip(asked, begun, strict=True) if isinstance(b, Begun)]
    if not open_:
        return [b for b in begun if not isinstance(b, Begun)]
    granted = homes.hold(node, [b for _, b in open_])
    answers = [(entry, b, g) for (entry, b), g in zip(open_, granted, strict=True)]
    try:
        concluded = iter(in_transaction(lambda: _conclude(answers)))
    except Exception as error:
        raise OutcomeUnknown(msgid=asked[0][1].key[2]) from error
    exchange.wake()
    return [next(concluded) if isinstance(b, Begun) else b for b in begun]


def _begin(asked: Sequence[Asked]) -> list[Begun | Answered]:
    """Record attempts for messages that are new; a repeated or spent one is answered by what was kept."""
    seen = messages.seen([claim for _, claim, _ in asked])
    fresh = [entry for entry in asked if seen[entry[1].key] is None]
    requests = [Request(" ".join(claim.key), claim.content_hash, charge) for _, claim, charge in fresh]
    begun = dict(zip((claim.key for _, claim, _ in fresh), settlement.begin(requests) if requests else [], strict=True))
    return [begun[claim.key] if claim.key in begun else _again(seen[claim.key]) for _, claim, _ in asked]


def _again(seen: Kept | YijieError | None) -> Answered:
    assert seen is not None  # noqa: S101  a fresh claim has an attempt
    return seen.output if isinstance(seen, Kept) else seen


def _conclude(answers: Sequence[tuple[Asked, Begun, object]]) -> list[Answered]:
    """Settle what was granted, unless the message was reversed meanwhile; keep the outputs."""
    seen = messages.claim([claim for (_, claim, _), _, _ in answers])
    told = [
        (begun, spent if isinstance(spent := seen[claim.key], YijieError) else answer)
        for (_, claim, _), begun, answer in answers
    ]
    outcomes = settlement.conclude(told)
    results: list[Answered] = []
    keeping: list[tuple[Key, int | None, str]] = []
    for ((call, claim, _), _, _), outcome in zip(answers, outcomes, strict=True):
        if isinstance(outcome, Settled):
            output = shape(call.infno, in_table(call.infno, settled_out(outcome, call.envelope.msgid))).decode()
            keeping.append((claim.key, outcome.id, output))
            results.append(output)
        else:
            results.append(outcome)
    done = {key for key, _, _ in keeping}
    messages.release([claim.key for (_, claim, _), _, _ in answers if claim.key not in done and not seen[claim.key]])
    if keeping:
        messages.keep(keeping)
    return results


Sold = Callable[[], tuple[Charge, list[LineStored], str]]
Keep = Callable[[Call, Settled, list[LineStored], str], Done]


def purchase(call: Call, claim: Claim, sold: Sold, settled: Keep) -> str:
    """Settle what one message registers, charges and settles, with its home node; the output as JSON text.

    It is registered (``sold``) in the transaction that records the attempt, and taken back in the one that aborts it;
    ``settled`` keeps what else the message says and makes the answer.
    """

    def begin() -> tuple[Begun, list[LineStored], str] | str:
        seen = messages.seen([claim])[claim.key]
        if seen is not None:
            return _kept_or_raised(seen)
        _clear_aborted(call, claim)
        charge, lines, number = sold()
        [begun] = settlement.begin([Request(" ".join(claim.key), claim.content_hash, charge)])
        if isinstance(begun, YijieError):
            raise begun
        return begun, lines, number

    started = in_transaction(begin)
    if isinstance(started, str):
        return started
    begun, lines, number = started
    [granted] = homes.hold(begun.home_node, [begun])

    def conclude() -> str | YijieError:
        seen = messages.claim([claim])[claim.key]
        [outcome] = settlement.conclude([(begun, seen if isinstance(seen, YijieError) else granted)])
        if isinstance(outcome, Settled):
            return kept(call, claim, settled(call, outcome, lines, number)).decode()
        encounter.clear(encounter.lock(number, call.at.code, begun.asked.record.person_number))
        if seen is None:
            messages.release([claim.key])
        return outcome

    try:
        answer = in_transaction(conclude)
    except Exception as error:
        raise OutcomeUnknown(msgid=claim.key[2]) from error
    exchange.wake()
    if isinstance(answer, YijieError):
        raise answer
    return answer


def _kept_or_raised(seen: Kept | YijieError) -> str:
    if isinstance(seen, YijieError):
        raise seen
    return seen.output


def _clear_aborted(call: Call, claim: Claim) -> None:
    """Take back what an earlier try of this purchase registered, where its process ended before it could."""
    rows = fetch(
        "SELECT e.region, e.id, e.person_number FROM settlement_attempt a JOIN encounter_encounter e"
        " ON e.id = a.encounter WHERE a.message = %s AND a.state = 'aborted' AND e.state = 'open'",
        [" ".join(claim.key)],
    )
    for region, number, person_number in rows:
        encounter.clear(encounter.lock(public_id(region, number), call.at.code, person_number))


def void(call: Call, claim: Claim, living: Living, node: str, told: Told) -> str:
    """Void a settlement together with its home node; the output, made by ``told``, as JSON text."""

    def begin() -> settlement.BegunVoid | str:
        seen = messages.seen([claim])[claim.key]
        if seen is not None:
            return _kept_or_raised(seen)
        return settlement.begin_void(
            " ".join(claim.key),
            claim.content_hash,
            living.number,
            living.encounter_number,
            institution=call.at.code,
            person_number=living.person_number,
        )

    begun = in_transaction(begin)
    if isinstance(begun, str):
        return begun
    person, account = _held(begun)

    def conclude(begun: settlement.BegunVoid = begun) -> str:
        seen = messages.claim([claim])[claim.key]
        if isinstance(seen, YijieError):
            raise seen
        voided = settlement.conclude_void(begun, asked_by(call))
        undo_whole(call.infno, voided)
        return kept(call, claim, told(call, voided, person, account)).decode()

    output = _concluded(claim, begun, conclude)
    exchange.wake()
    return output


def _held(begun: settlement.BegunVoid):  # noqa: ANN202  what homes.hold_void answers
    try:
        return homes.hold_void(begun)
    except YijieError as refusal:
        _abort(begun, refusal)
        raise


def _concluded(claim: Claim, begun: settlement.BegunVoid, conclude) -> str:  # noqa: ANN001  a step without arguments
    try:
        return str(in_transaction(conclude))
    except YijieError as refusal:
        _abort(begun, refusal)
        raise
    except Exception as error:
        raise OutcomeUnknown(msgid=claim.key[2]) from error


def _abort(begun: settlement.BegunVoid, refusal: YijieError) -> None:
    in_transaction(lambda: settlement.abort([begun.attempt], {begun.attempt: refusal.written()}))
    exchange.wake()


def settled_elsewhere(key: Key) -> int | None:
    """The settlement that a message made, where its home region is held by another node."""
    if exchange.alone():
        return None
    rows = fetch(
        "SELECT s.id, s.encounter FROM fsi_message m JOIN settlement_settlement s ON s.id = m.subject"
        " WHERE (m.institution, m.infno, m.msgid) = (%s, %s, %s) AND m.state = 'done' AND s.state = 'settled'",
        list(key),
    )
    return rows[0][0] if rows and home_node(rows[0][1]) else None


def reverse(call: Call, claim: Claim, key: Key, settled: int) -> str:
    """2601 of a message whose settlement another node's funds pay; the output as JSON text."""
    person_number = call.one()["psn_no"]

    def begin() -> settlement.BegunVoid | str:
        seen = messages.seen([claim])[claim.key]
        if seen is not None:
            return _kept_or_raised(seen)
        original = messages.original_of(key)
        if original is None or original.person_number not in ("", person_number):
            raise NotThatPerson(msgid=key[2], person=person_number)
        number, encounter_number = settlement.numbers_of(settled, call.at.code, person_number)
        return settlement.begin_void(
            " ".join(claim.key),
            claim.content_hash,
            number,
            encounter_number,
            institution=call.at.code,
            person_number=person_number,
        )

    begun = in_transaction(begin)
    if isinstance(begun, str):
        return begun
    _held(begun)

    def conclude(begun: settlement.BegunVoid = begun) -> str:
        seen = messages.claim([claim])[claim.key]
        if isinstance(seen, YijieError):
            raise seen
        voided = settlement.conclude_void(begun, asked_by(call))
        undo_whole(key[1], voided)
        messages.mark_reversed(key)
        return kept(call, claim, Done()).decode()

    output = _concluded(claim, begun, conclude)
    exchange.wake()
    return output
