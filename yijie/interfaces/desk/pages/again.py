"""Taking a settlement back and settling again: asked by a bureau, done at the desk of the hospital that settled."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import encounter, settlement
from yijie.domain.encounter.models import Encounter
from yijie.domain.enrolment.models import Person
from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.client import ask
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import PAGES_MAX, ROWS, Listing
from yijie.interfaces.desk.page import BUREAU, HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.pages.hospital import text
from yijie.interfaces.desk.words import AGAIN_REASONS, AGAIN_STATES, chosen
from yijie.kernel.ids import parse_public_id, public_id


@page("again/", "again", (*HOSPITAL, *BUREAU))
def again(request: DeskRequest) -> HttpResponse:
    """What was asked for, newest first, how far it is, and what the patient gets back."""
    said = request.GET.get("page", "1")
    number = min(max(int(said), 1), PAGES_MAX) if said.isascii() and said.isdigit() and len(said) < 6 else 1
    found = settlement.repeated(limit=ROWS + 1, offset=(number - 1) * ROWS)
    listing = Listing(found[:ROWS], number, len(found) > ROWS, "")
    names = dict(
        Person.objects.filter(number__in={one.person_number for one in listing.rows}).values_list("number", "name")
    )
    rows = [
        {
            "one": one,
            "person": names.get(one.person_number, ""),
            "state": chosen(AGAIN_STATES, one.state),
            "reason": chosen(AGAIN_REASONS, one.reason)["text"],
            "back": None if one.cash_after is None else one.cash_before - one.cash_after,
        }
        for one in listing.rows
    ]
    return render(
        request, "desk/again.html", {"listing": listing, "rows": rows, "hospital": request.scope.may(*HOSPITAL)}
    )


@page("settlements/<str:number>/void/", "settlements_void", HOSPITAL, methods=("POST",), step_up=True)
def void(request: DeskRequest, number: str) -> HttpResponse:
    """Take a settlement of one's own hospital back (2208 or 2305); the visit or stay may then be settled again."""
    named = parse_public_id(number)
    row = (
        named
        and Settlement.objects.filter(
            id=named[1], region=named[0], voids__isnull=True, institution__in=request.scope.institutions
        ).first()
    )
    made = row and Encounter.objects.filter(id=row.encounter).first()
    if not row or made is None:
        raise Http404
    care = public_id(made.region, made.id)
    payload = {"data": {"mdtrt_id": care, "setl_id": number, "psn_no": row.person_number}}
    ask(request, "2305" if made.stay else "2208", payload, insured_in=row.home_region, msgid=text(request, "msgid"))
    note(
        request,
        "voided",
        number,
        person_number=row.person_number,
        region=row.home_region,
        institution=row.institution,
    )
    if encounter.excluded([made.id]):
        told = say("结算已撤销，请转自费", "voided; charge it at own cost")
    else:
        told = say("结算已撤销，可重新结算", "voided; it may be settled again")
    messages.success(request, told, extra_tags="good")
    return HttpResponseRedirect(reverse("hospital_care", args=[care]))
