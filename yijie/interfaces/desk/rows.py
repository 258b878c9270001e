"""What a desk says to the platform, in the words of the HIS interface: the rows of its messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yijie.domain.encounter import Record
from yijie.kernel.money import Fen, line_amount, yuan

STAY_TYPE, VISIT_TYPE = "2101", "11"
"""Medical types of an ordinary admission and an ordinary outpatient visit."""
TRAUMA_TYPE = "22"
DEPARTMENT = "A01"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom the desk has found, under the insurance relation chosen."""

    number: str
    name: str
    certificate: str
    insurance: str
    category: str
    home: str

    def shown(self) -> Row:
        """The document that stands for the person in every message."""
        return {
            "psn_no": self.number,
            "insutype": self.insurance,
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": self.certificate,
            "psn_cert_type": "01",
            "certno": self.certificate,
            "psn_name": self.name,
            "psn_type": self.category,
        }


def moment(at: datetime) -> str:
    """Date and time as the interface writes them."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def credential(kind: str, number: str) -> Row:
    """1101: whoever shows this document, code or card."""
    return {
        "mdtrt_cert_type": kind,
        "mdtrt_cert_no": number,
        "card_sn": "",
        "begntime": "",
        "psn_cert_type": "01",
        "certno": number if kind == "02" else "",
        "psn_name": "",
    }


def diagnosis(said: Mapping[str, str], at: datetime) -> Row:
    """The principal diagnosis as the form says it."""
    return {
        "diag_type": "1",
        "maindiag_flag": "1",
        "diag_srt_no": 1,
        "diag_code": said["diagnosis_code"],
        "diag_name": said["diagnosis_name"],
        "adm_cond": "",
        "diag_dept": said["department"],
        "dise_dor_no": said["doctor_code"],
        "dise_dor_name": said["doctor_name"],
        "diag_time": moment(at),
        "vali_flag": "1",
    }


def admission(who: Patient, said: Mapping[str, str], at: datetime) -> Row:
    """2401."""
    stay = {
        "coner_name": who.name,
        "tel": said["phone"],
        "begntime": moment(at),
        "cert_type": "01",
        "med_type": said["medical_type"],
        "ipt_no": said["record"],
        "medrcdno": said["record"],
        "atddr_no": said["doctor_code"],
        "chfpdr_name": said["doctor_name"],
        "adm_diag_dscr": said["diagnosis_name"],
        "adm_dept_codg": DEPARTMENT,
        "adm_dept_name": said["department"],
        "adm_bed": said["bed"],
        "dscg_maindiag_code": said["diagnosis_code"],
        "dscg_maindiag_name": said["diagnosis_name"],
        "insuplc_admdvs": who.home,
    }
    if said["medical_type"] == TRAUMA_TYPE:
        stay["exp_content"] = json.dumps({"TRUM_FLAG": "1", "REL_TTP_FLAG": said["third_party"] or "0"})
    return {"mdtrtinfo": who.shown() | stay, "diseinfo": [diagnosis(said, at) | {"psn_no": who.number}]}


def registration(who: Patient, said: Mapping[str, str], at: datetime) -> Row:
    """2201."""
    visit = {
        "begntime": moment(at),
        "ipt_otp_no": said["record"],
        "atddr_no": said["doctor_code"],
        "dr_name": said["doctor_name"],
        "dept_code": DEPARTMENT,
        "dept_name": said["department"],
        "caty": DEPARTMENT,
    }
    return {"data": who.shown() | visit}


def visit(number: str, who: Patient, said: Mapping[str, str], at: datetime) -> Row:
    """2203: what the registered visit is."""
    of = {
        "mdtrt_id": number,
        "psn_no": who.number,
        "med_type": said["medical_type"],
        "begntime": moment(at),
        "main_cond_dscr": said["diagnosis_name"],
        "dise_codg": said["diagnosis_code"],
        "dise_name": said["diagnosis_name"],
    }
    return {"mdtrtinfo": of, "diseinfo": [diagnosis(said, at)]}


@dataclass(frozen=True, slots=True)
class Charged:
    """One line as the form says it; price in yuan."""

    serial: str
    item: str
    price: Decimal
    quantity: Decimal
    approved: bool


def line(record: Record, batch: str, charged: Charged, at: datetime) -> Row:
    """2204 and 2301: one fee line, charged under the attending doctor."""
    row = {
        "feedetl_sn": charged.serial,
        "mdtrt_id": record.number,
        "psn_no": record.person_number,
        "med_type": record.medical_type,
        "rx_circ_flag": "0",
        "fee_ocur_time": moment(at),
        "med_list_codg": charged.item,
        "medins_list_codg": charged.item,
        "det_item_fee_sumamt": yuan(line_amount(charged.price, charged.quantity)),
        "cnt": f"{charged.quantity:f}",
        "pric": f"{charged.price:f}",
        "bilg_dept_codg": DEPARTMENT,
        "bilg_dept_name": declared(record, "department", "adm_dept_name", "dept_name"),
        "bilg_dr_codg": declared(record, "doctor", "doctor_code", "atddr_no"),
        "bilg_dr_name": declared(record, "doctor_name", "chfpdr_name", "dr_name"),
        "hosp_appr_flag": "1" if charged.approved else "0",
    }
    return row if record.stay else row | {"chrg_bchno": batch}


def declared(record: Record, *names: str) -> str:
    """What was declared at registration under the first of these names that was given."""
    return next((str(record.details[name]) for name in names if record.details.get(name)), "-")


def discharge(record: Record, said: Mapping[str, str], at: datetime) -> Row:
    """2402."""
    leaving = {
        "mdtrt_id": record.number,
        "psn_no": record.person_number,
        "insutype": record.insurance,
        "endtime": moment(at),
        "dscg_dept_codg": DEPARTMENT,
        "dscg_dept_name": said["department"],
        "dscg_way": "1",
    }
    of = {"mdtrt_id": record.number, "psn_no": record.person_number}
    return {"dscginfo": leaving, "diseinfo": [diagnosis(said, at) | of]}


def bill(record: Record, who: Patient, batch: str, total: Fen, *, account: bool) -> Row:
    """2303, 2304, 2206 and 2207 over the unsettled lines of a batch."""
    row = who.shown() | {
        "medfee_sumamt": yuan(total),
        "mdtrt_id": record.number,
        "acct_used_flag": "1" if account else "0",
        "insuplc_admdvs": record.home_region,
        "invono": "",
    }
    if record.stay:
        return {"data": row | {"psn_setlway": "01", "mid_setl_flag": "0"}}
    parts = {"fulamt_ownpay_amt": "0", "overlmt_selfpay": "0", "preselfpay_amt": "0", "inscp_scp_amt": "0"}
    return {"data": row | parts | {"med_type": record.medical_type, "psn_setlway": "01", "chrg_bchno": batch}}
