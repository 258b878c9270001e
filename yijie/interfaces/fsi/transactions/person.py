"""1101 人员基本信息获取, 1162 电子凭证解码, 2001 人员待遇享受检查."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yijie.domain import decision, enrolment, ledger
from yijie.domain.enrolment import Insured, Person
from yijie.interfaces.fsi.call import Call, Done, Row, reads, text
from yijie.interfaces.fsi.codes import care_of, fund_type
from yijie.interfaces.fsi.lines import yuan_of
from yijie.kernel.codes import Insurance
from yijie.kernel.dates import age_on, today
from yijie.kernel.identity import masked_name
from yijie.kernel.language import spoken
from yijie.kernel.money import Fen

ELECTRONIC, SOCIAL_CARD = "01", "03"


@reads("1101")
def read_person(call: Call) -> Done:
    """Who the document, card or electronic credential belongs to, with insurance relations and special groups."""
    row, day = call.one(), today()
    person = person_showing(row, call.at.code)
    relations = enrolment.relations_of(person.number, day)
    balances = ledger.personal_accounts([(r.home_region, r.person_number) for r in relations]) if relations else {}
    groups = enrolment.groups_of(person, day)
    return Done(
        {
            "baseinfo": {
                "psn_no": person.number,
                "psn_cert_type": person.certificate_type,
                "certno": person.certificate_number,
                "psn_name": person.name,
                "gend": person.sex,
                "naty": person.ethnicity,
                "brdy": person.birth_date,
                "age": Decimal(age_on(person.birth_date, day)),
            },
            "insuinfo": [_relation(r, balances[r.home_region, r.person_number]) for r in relations],
            "idetinfo": [
                {
                    "psn_idet_type": group.group,
                    "psn_type_lv": group.grade,
                    "memo": group.note,
                    "begntime": group.since,
                    "endtime": group.until,
                }
                for group in groups
            ],
        }
    )


def person_showing(row: Row, institution: str) -> Person:
    """Who the document, card or electronic credential in a record belongs to."""
    kind, number, name = row["mdtrt_cert_type"], row["mdtrt_cert_no"], text(row, "psn_name")
    if kind == ELECTRONIC:
        return enrolment.by_credential(number, institution, name)
    if kind == SOCIAL_CARD:
        return enrolment.by_card(number, text(row, "card_sn"), name)
    return enrolment.by_certificate(text(row, "psn_cert_type") or "01", number, name)


@reads("1162")
def decode(call: Call) -> Done:
    """The card of the person whose telephone shows a code; the code is the token from now on, at this institution."""
    code = call.one()["ecQrCode"]
    person = enrolment.by_credential(code, call.at.code)
    return Done({"cardno": person.card_number, "card_sn": person.card_serial, "ecToken": code})


def _relation(relation: Insured, account: Fen) -> dict[str, Any]:
    return {
        "balc": yuan_of(account if relation.insurance == Insurance.EMPLOYEE else 0),
        "insutype": relation.insurance,
        "psn_type": relation.category,
        "psn_insu_stas": relation.status,
        "psn_insu_date": relation.since,
        "paus_insu_date": relation.paused_on,
        "cvlserv_flag": str(int(relation.civil_servant)),
        "insuplc_admdvs": relation.home_region,
        "emp_name": relation.employer,
    }


def _why_not(payer: decision.Payer) -> str:
    return payer.reason.say(spoken()) if payer.reason else ""


@reads("2001")
def check_entitlement(call: Call) -> Done:
    """Which funds pay for a kind of care on a day, and why one does not."""
    row = call.one()
    day, care = row["begntime"].date(), care_of(row["med_type"])
    person = enrolment.require_insured((row["psn_no"], row["insutype"], call.home_region), day)
    payers = decision.payers_for(
        person, institution=call.at.code, care_region=call.at.pool, level=call.at.level, care=care, day=day
    )
    inactive = ""
    try:
        person.require_active(day)
    except enrolment.EnrolmentInactive as refusal:
        inactive = refusal.text()
    return Done(
        {
            "trtinfo": [
                {
                    "psn_no": person.person_number,
                    "trt_chk_type": "01",
                    "fund_pay_type": fund_type(payer.fund, person.insurance, care),
                    "trt_enjymnt_flag": "1" if payer.pays and not inactive else "0",
                    "begndate": max(day, person.since),
                    "enddate": person.paused_on,
                    "trt_chk_rslt": inactive or _why_not(payer) or f"{masked_name(person.name)}可享受待遇",
                }
                for payer in payers
            ]
        }
    )
