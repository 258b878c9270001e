"""Transactions whose records are kept as they came: what each is, by what it is known, and whom it concerns.

One form serves them all: fields are checked by the interface's tables, encounters and settlements against the
platform's own, and the record goes into the archive, where a record sent again is a new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from yijie.domain import archive
from yijie.domain.archive import Given, Rule, Stored
from yijie.kernel.dates import SHANGHAI, in_shanghai

from .call import Call, Done, Row, text, writes
from .plain import fitted, plain
from .tables import Node, transaction

VOID = "0"
"""vali_flag of a record that is declared invalid."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the records of a transaction are kept.

    ``node`` holds one record per row; where it is empty the whole message is one record and ``head`` is the node that
    identifies it. ``key`` are the fields (of row or head) that a record is known by within its institution and kind.
    """

    kind: str
    key: tuple[str, ...]
    node: str = ""
    head: str = ""
    rule: Rule = Rule.PUT
    at: str = ""
    """field with the time at which it happened"""


def _whole(kind: str, head: str, *key: str, at: str = "") -> Form:
    return Form(kind, key or ("mdtrt_sn",), head=head, at=at)


def _rows(kind: str, node: str, *key: str, at: str = "", rule: Rule = Rule.PUT) -> Form:
    return Form(kind, key, node=node, at=at, rule=rule)


BATCH = "fixmedins_bchno"
STORED: dict[str, Form] = {
    "2406": _rows("stay_mark", "data", "mdtrt_id", "ipt_psn_sp_flag_type"),
    "3401": _rows("department", "deptinfo", "hosp_dept_codg", rule=Rule.NEW),
    "3401A": _rows("department", "deptinfo", "hosp_dept_codg", rule=Rule.NEW),
    "3402": _rows("department", "deptinfo", "hosp_dept_codg", rule=Rule.CHANGE),
    "3461": _rows("bed", "bedinfo", "hosp_bed_no", rule=Rule.NEW),
    "3462": _rows("bed", "bedinfo", "hosp_bed_no", rule=Rule.CHANGE),
    "3467": _rows("practitioner", "doctorinfo", "dr_codg", rule=Rule.NEW),
    "3468": _rows("practitioner", "doctorinfo", "dr_codg", rule=Rule.CHANGE),
    "3501": _rows("stock_count", "invinfo", BATCH, at="invdate"),
    "3501A": _rows("stock_count", "invinfoDetail", BATCH, at="invdate"),
    "3502": _rows("stock_change", "invinfo", BATCH, at="inv_chg_time"),
    "3502A": _rows("stock_change", "invinfoDetail", BATCH, at="inv_chg_time"),
    "3503": _rows("purchase", "purcinfo", BATCH, at="purc_retn_stoin_time"),
    "3503A": _rows("purchase", "purcinfoDetail", BATCH, at="purc_retn_stoin_time"),
    "3504": _rows("purchase_return", "purcinfo", BATCH, at="purc_retn_stoin_time"),
    "3504A": _rows("purchase_return", "purcinfoDetail", BATCH, at="purc_retn_stoin_time"),
    "3505": _rows("sale", "selinfo", BATCH, at="sel_retn_time"),
    "3505A": _rows("sale", "selinfoDetail", BATCH, at="sel_retn_time"),
    "3506": _rows("sale_return", "selinfo", BATCH, at="sel_retn_time"),
    "3506A": _rows("sale_return", "selinfoDetail", BATCH, at="sel_retn_time"),
    "4301": _whole("outpatient_record", "rgstinfo"),
    "4302": _whole("emergency_record", "oprninfo"),
    "4401": _whole("front_page", "baseinfo"),
    "4402": _rows("order", "data", "mdtrt_sn", "medcas_drord_detl_id"),
    "4402A": _rows("order", "data", "mdtrt_sn", "medcas_drord_detl_id"),
    "4501": _whole("examination", "examinfo", "mdtrt_sn", "rpotc_no", "appy_no", "exam_item_code", at="rpt_date"),
    "4502": _whole("laboratory", "labinfo", "mdtrt_sn", "rpotc_no", "appy_no", "exam_item_code", at="rpt_date"),
    "4503": _rows("culture", "data", "mdtrt_sn", "rpotc_no", "appy_no", "germ_code", at="clte_time"),
    "4504": _rows("sensitivity", "data", "mdtrt_sn", "rpotc_no", "appy_no", "germ_code", "sstb_code"),
    "4505": _rows("pathology", "data", "mdtrt_sn", "palg_no", at="rpt_date"),
    "4506": _rows("document", "data", "mdtrt_sn", "appy_no", "file_name"),
    "4601": _rows("transfusion", "data", "mdtrt_sn", "bld_time", "bld_cat_code", at="bld_time"),
    "4602": _rows("vital_signs", "data", "mdtrt_sn", "sign_time", "nurscare_obsv_item_name", at="sign_time"),
    "4701": _whole("medical_record", "adminfo"),
}
"""Transaction number → form of its records."""

NUMBERED = {
    "2406": ("IptPsnSpFlagRegOut", "ipt_psn_sp_flag_detl_id"),
    "3503A": ("purcinfoDetail", "medins_prod_purc_no"),
    "3505A": ("selinfoDetail", "medins_prod_sel_no"),
}
"""Answers that name each record: the node and the field of the number."""
DONE_CODE, DONE_TEXT = "0", "成功"


@writes(*STORED)
def keep(call: Call) -> Done:
    """Keep the records of a message, all or none."""
    form = STORED[call.infno]
    stored = archive.store(form.kind, given_in(call, form), call.at, operator=call.envelope.opter, rule=form.rule)
    return Done(_answer(call, form, stored))


def given_in(call: Call, form: Form) -> list[Given]:
    """The records of a message."""
    if form.node:
        return [_given(form, row, plain(row)) for row in _many(call.nodes.get(form.node))]
    return [_given(form, _many(call.nodes.get(form.head))[0], plain(call.nodes))]


def _many(node: Any) -> Sequence[Row]:
    return node if isinstance(node, list) else [node]


def key_of(row: Row, names: Sequence[str]) -> str:
    """The text a record is known by; one field stands as it is, several are joined."""
    return "|".join(_key_text(row.get(name)) for name in names)


def _key_text(value: Any) -> str:
    return "" if value is None else str(plain(value))


def _given(form: Form, row: Row, body: dict[str, Any]) -> Given:
    return Given(
        key=key_of(row, form.key),
        body=body,
        person_number=text(row, "psn_no"),
        encounter=text(row, "mdtrt_id"),
        settlement=text(row, "setl_id"),
        at=_at(row.get(form.at)) if form.at else None,
        void=text(row, "vali_flag") == VOID,
    )


def _at(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return in_shanghai(value)
    return datetime.combine(value, time.min, SHANGHAI) if isinstance(value, date) else None


def _answer(call: Call, form: Form, stored: Sequence[Stored]) -> Mapping[str, Any] | None:
    """A number for each record where the table asks for one; lists of failures are empty, since all were kept."""
    if call.infno not in NUMBERED:
        return None
    name, field = NUMBERED[call.infno]
    [node] = [one.node for one in transaction(call.infno).output.fields if one.name == name and one.node]
    rows = [
        _named(node, row) | {field: one.number} for row, one in zip(_many(call.nodes[form.node]), stored, strict=True)
    ]
    return {name: rows if node.many else rows[0]}


def _named(node: Node, row: Row) -> dict[str, Any]:
    return fitted(node, plain(row) | {"retRslt": DONE_CODE, "msgRslt": DONE_TEXT})
