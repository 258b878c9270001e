"""The hospital's desk: who stands there, what they are entitled to, register or admit them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain.encounter.models import Encounter
from yijie.domain.enrolment.models import Person
from yijie.interfaces.desk import rows
from yijie.interfaces.desk.client import ask, fresh_id, moment_in, own_institution
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import Listing, listed
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.words import ENCOUNTER_STATES, ENROLMENT_STATES, FUND_TYPES, INSURANCES, chosen
from yijie.kernel.dates import now, today
from yijie.kernel.ids import public_id
from yijie.kernel.money import fen_from_yuan

CREDENTIALS = ("02", "01", "03")
"""mdtrt_cert_type: identity document, electronic credential, social-security card."""
FIELDS = {
    "medical_type": 6,
    "record": 30,
    "phone": 20,
    "department": 50,
    "bed": 30,
    "doctor_code": 30,
    "doctor_name": 50,
    "diagnosis_code": 20,
    "diagnosis_name": 100,
    "third_party": 1,
}
"""What the forms of registration and admission say, and how long it may be."""


def text(request: DeskRequest, name: str, most: int = 60) -> str:
    """A field of the form that was sent."""
    return request.POST.get(name, "").strip()[:most]


@page("hospital/", "hospital", HOSPITAL, methods=("GET", "POST"))
def find(request: DeskRequest) -> HttpResponse:
    """Who stands at the desk: by document, code or card. Numbers travel in the form, never in an address."""
    if request.method == "POST":
        kind = text(request, "kind")
        read = ask(
            request, "1101", {"data": rows.credential(kind if kind in CREDENTIALS else "02", text(request, "number"))}
        )
        number = read["baseinfo"]["psn_no"]
        request.session["patient"] = _read(read)
        note(request, "person_found", number, person_number=number, institution=own_institution(request))
        return HttpResponseRedirect(reverse("hospital_patient"))
    listing = _waiting(request)
    names = dict(
        Person.objects.filter(number__in={one.person_number for one in listing.rows}).values_list("number", "name")
    )
    shown = [
        {
            "e": one,
            "number": public_id(one.region, one.id),
            "person": names.get(one.person_number, ""),
            "kind": say("住院", "stay") if one.stay else say("门诊", "visit"),
            "state": chosen(ENCOUNTER_STATES, one.state),
        }
        for one in listing.rows
    ]
    return render(request, "desk/hospital.html", {"rows": shown, "listing": listing})


def _waiting(request: DeskRequest) -> Listing:
    """Stays not settled yet, and visits of today."""
    own = Encounter.objects.filter(institution=own_institution(request), state__in=["open", "discharged"])
    found = own.filter(stay=True) | own.filter(stay=False, began_at__date=today())
    return listed(request, found, {"began": "began_at", "home": "home_region"}, "-began")


def _read(read: dict[str, Any]) -> dict[str, Any]:
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
    """What the person is entitled to today, with the reason where a fund does not pay, and the forms to go on."""
    known = request.session.get("patient")
    if not known:
        return HttpResponseRedirect(reverse("hospital"))
    kind = "stay" if request.GET.get("kind") == "stay" else "visit"
    medical_type = rows.STAY_TYPE if kind == "stay" else rows.VISIT_TYPE
    relations = []
    for one in known["relations"]:
        row = {"psn_no": known["number"], "insutype": one["insurance"], "fixmedins_code": own_institution(request)}
        row |= {"med_type": medical_type, "begntime": rows.moment(now())}
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
            "kind": kind,
            "relations": relations,
            "msgid": fresh_id(own_institution(request)),
            "record": f"{now():{'ZY' if kind == 'stay' else 'MZ'}%m%d%H%M%S}",
            "types": _types(kind),
            "third": [("0", say("否", "no")), ("1", say("是", "yes"))],
            "choices": [(one["insurance"], one["name"]) for one in relations],
        },
    )


def _types(kind: str) -> list[tuple[str, str]]:
    """Medical types a desk may begin; the interface knows more."""
    if kind == "stay":
        return [
            ("2101", say("普通住院", "ordinary stay")),
            ("22", say("外伤住院", "stay after an injury")),
            ("52", say("生育住院", "childbirth")),
        ]
    return [
        ("11", say("普通门诊", "ordinary visit")),
        ("14", say("门诊慢特病", "chronic disease")),
        ("13", say("急诊", "emergency")),
    ]


def _begin(request: DeskRequest) -> tuple[rows.Patient, dict[str, str]]:
    """The person found under the insurance chosen, and what the form says."""
    known = request.session.get("patient") or {"relations": []}
    relation = next((r for r in known["relations"] if r["insurance"] == text(request, "insurance")), None)
    if relation is None:
        raise Http404
    who = rows.Patient(
        known["number"],
        known["name"],
        known["certificate"],
        relation["insurance"],
        relation["category"],
        relation["home"],
    )
    return who, {name: text(request, name, most) for name, most in FIELDS.items()}


@page("hospital/admit/", "hospital_admit", HOSPITAL, methods=("POST",))
def admit(request: DeskRequest) -> HttpResponse:
    """Admit the person found (2401)."""
    who, said = _begin(request)
    payload = rows.admission(who, said, moment_in(text(request, "msgid")))
    output = ask(request, "2401", payload, insured_in=who.home, msgid=text(request, "msgid"))
    return _begun(request, "admitted", output["result"]["mdtrt_id"], who)


@page("hospital/register/", "hospital_register", HOSPITAL, methods=("POST",))
def register(request: DeskRequest) -> HttpResponse:
    """Register an outpatient visit (2201) and say what it is (2203)."""
    who, said = _begin(request)
    at = moment_in(text(request, "msgid"))
    payload = rows.registration(who, said, at)
    output = ask(request, "2201", payload, insured_in=who.home, msgid=text(request, "msgid"))
    number = output["data"]["mdtrt_id"]
    ask(request, "2203", rows.visit(number, who, said, at), insured_in=who.home)
    return _begun(request, "registered", number, who)


def _begun(request: DeskRequest, action: str, number: str, who: rows.Patient) -> HttpResponse:
    note(request, action, number, person_number=who.number, institution=own_institution(request))
    return HttpResponseRedirect(reverse("hospital_care", args=[number]))
