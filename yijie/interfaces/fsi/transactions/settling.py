"""2206/2303 quote, 2207/2304 settle, 2208/2305 void, and with them 2103 and 2261."""

from __future__ import annotations

import time

from yijie.domain import decision, enrolment, ledger, settlement
from yijie.domain.settlement import Charge, FamilyAccountNotOffered, Settled
from yijie.domain.transaction import in_transaction
from yijie.interfaces.fsi import crossing
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, reads, settles, shown_in, text
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.committer import Committer
from yijie.interfaces.fsi.lines import fen_of
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.once import once
from yijie.interfaces.fsi.settlement_out import Living, Told, asked_by, settled_out, undo_whole, voided_out
from yijie.kernel.dates import today
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id
from yijie.kernel.money import Fen

from .together import Answered, Asked, Ready, settle_together

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
        details=asked_by(call) | {"invoice": text(row, "invono"), "way": text(row, "psn_setlway")},
    )


def _repeated(row: Row) -> dict[str, Fen]:
    return {ours: fen_of(row[national]) for national, ours in DECLARED.items() if row.get(national)}


committer: Committer[Asked, Answered] = Committer(settle_together)


@settles("2207", "2304")
def settle(call: Call, claim: Claim) -> str:
    """Settle one message, together with others that wait; returns its output as JSON text."""
    charge = charge_of(call)
    if node := crossing.home_node(charge.encounter):
        return crossing.settle(call, claim, charge, node)
    ready = Ready(charge, lambda settled: _done(call, settled))
    return answered(committer, Asked(call, claim, lambda _: ready), charge.person_number)


def _done(call: Call, settled: Settled) -> Done:
    return Done(in_table(call.infno, settled_out(settled, call.envelope.msgid)), subject=settled.id)


HOLD_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""While another node's attempt holds the person's year: it ends within a moment, or the desk asks again."""


def answered(through: Committer[Asked, Answered], asked: Asked, person_number: str) -> str:
    """Settle a message together with others that wait, never two of one person or one id; its output as JSON text."""
    apart = frozenset({person_number, asked.claim.key})
    answer = through.submit(asked, apart=apart)
    for seconds in HOLD_WAITS_SECONDS:
        if not isinstance(answer, decision.HoldOpen):
            break
        time.sleep(seconds)
        answer = through.submit(asked, apart=apart)
    if isinstance(answer, YijieError):
        raise answer
    return answer


@settles("2103", "2208", "2261", "2305")
def void(call: Call, claim: Claim) -> str:
    """Void a settlement; the answer carries the negative amounts under the number of the row that voids it."""
    row = call.one() or call.one("mdtrtinfo")
    return take_back(call, claim, Living(row["setl_id"], row["mdtrt_id"], row["psn_no"]), voided_out)


def take_back(call: Call, claim: Claim, living: Living, told: Told) -> str:
    """Void a settlement where its home region is; ``told`` makes the answer."""
    named = parse_public_id(living.encounter_number)
    if named and (node := crossing.home_node(named[1])):
        return crossing.void(call, claim, living, node, told)
    return in_transaction(lambda: once(call, claim, lambda call: _void_here(call, living, told))).decode()


def _void_here(call: Call, living: Living, told: Told) -> Done:
    voided = settlement.void(
        living.number,
        living.encounter_number,
        institution=call.at.code,
        person_number=living.person_number,
        details=asked_by(call),
    )
    undo_whole(call.infno, voided)
    record = voided.encounter
    relation = (record.person_number, record.insurance, record.home_region)
    person = enrolment.require_insured(relation, today())
    account = (record.home_region, record.person_number)
    return told(call, voided, person, ledger.personal_accounts([account])[account])
