"""2501 (2501A in Guangdong), 2502 referrals, 2505–2506 designated institutions; queries 5301, 5302, 5304, 1160."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from yijie.domain import enrolment, filing, institution
from yijie.domain.filing import Application, Choice
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text, writes
from yijie.interfaces.fsi.codelists import code_lists
from yijie.interfaces.fsi.names import AGENT, kept
from yijie.kernel.codes import FilingKind, Insurance
from yijie.kernel.dates import SHANGHAI, today
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.region import pool_of, same_province

REFERRAL = {
    "tel": "phone",
    "addr": "address",
    "diag_code": "diagnosis_code",
    "diag_name": "diagnosis_name",
    "dise_cond_dscr": "condition",
    "reflin_medins_no": "to_institution",
    "reflin_medins_name": "to_institution_name",
    "hosp_agre_refl_flag": "agreed",
    "refl_type": "type",
    "refl_date": "date",
    "refl_rea": "reason",
    "refl_opnn": "opinion",
    "refl_old_mdtrt_id": "from_encounter",
}
DESIGNATION = {"tel": "phone", "addr": "address", **AGENT}
NOT_AGREED = "0"


class ReferralNotAgreed(YijieError):
    """A hospital files a referral that it does not agree to."""

    code = "filing.referral_not_agreed"
    zh = "医院未同意转院（hosp_agre_refl_flag=0），不能办理转院备案"
    en = "the hospital does not agree to the referral; it cannot be filed"


@writes("2501", "2501A")
def refer(call: Call) -> Done:
    """File a referral to another pool; the referring hospital's agreement makes it effective at once."""
    row = call.one("refmedin")
    if text(row, "hosp_agre_refl_flag") == NOT_AGREED:
        raise ReferralNotAgreed
    by = call.envelope.opter_name
    requested = filing.request(
        Application(
            person_number=row["psn_no"],
            insurance=text(row, "insutype") or _only_insurance(row["psn_no"]),
            home_region=text(row, "insu_optins") or call.home_region,
            care_region=row["mdtrtarea_admdvs"],
            kind=FilingKind.REFERRAL,
            since=row.get("begndate") or row["refl_date"],
            until=row.get("enddate"),
            papers=True,
            channel=call.at.code,
            reason=row["refl_rea"],
            details=kept(row, REFERRAL),
        ),
        by=by,
    )
    filing.approve(requested.id, by=by, note=row["refl_opnn"])
    return Done({"result": {"trt_dcla_detl_sn": public_id(requested.home_region, requested.id)}}, subject=requested.id)


def _only_insurance(person_number: str) -> str:
    relations = enrolment.relations_of(person_number, today())
    return relations[0].insurance if relations else Insurance.EMPLOYEE


@writes("2502")
def withdraw_referral(call: Call) -> Done:
    """Withdraw a referral; care already begun keeps it."""
    row = call.one()
    filing.revoke(_filing_number(row), person_number=row["psn_no"], by=call.envelope.opter_name, note=text(row, "memo"))
    return Done()


def _filing_number(row: Row) -> int:
    named = parse_public_id(row["trt_dcla_detl_sn"])
    if named is None:
        raise filing.FilingUnknown(number=row["trt_dcla_detl_sn"])
    return named[1]


@writes("2505")
def designate(call: Call) -> Done:
    """Record the institution a person chose for one sort of business."""
    row = call.one()
    if row["fixmedins_code"] != call.at.code:
        institution.standing(row["fixmedins_code"])
    number = filing.designate(
        Choice(
            person_number=row["psn_no"],
            business=row["biz_appy_type"],
            rank=row["fix_srt_no"],
            institution=row["fixmedins_code"],
            institution_name=row["fixmedins_name"],
            since=row["begndate"],
            until=row.get("enddate"),
            note=text(row, "memo"),
            details=kept(row, DESIGNATION),
        )
    )
    return Done({"result": {"trt_dcla_detl_sn": public_id(call.home_region, number)}}, subject=number)


@writes("2506")
def withdraw_designation(call: Call) -> Done:
    """Withdraw a designated institution."""
    row = call.one()
    filing.withdraw(_filing_number(row), row["psn_no"])
    return Done()


@reads("5301")
def chronic_diseases(call: Call) -> Done:
    """Approved chronic and special diseases that hold today."""
    held = filing.chronic_diseases(call.one()["psn_no"])
    return Done(
        {
            "feedetail": [
                {
                    "opsp_dise_code": one.disease,
                    "opsp_dise_name": one.disease_name,
                    "begndate": one.since,
                    "enddate": one.until,
                }
                for one in held
            ]
        }
    )


CHRONIC_BUSINESS, REFERRAL_BUSINESS, RESIDENCE_BUSINESS, OTHER_BUSINESS = "01", "06", "08", "99"
REMOTE_BUSINESS = {
    FilingKind.RESETTLED_RETIREE: RESIDENCE_BUSINESS,
    FilingKind.LONG_TERM_RESIDENT: RESIDENCE_BUSINESS,
    FilingKind.STATIONED_WORKER: RESIDENCE_BUSINESS,
    FilingKind.REFERRAL: REFERRAL_BUSINESS,
    FilingKind.TEMPORARY: OTHER_BUSINESS,
}
"""biz_appy_type (业务申请类型) of remote-care filings."""
LAST_SECOND = time(23, 59, 59)


@reads("1160")
def entitlements(call: Call) -> Done:
    """Every approved filing of a person that holds on a day (default: today), whatever care it is for."""
    row = call.one()
    begins = row.get("begntime")
    held = filing.held_on(row["psn_no"], begins.date() if begins else today())
    return Done({"spinfo": [_entitlement(one, call.home_region) for one in held]})


def _entitlement(one: filing.HeldFiling, home_region: str) -> dict[str, Any]:
    business = one.business or (
        CHRONIC_BUSINESS if one.kind == filing.CHRONIC else REMOTE_BUSINESS[FilingKind(one.kind)]
    )
    return {
        "psn_trt_no": public_id(home_region, one.id),
        "psn_trt_type": business,
        "psn_trt_type_name": code_lists()["biz_appy_type"].codes.get(business, business),
        "dise_no": one.disease,
        "dise_name": one.disease_name,
        "begntime": datetime.combine(one.since, time.min, SHANGHAI),
        "endtime": datetime.combine(one.until, LAST_SECOND, SHANGHAI) if one.until else None,
    }


@reads("5302")
def designations(call: Call) -> Done:
    """A person's designated institutions of a business."""
    row = call.one()
    chosen = filing.designations(row["psn_no"], row["biz_appy_type"])
    return Done(
        {
            "psnfixmedin": [
                {
                    "psn_no": one.person_number,
                    "insutype": one.insurance,
                    "fix_srt_no": one.rank,
                    "fixmedins_code": one.institution,
                    "fixmedins_name": one.institution_name,
                    "begndate": one.since,
                    "enddate": one.until,
                    "memo": one.note,
                }
                for one in chosen
            ]
        }
    )


@reads("5304")
def referrals(call: Call) -> Done:
    """Referrals of a person that began within a period."""
    row = call.one()
    since, until = row["begntime"].date(), row.get("endtime")
    found = filing.referrals_of(row["psn_no"], since, until.date() if until else None)
    people = {relation.insurance: relation for relation in enrolment.relations_of(row["psn_no"], today())}
    return Done(
        {
            "refmedin": [
                {
                    "insutype": one.insurance,
                    "dcla_souc": "01",
                    "psn_no": one.person_number,
                    "psn_cert_type": people[one.insurance].certificate_type,
                    "certno": people[one.insurance].certificate_number,
                    "psn_name": people[one.insurance].name,
                    "gend": people[one.insurance].sex,
                    "brdy": people[one.insurance].birth_date,
                    "tel": one.details.get("phone"),
                    "addr": one.details.get("address"),
                    "insu_optins": one.home_region,
                    "emp_name": people[one.insurance].employer,
                    "diag_code": one.details.get("diagnosis_code"),
                    "diag_name": one.details.get("diagnosis_name"),
                    "dise_cond_dscr": one.details.get("condition"),
                    "reflin_medins_no": one.details.get("to_institution"),
                    "reflin_medins_name": one.details.get("to_institution_name"),
                    "out_flag": "0" if same_province(one.home_region, pool_of(one.care_region)) else "1",
                    "refl_date": one.since,
                    "refl_rea": one.reason,
                    "begndate": one.since,
                    "enddate": one.until,
                    "hosp_agre_refl_flag": one.details.get("agreed") or "1",
                    "opter_name": one.decided_by,
                    "opt_time": one.decided_at,
                }
                for one in found
            ]
        }
    )
