"""2206/2303 quote, 2207/2304 settle, 2208/2305 void."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from yijie.domain import decision, encounter, enrolment, ledger, settlement
from yijie.domain.settlement import Charge, FamilyAccountNotOffered, Settled
from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi import crossing, messages
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, settles, shown_in, text
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.committer import Committer
from yijie.interfaces.fsi.lines import fen_of
from yijie.interfaces.fsi.messages import Claim, Kept
from yijie.interfaces.fsi.once import once
from yijie.interfaces.fsi.settlement_out import PHARMACY_VOID, settled_out, voided_out, voiding_message
from yijie.interfaces.fsi.shaping import shape
from yijie.kernel.dates import today
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id
from yijie.kernel.money import Fen

FAMILY_ACCOUNT = "2"
DECLARED = {
    "fulamt_ownpay_amt": "not_covered",
    "overlmt_selfpay": "over_ceiling",
    "preselfpay_amt": "first_self_pay",
    "inscp_scp_amt": "eligible",
}
"""Sums a desk may repeat from the graded lines; zero or empty means that it does not."""


@reads("2206", "2303")
def quote(call: Call) -> Done:
    """What settling now would decide; nothing is stored."""
    charge = charge_of(call)
    quoted = crossing.quote(charge) if crossing.home_node(charge.encounter) else settlement.quote(charge)
    return Done(in_table(call.infno, settled_out(quoted, call.envelope.msgid)))


def charge_of(call: Call) -> Charge:
    """The charge that a quote or settlement message asks for."""
    row = call.one()
    if text(row, "acct_used_flag") == FAMILY_ACCOUNT:
        raise FamilyAccountNotOffered
    named = parse_public_id(row["mdtrt_id"])
    medical_type = text(row, "med_type")
    return Charge(
        encounter=named[1] if named else 0,
        number=row["mdtrt_id"],
        institution=call.at.code,
        person_number=row["psn_no"],
        shown=shown_in(row),
        declared={"total": fen_of(row["medfee_sumamt"]), **_repeated(row)},
        use_account=text(row, "acct_used_flag") == "1",
        insurance=row["insutype"],
        batch=text(row, "chrg_bchno"),
        mid_stay=text(row, "mid_setl_flag") == "1",
        care=care_of(medical_type, stay=False) if medical_type else "",
        medical_type=medical_type,
        details={
            "message": call.envelope.msgid,
            "invoice": text(row, "invono"),
            "way": text(row, "psn_setlway"),
            "operator": call.envelope.opter,
            "operator_name": call.envelope.opter_name,
        },
    )


def _repeated(row: Row) -> dict[str, Fen]:
    return {ours: fen_of(row[national]) for national, ours in DECLARED.items() if row.get(national)}


Asked = tuple[Call, Claim, Charge]
Answered = str | YijieError


def _settle_together(asked: Sequence[Asked]) -> list[Answered]:
    """Settle messages of different persons in one transaction; each is answered by its output or its error."""
    return in_transaction(lambda: _settle_claimed(asked))


def _settle_claimed(asked: Sequence[Asked]) -> list[Answered]:
    seen = messages.claim([claim for _, claim, _ in asked])
    fresh = [entry for entry in asked if seen[entry[1].key] is None]
    outcomes = dict(
        zip(
            (claim.key for _, claim, _ in fresh),
            settlement.settle([charge for _, _, charge in fresh]) if fresh else [],
            strict=True,
        )
    )
    answers: dict[messages.Key, Answered] = {}
    kept: list[tuple[messages.Key, int | None, str]] = []
    for call, claim, _ in fresh:
        outcome = outcomes[claim.key]
        if isinstance(outcome, Settled):
            output = shape(call.infno, in_table(call.infno, settled_out(outcome, call.envelope.msgid))).decode()
            kept.append((claim.key, outcome.id, output))
            answers[claim.key] = output
        else:
            answers[claim.key] = outcome
    messages.release([key for key, answer in answers.items() if isinstance(answer, YijieError)])
    if kept:
        messages.keep(kept)
    return [answers[claim.key] if claim.key in answers else _again(seen[claim.key]) for _, claim, _ in asked]


def _again(seen: Any) -> Answered:
    return seen.output if isinstance(seen, Kept) else seen


_committer: Committer[Asked, Answered] = Committer(_settle_together)


@settles("2207", "2304")
def settle(call: Call, claim: Claim) -> str:
    """Settle one message, together with others that wait; returns its output as JSON text."""
    charge = charge_of(call)
    if node := crossing.home_node(charge.encounter):
        return crossing.settle(call, claim, charge, node)
    answer = _waited_for(lambda: _here(call, claim, charge))
    if isinstance(answer, YijieError):
        raise answer
    return answer


HOLD_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""While another node's attempt holds the person's year: it ends within a moment, or the desk asks again."""


def _waited_for(settle_here: Callable[[], Answered]) -> Answered:
    answer = settle_here()
    for seconds in HOLD_WAITS_SECONDS:
        if not isinstance(answer, decision.HoldOpen):
            break
        time.sleep(seconds)
        answer = settle_here()
    return answer


def _here(call: Call, claim: Claim, charge: Charge) -> Answered:
    return _committer.submit((call, claim, charge), apart=frozenset({charge.person_number, claim.key}))


@settles("2103", "2208", "2305")
def void(call: Call, claim: Claim) -> str:
    """Void a settlement, where its home region is."""
    row = call.one()
    named = parse_public_id(row["mdtrt_id"])
    if named and (node := crossing.home_node(named[1])):
        return crossing.void(call, claim, row["setl_id"], row["mdtrt_id"], node)
    return in_transaction(lambda: once(call, claim, _void_here)).decode()


def _void_here(call: Call) -> Done:
    """Void a settlement; the answer carries the negative amounts under the number of the row that voids it."""
    row = call.one()
    voided = settlement.void(
        row["setl_id"],
        row["mdtrt_id"],
        institution=call.at.code,
        person_number=row["psn_no"],
        details=voiding_message(call),
    )
    if call.infno == PHARMACY_VOID:
        encounter.clear(voided.encounter)
    record = voided.encounter
    relation = (record.person_number, record.insurance, record.home_region)
    person = enrolment.require_insured(relation, today())
    account = (record.home_region, record.person_number)
    return voided_out(call, voided, person, ledger.personal_accounts([account])[account])
