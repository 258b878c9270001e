"""National field names on one side, the domain's on the other: what an institution declares and reads back as is.

Fields that decide something (persons, times, money, codes) are named where they are used; these are only kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

STAY = {
    "coner_name": "contact_name",
    "tel": "contact_phone",
    "medrcdno": "medical_record",
    "atddr_no": "doctor_code",
    "chfpdr_name": "doctor_name",
    "adm_diag_dscr": "admission_diagnosis",
    "adm_dept_codg": "department_code",
    "adm_dept_name": "department_name",
    "adm_bed": "bed",
    "dscg_maindiag_code": "main_diagnosis_code",
    "dscg_maindiag_name": "main_diagnosis_name",
    "main_cond_dscr": "condition",
    "dise_name": "disease_name",
    "dise_type_code": "disease_type",
    "oprn_oprt_code": "operation_code",
    "oprn_oprt_name": "operation_name",
    "fpsc_no": "family_planning_number",
    "matn_type": "maternity_type",
    "birctrl_type": "birth_control_type",
    "latechb_flag": "late_birth",
    "geso_val": "gestation_weeks",
    "fetts": "pregnancy_ordinal",
    "fetus_cnt": "fetus_count",
    "pret_flag": "premature",
    "birctrl_matn_date": "birth_date",
    "mdtrt_cert_type": "credential",
}
"""Admission (2401, 2403)."""

VISIT = {
    "atddr_no": "doctor_code",
    "dr_name": "doctor_name",
    "dept_code": "department_code",
    "dept_name": "department_name",
    "caty": "specialty",
    "main_cond_dscr": "condition",
    "dise_name": "disease_name",
    "dise_type_code": "disease_type",
    "birctrl_type": "birth_control_type",
    "birctrl_matn_date": "birth_date",
    "mdtrt_cert_type": "credential",
}
"""Registration and visit (2201, 2203)."""

DISCHARGE = {
    "dscg_dept_codg": "department_code",
    "dscg_dept_name": "department_name",
    "dscg_bed": "bed",
    "dscg_way": "way",
    "die_date": "death_date",
    "cop_flag": "complications",
    "dise_name": "disease_name",
    "oprn_oprt_code": "operation_code",
    "oprn_oprt_name": "operation_name",
    "matn_type": "maternity_type",
    "birctrl_type": "birth_control_type",
    "geso_val": "gestation_weeks",
    "fetus_cnt": "fetus_count",
    "pret_flag": "premature",
    "birctrl_matn_date": "birth_date",
}
"""Discharge (2402)."""

LINE = {
    "medins_list_name": "own_name",
    "drord_no": "order_number",
    "rxno": "prescription_number",
    "rx_circ_flag": "circulated_prescription",
    "dise_codg": "disease",
    "sin_dos_dscr": "dose",
    "used_frqu_dscr": "frequency",
    "prd_days": "days",
    "medc_way_dscr": "route",
    "bilg_dept_codg": "ordering_department_code",
    "bilg_dept_name": "ordering_department_name",
    "bilg_dr_codg": "ordering_doctor_code",
    "bilg_dr_name": "ordering_doctor_name",
    "acord_dept_codg": "performing_department_code",
    "acord_dept_name": "performing_department_name",
    "orders_dr_code": "performing_doctor_code",
    "orders_dr_name": "performing_doctor_name",
    "tcmdrug_used_way": "herb_use",
    "etip_flag": "external_test",
    "etip_hosp_code": "external_institution",
    "dscg_tkdrug_flag": "take_home",
    "matn_fee_flag": "maternity_fee",
    "comb_no": "bundle",
    "memo": "memo",
}
"""Fee lines (2204, 2301; those of 2260 tell the institution's own name of the item, too)."""

ORDERED = {
    "medins_list_name": "own_name",
    "hilist_type": "list_kind",
    "med_invo_item_type": "invoice_category",
    "dosform": "dosage_form",
    "dosunt": "dose_unit",
    "sin_dos": "dose_amount",
    "spec": "specification",
    "orplc": "origin",
    "used_mtd": "use",
    "adm_diag_dr": "ordering_doctor_name",
    "opter_name": "operator_name",
    "opt_time": "operated_at",
}
"""Lines of an order (2166)."""


DOCUMENT = {
    "mdtrt_mode": "mode",
    "order_no": "order_number",
    "op_dise_info": "diagnosis_text",
    "clnc_flag": "clinical_trial",
}
"""What a visit told in one message (2260) says beside :data:`STAY`."""

AGENT = {
    "agnter_name": "agent_name",
    "agnter_cert_type": "agent_certificate_type",
    "agnter_certno": "agent_certificate",
    "agnter_tel": "agent_phone",
    "agnter_addr": "agent_address",
    "agnter_rlts": "agent_relation",
}
"""Who acts for the patient (2260, 2505)."""


DATES = frozenset({"birth_date", "death_date"})
"""Of our names those that hold a calendar day."""


def kept(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The declared values under the domain's names, as plain JSON data; empty ones are left out."""
    return {ours: _plain(row[national]) for national, ours in names.items() if row.get(national) not in (None, "")}


def declared(details: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The declared values back under their national names."""
    return {national: _read(ours, details[ours]) for national, ours in names.items() if ours in details}


def _read(ours: str, value: Any) -> Any:
    return date.fromisoformat(value) if ours in DATES else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
