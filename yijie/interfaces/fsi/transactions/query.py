"""5201–5206 encounters, diagnoses, settlements, fee lines, drug history, accumulators; 5303 patients in hospital."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yijie.domain import decision, encounter, enrolment, institution, settlement
from yijie.domain.encounter import Record
from yijie.domain.enrolment import Insured
from yijie.domain.reconcile import AccountRow, SettledRow
from yijie.domain.settlement import SettlementRow
from yijie.interfaces.fsi import homes
from yijie.interfaces.fsi.accumulators import national as accumulators_out
from yijie.interfaces.fsi.call import Call, Done, in_table, reads, text
from yijie.interfaces.fsi.lines import NO_CEILING, flag, yuan_of
from yijie.interfaces.fsi.names import DISCHARGE, LINE, STAY, declared
from yijie.interfaces.fsi.settlement_out import person_out, stored_out
from yijie.kernel.dates import today
from yijie.kernel.region import same_province

REMOTE_CROSS_PROVINCE, REMOTE_IN_PROVINCE, AT_INSTITUTION = "4", "3", "2"
"""pay_loc (支付地点类别)"""
NONE = "无"
"""What a required text says where an item has no such thing."""
DEDUCTIBLE_LEVEL = {"3": "3", "2": "2"}


def people_of(records: Iterable[Record | SettlementRow | SettledRow | AccountRow]) -> dict[enrolment.Relation, Insured]:
    """The persons that records are about, as their home regions know them."""
    relations = {(r.person_number, r.insurance, r.home_region) for r in records}
    return {relation: person for relation, (person, _) in homes.facts(relations, today()).items()}


@reads("5201")
def encounters(call: Call) -> Done:
    """Encounters of a person at this institution that began within a period."""
    row = call.one()
    found = encounter.of_person(
        row["psn_no"],
        call.at.code,
        since=row["begntime"],
        until=row["endtime"],
        medical_type=text(row, "med_type"),
        number=text(row, "mdtrt_id"),
    )
    people = people_of(found)
    rows = [_encounter(r, people[r.person_number, r.insurance, r.home_region]) for r in found]
    return Done(in_table(call.infno, {"mdtrtinfo": rows}))


def _encounter(record: Record, person: Insured) -> dict[str, Any]:
    ended = record.ended_at or record.began_at
    return {
        **declared(record.details, STAY),
        **declared(record.discharge, DISCHARGE),
        **person_out(person, today()),
        "mdtrt_id": record.number,
        "maf_psn_flag": flag(any(group.startswith("23") for group in person.groups)),
        "insu_optins": record.home_region,
        "emp_name": person.employer,
        "begntime": record.began_at,
        "endtime": ended,
        "med_type": record.medical_type,
        "ars_year_ipt_flag": flag(record.stay and record.began_at.year != ended.year),
        "ipt_otp_no": record.record_number,
        "dise_codg": record.disease,
        "otp_diag_info": record.details.get("diagnosis_text"),
        "inhosp_stas": flag(record.stay and record.state == "open"),
        "ipt_days": max((ended.date() - record.began_at.date()).days, 1) if record.stay else 0,
    }


@reads("5202")
def diagnoses(call: Call) -> Done:
    """Diagnoses of an encounter of this institution, admission first."""
    row = call.one()
    record = encounter.find(row["mdtrt_id"], call.at.code, row["psn_no"])
    return Done(
        {
            "diseinfo": [
                {
                    "diag_info_id": str(one.id),
                    "mdtrt_id": record.number,
                    "psn_no": record.person_number,
                    "inout_diag_type": one.phase,
                    "diag_type": one.sort,
                    "maindiag_flag": flag(one.principal),
                    "diag_srt_no": one.rank,
                    "diag_code": one.code,
                    "diag_name": one.name,
                    "adm_cond": one.condition,
                    "diag_dept": one.department,
                    "dise_dor_no": one.doctor_code,
                    "dise_dor_name": one.doctor_name,
                    "diag_time": one.diagnosed_at,
                }
                for one in encounter.diagnoses_of(record.id)
            ]
        }
    )


def settlement_asked(call: Call) -> SettlementRow:
    """The settlement a query names; it must be this institution's and that person's."""
    row = call.one()
    found = settlement.find(row["setl_id"], row["mdtrt_id"], row["psn_no"])
    if found is None or found.institution != call.at.code:
        raise settlement.SettlementUnknown(number=row["setl_id"])
    return found


@reads("5203")
def settlement_of(call: Call) -> Done:
    """A settlement of this institution as stored; a void shows its negative amounts and 退费结算标志 1."""
    return Done(in_table(call.infno, statement(call, settlement_asked(call))))


def statement(call: Call, found: SettlementRow) -> dict[str, Any]:
    """``setlinfo`` and ``setldetail`` of a stored settlement with all that is known of it."""
    relation = (found.person_number, found.insurance, found.home_region)
    person, account = homes.facts([relation], today())[relation]
    record = encounter.find(call.one()["mdtrt_id"], call.at.code, found.person_number)
    output = stored_out(found, person, account)
    money = output["setlinfo"]
    output["setlinfo"] |= {
        "setl_id": found.number,
        "mdtrt_id": record.number,
        "insu_optins": found.home_region,
        "emp_name": person.employer,
        "pay_loc": _pay_location(found),
        "fixmedins_code": call.at.code,
        "fixmedins_name": call.at.name,
        "hosp_lv": call.at.grade,
        "fixmedins_poolarea": found.region,
        "lmtpric_hosp_lv": DEDUCTIBLE_LEVEL.get(record.level, "1"),
        "dedc_hosp_lv": DEDUCTIBLE_LEVEL.get(record.level, "1"),
        "begndate": record.began_at.date(),
        "enddate": (record.ended_at or record.began_at).date(),
        "psn_pay": money["psn_part_amt"],
        "cash_payamt": money["psn_cash_pay"],
        "medins_setl_id": found.details.get("message"),
        "refd_setl_flag": flag(found.voids is not None),
        "year": str(found.year),
        "mdtrt_cert_type": record.details.get("credential"),
        "dise_codg": record.disease,
        "dise_name": record.details.get("disease_name"),
        "invono": found.details.get("invoice"),
        "opter_id": str(found.details.get("operator", ""))[:20],
        "opter_name": found.details.get("operator_name"),
        "opt_time": found.settled_at,
    }
    return output


def _pay_location(row: SettlementRow) -> str:
    if row.home_region == row.region:
        return AT_INSTITUTION
    return REMOTE_IN_PROVINCE if same_province(row.home_region, row.region) else REMOTE_CROSS_PROVINCE


@reads("5204")
def lines_of(call: Call) -> Done:
    """The fee lines that a settlement covered, as they stood when it was made."""
    found = settlement_asked(call)
    lines = encounter.lines_of(found.encounter, found.batch, found.settled_at)
    return Done(in_table(call.infno, [_line(line, call.one()["mdtrt_id"], found) for line in lines]))


def _line(line: encounter.LineRow, encounter_number: str, found: SettlementRow) -> dict[str, Any]:
    return {
        **declared(line.details, LINE),
        **_item(line),
        "mdtrt_id": encounter_number,
        "setl_id": found.number,
        "feedetl_sn": line.serial,
        "rx_drord_no": line.details.get("order_number") or line.details.get("prescription_number"),
        "med_type": found.medical_type,
        "fee_ocur_time": line.charged_at,
        "cnt": line.quantity,
        "pric": line.price,
        "det_item_fee_sumamt": yuan_of(line.amount),
        "pric_uplmt_amt": line.ceiling or NO_CEILING,
        "selfpay_prop": line.share,
        "fulamt_ownpay_amt": yuan_of(line.not_covered),
        "overlmt_amt": yuan_of(line.over_ceiling),
        "preselfpay_amt": yuan_of(line.first_self_pay),
        "inscp_scp_amt": yuan_of(line.eligible),
        "chrgitm_lv": line.item_class,
        "hosp_appr_flag": line.approval,
    }


def _item(line: encounter.LineRow) -> dict[str, Any]:
    return {
        "hilist_code": line.item,
        "hilist_name": line.item_name,
        "list_type": line.list_type,
        "med_list_codg": line.item,
        "medins_list_codg": line.own_code,
        "medins_list_name": line.details.get("own_name") or line.item_name[:100],
        "med_chrgitm_type": line.charge_category,
        "prodname": line.item_name,
        "spec": line.specification or NONE,
        "dosform_name": line.dosage_form or NONE,
        "lmt_used_flag": flag(line.restricted),
        "bas_medn_flag": flag(line.basic_drug),
        "hi_nego_drug_flag": flag(line.negotiated),
        "chld_medc_flag": flag(line.paediatric),
    }


@reads("5205")
def chronic_drugs(call: Call) -> Done:
    """Drugs a person received for chronic diseases within a period, at any institution of this node."""
    row = call.one()
    until = row.get("endtime")
    lines = encounter.chronic_drug_lines(row["psn_no"], row["begntime"], until)
    names = {line.institution: institution.standing(line.institution).name for line in lines}
    return Done(
        {
            "feedetail": [
                {
                    **_item(line),
                    "feedetl_sn": line.serial,
                    "rx_drord_no": line.details.get("prescription_number"),
                    "fixmedins_code": line.institution,
                    "fixmedins_name": names[line.institution],
                    "psn_no": row["psn_no"],
                    "med_type": line.medical_type,
                    "fee_ocur_time": line.charged_at,
                    "cnt": line.quantity,
                    "pric": line.price,
                    "chrgitm_lv": line.item_class,
                    "hosp_appr_flag": line.approval,
                }
                for line in lines
            ]
        }
    )


@reads("5206")
def accumulators(call: Call) -> Done:
    """What a person's years have used up; ``cum_ym`` chooses a year."""
    row = call.one()
    asked = text(row, "cum_ym")
    year = int(asked[:4]) if asked[:4].isascii() and asked[:4].isdigit() else None
    return Done({"cuminfo": [entry for used in decision.accumulators_of(row["psn_no"], year) for entry in _used(used)]})


def _used(used: decision.YearUsed) -> list[dict[str, Any]]:
    return [
        {"insutype": used.insurance, "year": str(used.year), "cum_ym": month, "cum_type_code": code, "cum": value}
        for code, month, value in accumulators_out(used.amounts, used.year)
    ]


@reads("5303")
def in_hospital(call: Call) -> Done:
    """Patients of this institution who are in hospital, admitted within a period."""
    row = call.one()
    found = encounter.staying(call.at.code, text(row, "psn_no"), row["begntime"], row["endtime"])
    people = people_of(found)
    rows = [
        {
            **person_out(people[r.person_number, r.insurance, r.home_region], today()),
            "mdtrt_id": r.number,
            "begndate": r.began_at.date(),
            "med_type": r.medical_type,
            "ipt_otp_no": r.record_number,
            "out_flag": flag(r.remote),
        }
        for r in found
    ]
    return Done(in_table(call.infno, {"data": rows}))
