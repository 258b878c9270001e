"""From the last line to the printed statement: discharge, quote, settle; for visits and stays alike."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import encounter, enrolment
from yijie.domain.encounter import Record
from yijie.domain.enrolment.models import Person
from yijie.interfaces.desk import rows
from yijie.interfaces.desk.attempts import settle as settle_attempt
from yijie.interfaces.desk.client import ask, fresh_id, moment_in
from yijie.interfaces.desk.language import language
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, page
from yijie.interfaces.desk.pages.charging import found, lines_of, open_batch
from yijie.interfaces.desk.pages.hospital import text
from yijie.interfaces.desk.words import ATTEMPT_STATES, chosen
from yijie.interfaces.fsi.codes import FUND_FIELDS
from yijie.interfaces.statement import FUNDS
from yijie.kernel.dates import today
from yijie.kernel.money import fen_from_yuan


@page("hospital/care/<str:number>/discharge/", "hospital_discharge", HOSPITAL, methods=("POST",))
def discharge(request: DeskRequest, number: str) -> HttpResponse:
    """Discharge (2402) with the principal diagnosis of admission; what a third party has to pay is not quoted."""
    record, _ = found(request, number)
    first = encounter.diagnoses_of(record.id)[0]
    said = {
        "diagnosis_code": first.code,
        "diagnosis_name": first.name,
        "department": first.department,
        "doctor_code": first.doctor_code,
        "doctor_name": first.doctor_name,
    }
    msgid = text(request, "msgid")
    payload = rows.discharge(record, said, moment_in(msgid))
    ask(request, "2402", payload, insured_in=record.home_region, msgid=msgid)
    following = "hospital_care" if encounter.excluded([record.id]) else "hospital_quote"
    return HttpResponseRedirect(reverse(following, args=[number]))


def _bill(record: Record, person: Person, *, account: bool) -> tuple[dict[str, Any], int]:
    """Input of a quote and a settlement with its total in fen."""
    lines = lines_of(record)
    batch = open_batch(record, lines)
    total = sum(line.amount for line in lines if line.batch == batch)
    insured = enrolment.require_insured((person.number, record.insurance, record.home_region), today())
    who = rows.Patient(
        person.number, person.name, person.certificate_number, record.insurance, insured.category, record.home_region
    )
    return rows.bill(record, who, batch, total, account=account), total


@page("hospital/care/<str:number>/quote/", "hospital_quote", HOSPITAL)
def quote(request: DeskRequest, number: str) -> HttpResponse:
    """What settling now would decide (2206 or 2303); nothing is stored."""
    record, person = found(request, number)
    account = request.GET.get("account") == "1"
    payload, total = _bill(record, person, account=account)
    info = ask(request, "2303" if record.stay else "2206", payload, insured_in=record.home_region)["setlinfo"]
    words = 0 if language() == "zh" else 1
    fields = {**FUND_FIELDS, "account": "acct_pay", "cash": "psn_cash_pay", "hospital_borne": "hosp_part_amt"}
    amounts = {name: fen_from_yuan(str(info.get(field) or 0)) for name, field in fields.items()}
    return render(
        request,
        "desk/quote.html",
        {
            "r": record,
            "p": person,
            "total": total,
            "payers": [(FUNDS[name][words], amount) for name, amount in amounts.items() if amount],
            "account": account,
            "msgid": fresh_id(record.institution),
        },
    )


@page("hospital/care/<str:number>/settle/", "hospital_settle", HOSPITAL, methods=("POST",), step_up=True)
def settle(request: DeskRequest, number: str) -> HttpResponse:
    """Settle (2207 or 2304) with the message id of the quoted form: sent twice, it settles once."""
    record, person = found(request, number)
    payload, total = _bill(record, person, account=request.POST.get("account") == "1")
    attempt = settle_attempt(request, record, payload, name=person.name, total=total, msgid=text(request, "msgid"))
    if attempt.state == Attempt.State.SETTLED:
        return HttpResponseRedirect(reverse("settlements_statement", args=[attempt.settlement]))
    messages.error(request, attempt.said or chosen(ATTEMPT_STATES, attempt.state)["text"], extra_tags="bad")
    return HttpResponseRedirect(reverse("hospital_care", args=[number]))
