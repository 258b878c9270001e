"""The hospital's desk: find the person, what they are entitled to, admit, charge with live grading, quote, settle."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import encounter
from yijie.domain.catalogue.models import Item
from yijie.domain.encounter import Record
from yijie.domain.encounter.models import Encounter, FeeLine
from yijie.domain.enrolment.models import Person
from yijie.interfaces.desk.attempts import settle as settle_attempt
from yijie.interfaces.desk.client import ask, fresh_id, own_institution
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.words import ENROLMENT_STATES, FUND_TYPES, INSURANCES, chosen
from yijie.interfaces.fsi.codes import FUND_FIELDS
from yijie.interfaces.statement import FUNDS
from yijie.kernel.dates import now
from yijie.kernel.ids import parse_public_id
from yijie.kernel.money import fen_from_yuan, line_amount, yuan

CREDENTIALS = ("02", "01", "03")
"""mdtrt_cert_type: identity document, electronic credential, social-security card."""
STAY = "2101"
SHOWN_MAX = 20


def _text(request: DeskRequest, name: str, most: int = 60) -> str:
    return request.POST.get(name, "").strip()[:most]


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


@page("hospital/", "hospital", HOSPITAL, methods=("GET", "POST"))
def find(request: DeskRequest) -> HttpResponse:
    """Who stands at the desk: by document, code or card. Numbers travel in the form, never in an address."""
    if request.method == "POST":
        kind, number = _text(request, "kind"), _text(request, "number")
        row = {
            "mdtrt_cert_type": kind if kind in CREDENTIALS else "02",
            "mdtrt_cert_no": number,
            "card_sn": "",
            "begntime": "",
            "psn_cert_type": "01",
            "certno": number if kind == "02" else "",
            "psn_name": "",
        }
        read = ask(request, "1101", {"data": row})
        number = read["baseinfo"]["psn_no"]
        request.session["patient"] = _patient(read)
        note(request, "person_found", number, person_number=number, institution=own_institution(request))
        return HttpResponseRedirect(reverse("hospital_patient"))
    stays = Encounter.objects.filter(
        institution=own_institution(request), stay=True, state__in=["open", "discharged"]
    ).order_by("-began_at")[:SHOWN_MAX]
    names = dict(Person.objects.filter(number__in=[s.person_number for s in stays]).values_list("number", "name"))
    shown = [{"e": s, "number": f"{s.region}{s.id:019d}", "person": names.get(s.person_number, "")} for s in stays]
    return render(request, "desk/hospital.html", {"stays": shown})


def _patient(read: dict[str, Any]) -> dict[str, Any]:
    base = read["baseinfo"]
    return {
        "number": base["psn_no"],
        "name": base["psn_name"],
        "certificate": base["certno"],
        "sex": base["gend"],
        "age": int(base["age"]),
        "relations": [
            {
                "insurance": one["insutype"],
                "category": one["psn_type"],
                "status": one["psn_insu_stas"],
                "home": one["insuplc_admdvs"],
                "balance": fen_from_yuan(str(one["balc"])),
            }
            for one in read["insuinfo"]
        ],
    }


@page("hospital/patient/", "hospital_patient", HOSPITAL)
def patient(request: DeskRequest) -> HttpResponse:
    """What the person is entitled to today, with the reason where a fund does not pay, and the form to admit."""
    known = request.session.get("patient")
    if not known:
        return HttpResponseRedirect(reverse("hospital"))
    relations = []
    for one in known["relations"]:
        row = {"psn_no": known["number"], "insutype": one["insurance"], "fixmedins_code": own_institution(request)}
        row |= {"med_type": STAY, "begntime": _moment(now())}
        found = ask(request, "2001", {"data": row}, insured_in=one["home"])
        relations.append(
            one
            | {
                "name": chosen(INSURANCES, one["insurance"])["text"],
                "state": chosen(ENROLMENT_STATES, one["status"]),
                "checks": [(chosen(FUND_TYPES, check["fund_pay_type"])["text"], check) for check in found["trtinfo"]],
            }
        )
    return render(
        request,
        "desk/patient.html",
        {
            "p": known,
            "relations": relations,
            "msgid": fresh_id(own_institution(request)),
            "record": f"{now():ZY%m%d%H%M%S}",
        },
    )


@page("hospital/admit/", "hospital_admit", HOSPITAL, methods=("POST",))
def admit(request: DeskRequest) -> HttpResponse:
    """Admit the person found (2401)."""
    known = request.session.get("patient")
    if not known:
        return HttpResponseRedirect(reverse("hospital"))
    chosen_relation = next((r for r in known["relations"] if r["insurance"] == _text(request, "insurance")), None)
    if chosen_relation is None:
        raise Http404
    began = _moment(now())
    doctor, doctor_name = _text(request, "doctor_code", 30), _text(request, "doctor_name", 50)
    code, name = _text(request, "diagnosis_code", 20), _text(request, "diagnosis_name", 100)
    stay = {
        "psn_no": known["number"],
        "insutype": chosen_relation["insurance"],
        "coner_name": known["name"],
        "tel": _text(request, "phone", 20),
        "begntime": began,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": known["certificate"],
        "psn_cert_type": "01",
        "cert_type": "01",
        "certno": known["certificate"],
        "med_type": STAY,
        "ipt_no": _text(request, "record", 30),
        "medrcdno": _text(request, "record", 30),
        "atddr_no": doctor,
        "chfpdr_name": doctor_name,
        "adm_diag_dscr": name,
        "adm_dept_codg": "A01",
        "adm_dept_name": _text(request, "department", 50),
        "adm_bed": _text(request, "bed", 30),
        "dscg_maindiag_code": code,
        "dscg_maindiag_name": name,
        "insuplc_admdvs": chosen_relation["home"],
    }
    disease = _diagnosis(code, name, began, by=(doctor, doctor_name, _text(request, "department", 50)))
    output = ask(
        request,
        "2401",
        {"mdtrtinfo": stay, "diseinfo": [disease | {"psn_no": known["number"]}]},
        insured_in=chosen_relation["home"],
        msgid=_text(request, "msgid"),
    )
    number = output["result"]["mdtrt_id"]
    note(request, "admitted", number, person_number=known["number"], institution=own_institution(request))
    return HttpResponseRedirect(reverse("hospital_stay", args=[number]))


def _diagnosis(code: str, name: str, at: str, *, by: tuple[str, str, str]) -> dict[str, Any]:
    doctor, doctor_name, department = by
    return {
        "diag_type": "1",
        "maindiag_flag": "1",
        "diag_srt_no": 1,
        "diag_code": code,
        "diag_name": name,
        "adm_cond": "",
        "diag_dept": department,
        "dise_dor_no": doctor,
        "dise_dor_name": doctor_name,
        "diag_time": at,
        "vali_flag": "1",
    }


def _stay(request: DeskRequest, number: str) -> tuple[Record, Person]:
    """A stay of the user's own institution with its person; 404 otherwise."""
    named = parse_public_id(number)
    row = named and Encounter.objects.filter(id=named[1], institution=own_institution(request), stay=True).first()
    person = row and Person.objects.filter(number=row.person_number).first()
    if not row or person is None:
        raise Http404
    return encounter.find(number, row.institution, row.person_number), person


def _lines(record: Record) -> list[FeeLine]:
    found = FeeLine.objects.filter(month=record.month, encounter_id=record.id, revoked_at__isnull=True)
    return list(found.order_by("-uploaded_at", "-serial"))


@page("hospital/stays/<str:number>/", "hospital_stay", HOSPITAL)
def stay(request: DeskRequest, number: str) -> HttpResponse:
    """A stay: its lines as graded, the form for the next line, discharge, quote."""
    record, person = _stay(request, number)
    lines = _lines(record)
    asked = request.GET.get("item", "").strip()[:60]
    names = dict(Item.objects.filter(code__in={line.item for line in lines}).values_list("code", "name"))
    items = Item.objects.filter(name__contains=asked).order_by("name", "code")[:SHOWN_MAX] if asked else []
    parts = ("amount", "not_covered", "over_ceiling", "first_self_pay", "eligible")
    return render(
        request,
        "desk/stay.html",
        {
            "r": record,
            "p": person,
            "lines": [
                (line, names.get(line.item, line.item), [getattr(line, part) for part in parts]) for line in lines
            ],
            "totals": [sum(getattr(line, part) for line in lines) for part in parts],
            "items": items,
            "asked": asked,
            "msgid": fresh_id(record.institution),
            "attempts": Attempt.objects.filter(encounter=number).order_by("-sent_at")[:5],
        },
    )


@page("hospital/stays/<str:number>/charge/", "hospital_charge", HOSPITAL, methods=("POST",))
def charge(request: DeskRequest, number: str) -> HttpResponse:
    """Add one line (2301); the platform's grading is told at once."""
    record, person = _stay(request, number)
    code, msgid = _text(request, "item", 50), _text(request, "msgid")
    try:
        price, quantity = Decimal(_text(request, "price", 16)), Decimal(_text(request, "quantity", 12))
    except InvalidOperation:
        messages.error(request, say("单价和数量须为数字", "price and quantity must be numbers"), extra_tags="bad")
        return HttpResponseRedirect(reverse("hospital_stay", args=[number]))
    row = {
        "feedetl_sn": msgid[-18:],
        "mdtrt_id": number,
        "psn_no": person.number,
        "med_type": STAY,
        "rx_circ_flag": "0",
        "fee_ocur_time": _moment(now()),
        "med_list_codg": code,
        "medins_list_codg": code,
        "det_item_fee_sumamt": yuan(line_amount(price, quantity)),
        "cnt": str(quantity),
        "pric": str(price),
        "bilg_dept_codg": "A01",
        "bilg_dept_name": _declared(record, "department"),
        "bilg_dr_codg": _declared(record, "doctor"),
        "bilg_dr_name": _declared(record, "doctor_name"),
        "hosp_appr_flag": "1" if request.POST.get("approved") else "0",
    }
    graded = ask(request, "2301", {"feedetail": [row]}, insured_in=record.home_region, msgid=msgid)["result"][0]
    eligible = graded["inscp_scp_amt"]
    messages.success(
        request, say(f"已记账，符合范围 {eligible:.2f} 元", f"charged; eligible {eligible:.2f} yuan"), extra_tags="good"
    )
    return HttpResponseRedirect(reverse("hospital_stay", args=[number]))


def _declared(record: Record, name: str) -> str:
    """What was declared at admission; the desk charges under the attending doctor."""
    national = {"department": "adm_dept_name", "doctor": "atddr_no", "doctor_name": "chfpdr_name"}
    return str(record.details.get(name) or record.details.get(national[name]) or "-")


@page("hospital/stays/<str:number>/discharge/", "hospital_discharge", HOSPITAL, methods=("POST",))
def discharge(request: DeskRequest, number: str) -> HttpResponse:
    """Discharge (2402) with the principal diagnosis of admission."""
    record, person = _stay(request, number)
    ended = _moment(now())
    first = encounter.diagnoses_of(record.id)[0]
    disease = _diagnosis(first.code, first.name, ended, by=(first.doctor_code, first.doctor_name, first.department))
    leaving = {
        "mdtrt_id": number,
        "psn_no": person.number,
        "insutype": record.insurance,
        "endtime": ended,
        "dscg_dept_codg": "A01",
        "dscg_dept_name": first.department,
        "dscg_way": "1",
    }
    disease |= {"mdtrt_id": number, "psn_no": person.number}
    payload = {"dscginfo": leaving, "diseinfo": [disease]}
    ask(request, "2402", payload, insured_in=record.home_region, msgid=_text(request, "msgid"))
    return HttpResponseRedirect(reverse("hospital_quote", args=[number]))


def _bill(record: Record, person: Person, *, account: bool) -> tuple[dict[str, Any], int]:
    """Input of 2303 and 2304 with its total in fen."""
    total = sum(line.amount for line in _lines(record) if line.batch == record.segment_batch())
    return {
        "data": {
            "psn_no": person.number,
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": person.certificate_number,
            "psn_cert_type": "01",
            "certno": person.certificate_number,
            "psn_name": person.name,
            "medfee_sumamt": yuan(total),
            "psn_setlway": "01",
            "mdtrt_id": record.number,
            "insutype": record.insurance,
            "acct_used_flag": "1" if account else "0",
            "insuplc_admdvs": record.home_region,
            "invono": "",
            "mid_setl_flag": "0",
        }
    }, total


@page("hospital/stays/<str:number>/quote/", "hospital_quote", HOSPITAL)
def quote(request: DeskRequest, number: str) -> HttpResponse:
    """What settling now would decide (2303); nothing is stored."""
    record, person = _stay(request, number)
    account = request.GET.get("account") == "1"
    bill, total = _bill(record, person, account=account)
    said = ask(request, "2303", bill, insured_in=record.home_region)
    info = said["setlinfo"]
    words = 0 if language() == "zh" else 1
    fields = {**FUND_FIELDS, "account": "acct_pay", "cash": "psn_cash_pay", "hospital_borne": "hosp_part_amt"}
    amounts = {name: fen_from_yuan(str(info.get(field) or 0)) for name, field in fields.items()}
    payers = [(FUNDS[name][words], amount) for name, amount in amounts.items() if amount]
    return render(
        request,
        "desk/quote.html",
        {
            "r": record,
            "p": person,
            "total": total,
            "payers": payers,
            "account": account,
            "msgid": fresh_id(record.institution),
        },
    )


@page("hospital/stays/<str:number>/settle/", "hospital_settle", HOSPITAL, methods=("POST",), step_up=True)
def settle(request: DeskRequest, number: str) -> HttpResponse:
    """Settle (2304) with the message id of the quoted form: sent twice, it settles once."""
    record, person = _stay(request, number)
    bill, total = _bill(record, person, account=request.POST.get("account") == "1")
    attempt = settle_attempt(request, record, bill, name=person.name, total=total, msgid=_text(request, "msgid"))
    if attempt.state == Attempt.State.SETTLED:
        return HttpResponseRedirect(reverse("settlements_statement", args=[attempt.settlement]))
    messages.error(request, attempt.said, extra_tags="bad")
    return HttpResponseRedirect(reverse("hospital_stay", args=[number]))
