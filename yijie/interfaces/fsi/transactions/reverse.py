"""2601 冲正交易: undo a message whose answer was lost, named by its own number and message id."""

from __future__ import annotations

import contextlib

from yijie.domain import encounter, settlement
from yijie.domain.transaction import fetch
from yijie.interfaces.fsi import messages
from yijie.interfaces.fsi.call import Call, Done, writes
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import public_id

from .settling import voiding_message


class NotReversible(YijieError):
    """A transaction that 2601 does not undo."""

    code = "message.not_reversible"
    zh = "交易 {infno} 不能冲正，只能冲正 {allowed}；其他交易请用对应的撤销交易"
    en = "transaction {infno} cannot be reversed, only {allowed}; use the transaction that undoes it"


class NotThatPerson(YijieError):
    """The original message concerned another person."""

    code = "message.not_that_person"
    zh = "原报文 {msgid} 不属于人员 {person}，请核对 psn_no 与 omsgid"
    en = "message {msgid} does not concern person {person}; check psn_no and omsgid"


PHARMACY_SALE = "2102"
SETTLEMENTS = (PHARMACY_SALE, "2207", "2304")
ADMISSION = "2401"
REVERSIBLE = (*SETTLEMENTS, ADMISSION)
"""What the interface lets 2601 undo (Hunan V1.1.27)."""


@writes("2601")
def reverse(call: Call) -> Done:
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
                original.subject or 0, institution=call.at.code, person_number=person, details=voiding_message(call)
            )
            if infno == PHARMACY_SALE:
                encounter.clear(voided.encounter)
    messages.mark_reversed(key)
    return Done()


def _cancel_admission(subject: int | None, institution: str, person: str) -> None:
    [(region,)] = fetch("SELECT region FROM encounter_encounter WHERE id = %s", [subject])
    record = encounter.lock(public_id(region, subject or 0), institution, person)
    if record.state != "cancelled":
        encounter.cancel(record)
