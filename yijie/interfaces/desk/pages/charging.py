"""One visit or stay at the desk: its lines as graded, the next one graded while it is typed, what can be taken back."""

from __future__ import annotations

import itertools
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import encounter
from yijie.domain.catalogue.models import Item
from yijie.domain.encounter import Record
from yijie.domain.encounter.models import Encounter, FeeLine
from yijie.domain.enrolment.models import Person
from yijie.interfaces.desk import rows
from yijie.interfaces.desk.client import ask, fresh_id, moment_in, own_institution
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, page
from yijie.interfaces.desk.pages.hospital import text
from yijie.interfaces.desk.templatetags.desk import money
from yijie.interfaces.desk.words import ITEM_CLASSES, chosen
from yijie.kernel.codes import Approval
from yijie.kernel.ids import parse_public_id

ITEMS_MAX = 20
NUMBER_MAX = Decimal(10_000_000)
PARTS = ("amount", "not_covered", "over_ceiling", "first_self_pay", "eligible")


def found(request: DeskRequest, number: str) -> tuple[Record, Person]:
    """A visit or stay of the user's own institution with its person; 404 otherwise."""
    named = parse_public_id(number)
    row = named and Encounter.objects.filter(id=named[1], institution=own_institution(request)).first()
    person = row and Person.objects.filter(number=row.person_number).first()
    if not row or person is None:
        raise Http404
    return encounter.find(number, row.institution, row.person_number), person


def open_batch(record: Record, lines: list[FeeLine]) -> str:
    """The charge batch that is not settled: that of the newest open line, or the next one; a stay's is its interval."""
    if record.stay:
        return record.segment_batch()
    begun = (line.batch for line in lines if line.batch not in record.settled)
    fresh = (f"D{number}" for number in itertools.count(1) if f"D{number}" not in record.settled)
    return next(begun, None) or next(fresh)


def lines_of(record: Record) -> list[FeeLine]:
    """Lines that are not taken back, newest first."""
    kept = FeeLine.objects.filter(month=record.month, encounter_id=record.id, revoked_at__isnull=True)
    return list(kept.order_by("-uploaded_at", "-serial"))


def items_like(asked: str) -> QuerySet[Item]:
    """Catalogue items whose name contains a text, those that begin with it first."""
    begins = Case(When(name__startswith=asked, then=Value(0)), default=Value(1), output_field=IntegerField())
    return Item.objects.filter(name__contains=asked, valid=True).order_by(begins, "name", "code")[:ITEMS_MAX]


@page("hospital/care/<str:number>/", "hospital_care", HOSPITAL)
def care(request: DeskRequest, number: str) -> HttpResponse:
    """A visit or stay: its lines, the form for the next one, what comes next."""
    record, person = found(request, number)
    lines = lines_of(record)
    batch = open_batch(record, lines)
    asked = request.GET.get("item", "").strip()[:60]
    names = dict(Item.objects.filter(code__in={line.item for line in lines}).values_list("code", "name"))
    unsettled = [line for line in lines if line.batch == batch]
    return render(
        request,
        "desk/care.html",
        {
            "r": record,
            "p": person,
            "charging": record.state == "open" or (not record.stay and record.state == "settled"),
            "lines": [
                {
                    "line": line,
                    "name": names.get(line.item, line.item),
                    "parts": [getattr(line, part) for part in PARTS],
                    "open": line.batch == batch,
                }
                for line in lines
            ],
            "totals": [sum(getattr(line, part) for line in lines) for part in PARTS],
            "unsettled": bool(unsettled),
            "liable": record.trauma and record.id in encounter.excluded([record.id]),
            "items": [(i.code, f"{i.name} {i.specification} {i.maker}".strip()) for i in items_like(asked)]
            if asked
            else [],
            "asked_item": asked,
            "msgid": fresh_id(record.institution),
            "attempts": Attempt.objects.filter(encounter=number).order_by("-sent_at")[:5],
        },
    )


def _numbers(said: dict[str, str]) -> tuple[Decimal, Decimal] | None:
    """Price and quantity of a form; None where they are no numbers a bill could hold."""
    try:
        price, quantity = Decimal(said.get("price", "")), Decimal(said.get("quantity", ""))
    except InvalidOperation:
        return None
    fits = price.is_finite() and quantity.is_finite() and 0 <= price < NUMBER_MAX and abs(quantity) < NUMBER_MAX
    return (price, quantity) if fits else None


@page("hospital/care/<str:number>/grade/", "hospital_grade", HOSPITAL)
def grade(request: DeskRequest, number: str) -> HttpResponse:
    """What the line being typed would be graded to, as the page shows it while it is typed."""
    record, _ = found(request, number)
    said = request.GET.dict()
    numbers = _numbers(said)
    approval = Approval.GRANTED if said.get("approved") else Approval.NOT_NEEDED
    shown = numbers and encounter.preview(record, said.get("item", "")[:50], *numbers, approval)
    if not shown:
        return JsonResponse({"text": ""})
    term, parts = shown.term, shown.parts
    told = [
        chosen(ITEM_CLASSES, term.item_class)["text"],
        say(f"先行自付 {shown.share * 100:.0f}%", f"first self-pay {shown.share * 100:.0f}%"),
    ]
    if shown.ceiling is not None:
        told.append(say(f"限价 {shown.ceiling:.2f} 元", f"ceiling {shown.ceiling:.2f} yuan"))
    if term.restricted:
        told.append(say(f"限制使用：{term.restriction}", f"restricted: {term.restriction}"))
    told.append(
        say(
            f"金额 {money(shown.amount)}，其中符合范围 {money(parts.eligible)}、"
            f"先行自付 {money(parts.first_self_pay)}、超限价 {money(parts.over_ceiling)}、"
            f"全自费 {money(parts.not_covered)} 元",
            f"amount {money(shown.amount)}: eligible {money(parts.eligible)}, first self-pay"
            f" {money(parts.first_self_pay)}, over ceiling {money(parts.over_ceiling)},"
            f" not covered {money(parts.not_covered)} yuan",
        )
    )
    return JsonResponse({"text": " · ".join(told)})


@page("hospital/care/<str:number>/charge/", "hospital_charge", HOSPITAL, methods=("POST",))
def charge(request: DeskRequest, number: str) -> HttpResponse:
    """Add one line (2204 or 2301); the platform's grading is told at once."""
    record, _ = found(request, number)
    numbers, msgid = _numbers(request.POST.dict()), text(request, "msgid")
    if numbers is None:
        messages.error(request, say("单价和数量须为数字", "price and quantity must be numbers"), extra_tags="bad")
        return HttpResponseRedirect(reverse("hospital_care", args=[number]))
    charged = rows.Charged(msgid[-18:], text(request, "item", 50), *numbers, bool(request.POST.get("approved")))
    row = rows.line(record, open_batch(record, lines_of(record)), charged, moment_in(msgid))
    infno = "2301" if record.stay else "2204"
    graded = ask(request, infno, {"feedetail": [row]}, insured_in=record.home_region, msgid=msgid)["result"][0]
    eligible = graded["inscp_scp_amt"]
    messages.success(
        request, say(f"已记账，符合范围 {eligible:.2f} 元", f"charged; eligible {eligible:.2f} yuan"), extra_tags="good"
    )
    return HttpResponseRedirect(reverse("hospital_care", args=[number]))


@page("hospital/care/<str:number>/revoke/", "hospital_revoke", HOSPITAL, methods=("POST",))
def revoke(request: DeskRequest, number: str) -> HttpResponse:
    """Take back one unsettled line of a stay (2302), or a visit's unsettled lines (2205)."""
    record, person = found(request, number)
    row = {"mdtrt_id": number, "psn_no": person.number}
    if record.stay:
        payload = {"data": [row | {"feedetl_sn": text(request, "serial", 30)}]}
    else:
        payload = {"data": row | {"chrg_bchno": open_batch(record, lines_of(record))}}
    ask(
        request, "2302" if record.stay else "2205", payload, insured_in=record.home_region, msgid=text(request, "msgid")
    )
    messages.success(request, say("已撤销明细", "taken back"), extra_tags="good")
    return HttpResponseRedirect(reverse("hospital_care", args=[number]))
