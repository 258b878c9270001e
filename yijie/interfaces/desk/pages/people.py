"""People: found by what they show or are called, with everything the bureau keeps of them; every look is on record."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import decision, ledger
from yijie.domain.enrolment.models import Enrolment, Person, SpecialGroup
from yijie.domain.filing.models import ChronicFiling, Designation, Filing
from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.listing import listed
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.pages.filings import row_of
from yijie.interfaces.desk.words import (
    ENROLMENT_STATES,
    FILING_STATES,
    INSURANCES,
    PERSON_CATEGORIES,
    SETTLEMENT_STATES,
    chosen,
)
from yijie.kernel.codes import Insurance, PersonCategory
from yijie.kernel.ids import public_id

SHOWN_MAX = 20


@page("people/", "people", BUREAU, methods=("GET", "POST"))
def people(request: DeskRequest) -> HttpResponse:
    """People by number, certificate, card or name; nobody is listed before somebody is asked for.

    What was asked stays in the session: certificates do not belong into addresses, which logs and histories keep.
    """
    if request.method == "POST":
        request.session["people"] = request.POST.get("q", "").strip()[:60]
        return HttpResponseRedirect(reverse("people"))
    text = request.session.get("people", "")
    listing = listed(request, _asked(text), {"name": "name", "number": "number"}, "name")
    relations: dict[int, list[str]] = {}
    for person, insurance in Enrolment.objects.filter(person__in=[one.pk for one in listing.rows]).values_list(
        "person_id", "insurance"
    ):
        relations.setdefault(person, []).append(chosen(INSURANCES, insurance)["text"])
    rows = [(one, relations.get(one.pk, [])) for one in listing.rows]
    if rows:
        note(request, "people_searched", details={"found": len(rows)})
    return render(request, "desk/people.html", {"listing": listing, "rows": rows, "q": text})


def _asked(text: str) -> QuerySet[Person]:
    if len(text) < 2:
        return Person.objects.none()
    exact = Q(number=text) | Q(certificate_number=text.upper()) | Q(card_number=text)
    return Person.objects.filter(exact | Q(name__startswith=text))


@page("people/<str:number>/", "people_one", BUREAU)
def person(request: DeskRequest, number: str) -> HttpResponse:
    """One person: insurance, identities, filings, chronic diseases, the year so far, accounts, settlements."""
    one = Person.objects.filter(number=number[:30]).first()
    if one is None:
        raise Http404
    note(request, "person_seen", number, person_number=number, region=one.region)
    enrolments = list(Enrolment.objects.filter(person=one).order_by("region", "insurance"))
    accounts = ledger.personal_accounts([(e.region, number) for e in enrolments if e.insurance == Insurance.EMPLOYEE])
    settled = Settlement.objects.filter(person_number=number, voids__isnull=True).order_by("-settled_at")[:SHOWN_MAX]
    return render(
        request,
        "desk/person.html",
        {
            "p": one,
            "enrolments": [
                {
                    "e": e,
                    "insurance": chosen(INSURANCES, e.insurance)["text"],
                    "category": _category(e.category),
                    "state": chosen(ENROLMENT_STATES, e.status),
                    "account": accounts.get((e.region, number)),
                }
                for e in enrolments
            ],
            "groups": SpecialGroup.objects.filter(person=one).order_by("since"),
            "filings": [row_of(f, "") for f in Filing.objects.filter(person_number=number).order_by("-id")[:SHOWN_MAX]],
            "chronic": [
                (c, chosen(FILING_STATES, c.state))
                for c in ChronicFiling.objects.filter(person_number=number).order_by("-id")[:SHOWN_MAX]
            ],
            "designated": Designation.objects.filter(person_number=number, withdrawn_at__isnull=True)[:SHOWN_MAX],
            "years": [
                (used, chosen(INSURANCES, used.insurance)["text"], _used(used.amounts))
                for used in decision.accumulators_of(number)[:SHOWN_MAX]
            ],
            "settlements": [(s, public_id(s.region, s.id), chosen(SETTLEMENT_STATES, s.state)) for s in settled],
        },
    )


def _category(code: str) -> str:
    category = PersonCategory.of(code)
    return f"{chosen(PERSON_CATEGORIES, category.value)['text']} {code}" if category else code


def _used(amounts: dict[str, int]) -> list[tuple[str, int, bool]]:
    """Accumulators as the policy names them, with their value and whether it is money."""
    return [(name, value, not name.startswith("count.")) for name, value in sorted(amounts.items()) if value]
