"""The nodes of 4101 as quality control sees them, and the list as 4103 answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from yijie.domain.encounter import LineRow, Record
from yijie.domain.enrolment import Insured
from yijie.domain.settlement import SettlementRow
from yijie.domain.settlement_list import (
    Diagnosis,
    IntensiveCare,
    ListFacts,
    ListRow,
    Operation,
    Transfusion,
)
from yijie.kernel.codes import CareKind
from yijie.kernel.dates import age_on
from yijie.kernel.money import Fen

from .codes import ACCOUNT_TYPE, FUND_NAMES, fund_type
from .lines import fen_of, yuan_of
from .plain import NONE

YES = "1"
DAY_SURGERY_TYPE, STAY_CODE, DAY_SURGERY_CODE = "28", "1", "2"
NURSING = ("spga_nurscare_days", "lv1_nurscare_days", "scd_nurscare_days", "lv3_nurscare_days")
DURATIONS = ("vent_used_dura", "pwcry_bfadm_coma_dura", "pwcry_afadm_coma_dura")
Nodes = Mapping[str, Any]


def facts_of(nodes: Nodes, record: Record, settled: SettlementRow, person: Insured) -> ListFacts:
    """What a list says, beside what the platform knows of the stay and its settlement."""
    head = nodes["setlinfo"]
    return ListFacts(
        sex=person.sex,
        birth=person.birth_date,
        stay=record.stay,
        encounter_began=record.began_at,
        encounter_ended=record.ended_at,
        paid=paid_by(settled),
        declared_paid={row["fund_pay_type"]: fen_of(row["fund_payamt"]) for row in nodes["payinfo"]},
        admitted=head.get("adm_time"),
        discharged=head.get("dscg_time"),
        settled_from=head["setl_begn_date"],
        settled_to=head["setl_end_date"],
        diagnoses=[Diagnosis(r["diag_type"], r["diag_code"], r["maindiag_flag"] == YES) for r in nodes["diseinfo"]],
        operations=[_operation(row) for row in nodes["oprninfo"]],
        intensive=[IntensiveCare(r["scs_cutd_inpool_time"], r["scs_cutd_exit_time"]) for r in nodes["icuinfo"]],
        transfusions=[_transfusion(row) for row in nodes["bldinfo"]],
        nursing_days=sum((head.get(name) or Decimal(0) for name in NURSING), Decimal(0)),
        birth_weight=head.get("nwb_bir_wt"),
        admission_weight=head.get("nwb_adm_wt"),
        durations={name: head.get(name) or "" for name in DURATIONS},
        discharge_way=head.get("dscg_way") or "",
        receiver=head.get("acp_medins_name") or "",
        readmission=head.get("days_rinp_flag_31") == "2",
        readmission_purpose=head.get("days_rinp_pup_31") or "",
        doctor=head.get("chfpdr_code") or "",
        nurse=head.get("resp_nurs_code") or "",
        payment_method=head.get("hi_paymtd") or "",
    )


def _operation(row: Nodes) -> Operation:
    return Operation(
        code=row["oprn_oprt_code"],
        principal=row["oprn_oprt_type"] == YES,
        began=row.get("oprn_oprt_begntime"),
        ended=row.get("oprn_oprt_endtime"),
        anaesthesia=row.get("anst_way") or "",
        anaesthetist=row.get("anst_dr_code") or "",
        anaesthesia_began=row.get("anst_begntime"),
        anaesthesia_ended=row.get("anst_endtime"),
    )


def _transfusion(row: Nodes) -> Transfusion:
    return Transfusion(row.get("bld_cat") or "", row.get("bld_amt") or Decimal(0), row.get("bld_unt") or "")


def paid_by(settled: SettlementRow) -> dict[str, Fen]:
    """fund_pay_type → what it paid in a settlement, the personal account among them."""
    care = CareKind(settled.care)
    paid = {fund_type(fund, settled.insurance, care): settled.money[fund] for fund in FUND_NAMES if settled.money[fund]}
    return paid | ({ACCOUNT_TYPE: settled.money["account"]} if settled.money["account"] else {})


def list_out(
    kept: ListRow, record: Record, settled: SettlementRow, person: Insured, lines: Sequence[LineRow]
) -> dict[str, Any]:
    """Values for the nodes of 4103, under the names of its tables and of 4101's."""
    head = kept.body["setlinfo"]
    numbers = {"setl_id": kept.settlement_number, "psn_no": kept.person_number, "mdtrt_id": record.number}

    def rows(node: str, number: str, **renamed: str) -> list[dict[str, Any]]:
        kept_rows = enumerate(kept.body[node], 1)
        named = [row | numbers | {number: f"{kept.number}{i:04d}"} for i, row in kept_rows]
        return [row | {ours: row.get(theirs) for ours, theirs in renamed.items()} for row in named]

    return {
        "setlinfo": {**head, **_person_out(person, record), **_stay_out(head, kept, record, settled), **numbers},
        "payinfo": [
            numbers
            | {
                "fund_pay_type": kind,
                "poolarea_fund_pay_type": kind,
                "poolarea_fund_pay_name": kind,
                "fund_payamt": yuan_of(paid),
            }
            for kind, paid in paid_by(settled).items()
        ],
        "opspdiseinfo": rows("opspdiseinfo", "setl_list_opsp_trt_id"),
        "diseinfo": rows("diseinfo", "setl_list_diag_id"),
        "iteminfo": [
            numbers | row | {"etl_list_chrgitm_id": f"{kept.number}{i:04d}"} for i, row in enumerate(_items(lines), 1)
        ],
        "oprninfo": [
            row | {"main_oprn_flag": YES if row["oprn_oprt_type"] == YES else "0"}
            for row in rows("oprninfo", "setl_list_oprn_id", oprn_oprt_date="oprn_oprt_begntime")
        ],
        "icuinfo": rows("icuinfo", "setl_list_scs_cutd_id"),
        "drgAppyinfo": [],
        "bldinfo": rows("bldinfo", "setl_List_bld_Id"),
    }


def _person_out(person: Insured, record: Record) -> dict[str, Any]:
    return {
        "age": Decimal(age_on(person.birth_date, record.began_at.date())),
        "psn_name": person.name,
        "gend": person.sex,
        "brdy": person.birth_date,
        "naty": person.ethnicity,
        "patn_cert_type": person.certificate_type[:3],
        "certno": person.certificate_number,
        "insutype": person.insurance,
        "hi_type": person.insurance[:3],
        "hi_no": person.person_number,
        "insu_admdvs": person.home_region,
    }


def _stay_out(head: Nodes, kept: ListRow, record: Record, settled: SettlementRow) -> dict[str, Any]:
    money = settled.money
    own = money["not_covered"] + money["over_ceiling"]
    ended = record.ended_at or record.began_at
    return {
        "setl_list_sn": kept.number,
        "hi_setl_lv": record.level if record.level in ("1", "2", "3") else "1",
        "emp_poscode": head.get("poscode"),
        "coner_name": head.get("coner_name") or NONE,
        "ipt_med_type": DAY_SURGERY_CODE if record.medical_type == DAY_SURGERY_TYPE else STAY_CODE,
        "adm_way_code": head.get("adm_way"),
        "adm_time": head.get("adm_time") or record.began_at,
        "dscg_time": head.get("dscg_time") or ended,
        "adm_caty": head.get("adm_caty") or head["dscg_caty"],
        "act_ipt_days": Decimal(max((ended.date() - record.began_at.date()).days, 1)) if record.stay else Decimal(0),
        "otp_wm_diag_dise_code": head.get("wm_dise_code"),
        "otp_tcm_diag_dise_code": head.get("tcm_dise_code"),
        "diag_code_cnt": Decimal(len(kept.body["diseinfo"])),
        "oprn_oprt_code_cnt": Decimal(len(kept.body["oprninfo"])),
        "psn_selfpay": yuan_of(money["account"] + money["cash"] - own),
        "psn_ownpay": yuan_of(own),
        "acct_pay": yuan_of(money["account"]),
        "psn_cashpay": yuan_of(money["cash"]),
        "hi_paymtd": head.get("hi_paymtd") or YES,
        "opsp_dise_name": record.details.get("disease_name") or NONE,
        "opsp_dise_code": record.disease or NONE,
        "hsorg_opter": NONE,
        "adm_dept_codg": head.get("adm_dept_code"),
        "dscg_dept_codg": head.get("dscg_dept_code"),
        "stas_type": kept.state,
        "setl_time": settled.settled_at,
        "gwyPay": yuan_of(money["civil_servant"]),
        "jmdbPay": yuan_of(money["major_illness"]),
        "ybtcPay": yuan_of(money["pooled"]),
        "yljzPay": yuan_of(money["aid"]),
        "zgdePay": yuan_of(money["large_amount"]),
        **_split("vent_used", head.get("vent_used_dura")),
        **_split("bfadm_coma", head.get("pwcry_bfadm_coma_dura")),
        **_split("afadm_coma", head.get("pwcry_afadm_coma_dura")),
    }


def _split(name: str, written: str | None) -> dict[str, Decimal]:
    """天/小时/分钟 in three numbers; nothing where it is written otherwise."""
    parts = (written or "").split("/")
    if len(parts) != len(SPLIT) or not all(part.isascii() and part.isdigit() for part in parts):
        return {}
    return {f"{name}_{unit}": Decimal(part) for unit, part in zip(SPLIT, parts, strict=True)}


SPLIT = ("days", "h_cnt", "m_cnt")


def _items(lines: Sequence[LineRow]) -> list[dict[str, Any]]:
    """Sums by charge category: class A, class B, paid wholly by the patient, the rest."""
    sums: dict[str, dict[str, Fen]] = {}
    for line in lines:
        held = sums.setdefault(line.charge_category, {"total": 0, "01": 0, "02": 0, "own": 0})
        held["total"] += line.amount
        held["own"] += line.not_covered
        if line.item_class in held:
            held[line.item_class] += line.amount - line.not_covered
    return [
        {
            "med_chrgitm_type": category,
            "item_sumamt": yuan_of(held["total"]),
            "item_claa_sumfee": yuan_of(held["01"]),
            "item_clab_amt": yuan_of(held["02"]),
            "item_fulamt_ownpay_amt": yuan_of(held["own"]),
            "item_ownpay_amt": yuan_of(held["total"] - held["01"] - held["02"] - held["own"]),
        }
        for category, held in sorted(sums.items())
    ]
