"""2601 冲正交易: undo a message whose answer was lost, named by its own number and message id."""

from __future__ import annotations

import contextlib

from yijie.domain import encounter, settlement
from yijie.domain.transaction import fetch, in_transaction
from yijie.interfaces.fsi import crossing, messages
from yijie.interfaces.fsi.call import Call, Done, settles
from yijie.interfaces.fsi.messages import Claim, NotThatPerson
from yijie.interfaces.fsi.once import once
from yijie.interfaces.fsi.settlement_out import PHARMACY_SALE, asked_by, undo_whole
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import public_id


class NotReversible(YijieError):
    """A transaction that 2601 does not undo."""

    code = "message.not_reversible"
    zh = "交易 {infno} 不能冲正，只能冲正 {allowed}；其他交易请用对应的撤销交易"
    en = "transaction {infno} cannot be reversed, only {allowed}; use the transaction that undoes it"


SETTLEMENTS = (PHARMACY_SALE, "2207", "2260", "2304", "YJ03")
ADMISSION = "2401"
REVERSIBLE = (*SETTLEMENTS, ADMISSION)
"""What the interface lets 2601 undo (Hunan V1.1.27), Guangdong's visit in one message, and the payment of an order."""


@settles("2601")
def reverse(call: Call, claim: Claim) -> str:
    """Reverse a message where its settlement's home region is."""
    row = call.one()
    key = (call.envelope.fixmedins_code, row["oinfno"], row["omsgid"])
    if row["oinfno"] in SETTLEMENTS and (settled := crossing.settled_elsewhere(key)):
        return crossing.reverse(call, claim, key, settled)
    return in_transaction(lambda: once(call, claim, _reverse_here)).decode()


def _reverse_here(call: Call) -> Done:
    """Take back what a message did; one not yet seen leaves a tombstone, so that it cannot take effect later.

    Reversing twice is the same as once.
    """
    row = call.one()
    infno, msgid, person = row["oinfno"], row["omsgid"], row["psn_no"]
    if infno not in REVERSIBLE:
        raise NotReversible(infno=infno, allowed="、".join(REVERSIBLE))
    key = (call.envelope.fixmedins_code, infno, msgid)
    original = messages.original_of(key)
    if original is None:
        return Done()
    if original.person_number not in ("", person):
        raise NotThatPerson(msgid=msgid, person=person)
    if original.state != "done":
        return Done()
    if infno == ADMISSION:
        _cancel_admission(original.subject, call.at.code, person)
    else:
        with contextlib.suppress(settlement.AlreadyVoided):
            voided = settlement.void_settlement(
                original.subject or 0, institution=call.at.code, person_number=person, details=asked_by(call)
            )
            undo_whole(infno, voided)
    messages.mark_reversed(key)
    return Done()


def _cancel_admission(subject: int | None, institution: str, person: str) -> None:
    [(region,)] = fetch("SELECT region FROM encounter_encounter WHERE id = %s", [subject])
    record = encounter.lock(public_id(region, subject or 0), institution, person)
    if record.state != "cancelled":
        encounter.cancel(record)
