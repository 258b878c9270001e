"""5260 结算单下载, 5261 结算查询: settlements as Guangzhou's desks print and list them."""

from __future__ import annotations

from typing import Any

from yijie.domain import encounter, settlement
from yijie.domain.encounter import ChargeSums, Record
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import FUNDS, SettlementRow
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.call import Call, Done, in_table, reads
from yijie.interfaces.fsi.lines import yuan_of
from yijie.interfaces.fsi.names import DISCHARGE, STAY, declared
from yijie.interfaces.fsi.settlement_out import details_out, person_out
from yijie.kernel.ids import public_id

from .query import people_of, settlement_asked, statement

GUANGZHOU_WORDS = {
    "dise_no": "dise_codg",
    "main_cond_desc": "main_cond_dscr",
    "adm_dise_dscr": "adm_diag_dscr",
    "adm_dept_code": "adm_dept_codg",
    "dscg_dise_code": "dscg_maindiag_code",
    "dscg_dise_name": "dscg_maindiag_name",
    "premature_flag": "pret_flag",
    "birctrl_or_matn_time": "birctrl_matn_date",
    "op_dise_info": "otp_diag_info",
    "ownpay_amt": "fulamt_ownpay_amt",
    "hosp_live": "hosp_lv",
    "opter": "opter_id",
}
"""Guangzhou's names of fields → those of 2401, 5201 and 5203."""
OTHERWISE_MEANT = "pool_prop_selfpay"
"""Guangzhou's label makes of the fund's share an amount the person pays: better unanswered than misread."""


@reads("5260")
def slip(call: Call) -> Done:
    """A settlement of this institution with its charges by category, and each fund's payment with how it came about."""
    found = settlement_asked(call)
    original = settlement.by_number(public_id(found.region, found.voids)) if found.voids else found
    assert original is not None  # noqa: S101  a void without what it voids cannot be stored
    record = encounter.find(call.one()["mdtrt_id"], call.at.code, found.person_number)
    said = _encounter_out(record) | statement(call, found)["setlinfo"]
    said.pop(OTHERWISE_MEANT)
    numbers = {"setl_id": found.number, "mdtrt_id": record.number}
    funds = details_out(found.money, found.care, found.insurance, _process(found))
    sign = -1 if found.voids else 1
    charges = encounter.charges_of(original.encounter, original.batch, original.settled_at)
    output = {
        "setlinfo": _in_guangzhou_words(said),
        "setldetail": [_charged(one, sign) for one in charges],
        "funddetail": [fund | numbers for fund in funds],
    }
    return Done(in_table(call.infno, output))


def _process(found: SettlementRow) -> dict[str, str]:
    """Each payer's steps in Chinese words, one after the other; a void has taken none."""
    steps: dict[str, list[str]] = {}
    for step in [] if found.voids else homes.explanation(found.id, found.home_region)["trace"]:
        steps.setdefault(step["payer"], []).append(step["zh"])
    return {payer: "；".join(words) for payer, words in steps.items()}


def _charged(sums: ChargeSums, sign: int) -> dict[str, Any]:
    rest = sums.total - sums.class_a - sums.class_b - sums.not_covered
    return {
        "med_chrgitm_type": sums.category,
        "item_sumamt": yuan_of(sign * sums.total),
        "item_claa_amt": yuan_of(sign * sums.class_a),
        "item_clab_amt": yuan_of(sign * sums.class_b),
        "item_ownpay_amt": yuan_of(sign * sums.not_covered),
        "item_oth_amt": yuan_of(sign * rest),
        "overlmt_selfpay": yuan_of(sign * sums.over_ceiling),
    }


@reads("5261")
def settlements(call: Call) -> Done:
    """A person's settlements at this institution within a period of settlement times, voids as negative rows."""
    row = call.one()
    found = settlement.of_person(row["psn_no"], call.at.code, since=row["begntime"], until=row["endtime"])
    people, records = people_of(found), encounter.read_many([one.encounter for one in found])
    rows = [
        _settled(one, records[one.encounter], people[one.person_number, one.insurance, one.home_region])
        for one in found
    ]
    return Done(in_table(call.infno, {"setlinfo": rows}))


def _settled(row: SettlementRow, record: Record, person: Insured) -> dict[str, Any]:
    said = _encounter_out(record) | {
        **person_out(person, row.settled_at.date()),
        "setl_id": row.number,
        "mdtrt_id": record.number,
        "insu_optins": row.home_region,
        "emp_name": person.employer,
        "med_type": row.medical_type,
        "dise_codg": record.disease,
        "invono": row.details.get("invoice"),
        "fund_pay_sumamt": yuan_of(sum(row.money[fund] for fund in FUNDS)),
        "medfee_sumamt": yuan_of(row.money["total"]),
    }
    return _in_guangzhou_words(said)


def _encounter_out(record: Record) -> dict[str, Any]:
    ended = record.ended_at or record.began_at
    return {
        **declared(record.details, STAY),
        **declared(record.discharge, DISCHARGE),
        "ipt_op_no": record.record_number,
        "begntime": record.began_at,
        "begintime": record.began_at,
        "endtime": ended,
        "ipt_days": max((ended.date() - record.began_at.date()).days, 1) if record.stay else None,
        "otp_diag_info": record.details.get("diagnosis_text"),
    }


def _in_guangzhou_words(said: dict[str, Any]) -> dict[str, Any]:
    return said | {theirs: said.get(national) for theirs, national in GUANGZHOU_WORDS.items()}
