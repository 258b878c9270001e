"""2260 门诊单据式结算: a visit that one message registers, charges and settles, or only tries (Guangdong)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yijie.domain.encounter import Arrival, LineStored, Record, WholeVisit
from yijie.domain.settlement import Charge, Settled
from yijie.domain.transaction import reading
from yijie.interfaces.fsi.call import Call, Done, Row, in_table, settles, shown_in, text
from yijie.interfaces.fsi.codes import care_of
from yijie.interfaces.fsi.diagnoses import diagnoses_in
from yijie.interfaces.fsi.extension import flags
from yijie.interfaces.fsi.lines import graded_out, lines_in
from yijie.interfaces.fsi.messages import Claim
from yijie.interfaces.fsi.names import AGENT, DOCUMENT, STAY, kept
from yijie.interfaces.fsi.once import shaped
from yijie.interfaces.fsi.settlement_out import ONE_MESSAGE, asked_by, in_both_writings, settled_out
from yijie.kernel.errors import YijieError

from .in_one_message import Whole, settled, tried

BATCH = "D1"
"""Such a visit has one charge batch."""
TRIAL, SETTLE = "0", "1"

VISIT_WORDS = {
    "adm_dept_code": "adm_dept_codg",
    "main_cond_desc": "main_cond_dscr",
    "dise_no": "dise_codg",
    "birctrl_or_matn_time": "birctrl_matn_date",
}
DIAGNOSIS_WORDS = {
    "dise_type": "diag_type",
    "dise_srt_no": "diag_srt_no",
    "dise_code": "diag_code",
    "dise_name": "diag_name",
    "dise_dept": "diag_dept",
    "dise_time": "diag_time",
}
LINE_WORDS = {
    "medins_milist_codg": "medins_list_codg",
    "fee_ocur_date": "fee_ocur_time",
    "rx_drord_no": "rxno",
    "dise_no": "dise_codg",
    "orders_dept_code": "acord_dept_codg",
    "orders_dept_name": "acord_dept_name",
    "extins_flag": "etip_flag",
    "extins_hosp_code": "etip_hosp_code",
    "unchk_memo": "memo",
}
"""Guangdong's names of fields → those of 2401, 2203 and 2204."""


class SettleFlagUnknown(YijieError):
    """Neither a trial nor a settlement is asked for."""

    code = "fsi.settle_flag_unknown"
    zh = "结算标志 setl_flag 为“{flag}”，应为 0（试算）或 1（结算），本次未作任何处理，请改正后重新发送"
    en = "setl_flag is {flag!r}; send 0 to try or 1 to settle; nothing was done"


@settles("2260")
def settle(call: Call, claim: Claim) -> str:
    """Settle a visit, or try what settling would decide: a trial stores nothing and leaves the message id free."""
    row = call.one("mdtrtinfo")
    if row["setl_flag"] == SETTLE:
        return settled(call, claim, row, _visit_of(call), _done)
    if row["setl_flag"] != TRIAL:
        raise SettleFlagUnknown(flag=row["setl_flag"])
    return shaped(call.infno, reading(lambda: _tried(call, row))).decode()


def _tried(call: Call, row: Row) -> Done:
    quoted, lines = tried(call, row, _visit_of(call))
    return Done(_said(call, quoted, lines, setl_id=None))


def _done(call: Call, outcome: Settled, lines: list[LineStored], _number: str) -> Done:
    return Done(_said(call, outcome, lines), subject=outcome.id)


def _said(call: Call, outcome: Settled, lines: list[LineStored], **changed: None) -> dict[str, Any]:
    output = settled_out(outcome, call.envelope.msgid)
    output["setlinfo"] |= changed
    cut = {"detlcutinfo": {"rows": graded_out(lines)}}
    said: dict[str, Any] = in_table(call.infno, in_both_writings(output) | cut)
    return said


def _visit_of(call: Call) -> Whole:
    """The visit with its diagnoses and lines, and what is to be settled of it."""
    row = _in_national_words(call.one("mdtrtinfo"), VISIT_WORDS)
    medical_type = row["med_type"]
    said = flags(row, medical_type, remote=call.home_region != call.at.pool)
    details = kept(row, STAY | DOCUMENT) | kept(call.one("agnterinfo"), AGENT)
    diagnoses = [_in_national_words(one, DIAGNOSIS_WORDS) for one in call.one("diseinfo").get("rows", [])]
    lines = [_in_national_words(one, LINE_WORDS) for one in call.one("feedetail")["rows"]]
    visit = WholeVisit(
        Arrival(
            person_number=row["psn_no"],
            insurance=row["insutype"],
            home_region=call.home_region,
            care=care_of(medical_type, stay=False),
            medical_type=medical_type,
            record_number=text(row, "ipt_op_no") or call.envelope.msgid,
            began_at=row["begntime"],
            emergency=said.emergency,
            trauma=said.trauma,
            third_party=said.third_party,
            disease=text(row, "dise_codg"),
            details=details | {ONE_MESSAGE: True},
        ),
        call.at,
        shown_in(row),
        lines_in(lines, batch=BATCH),
        diagnoses_in(diagnoses),
    )
    return Whole(visit, lambda record: _charge(call, row, record))


def _in_national_words(row: Row, words: Mapping[str, str]) -> Row:
    return {words.get(name, name): value for name, value in row.items()}


def _charge(call: Call, row: Row, record: Record) -> Charge:
    """The message has neither a sum, so the lines are it, nor a word on the account, which stays untouched."""
    return Charge(
        encounter=record.id,
        number=record.number,
        institution=call.at.code,
        person_number=row["psn_no"],
        shown=shown_in(row),
        declared={},
        use_account=False,
        insurance=row["insutype"],
        batch=BATCH,
        details=asked_by(call) | {"invoice": text(row, "invono")},
    )
