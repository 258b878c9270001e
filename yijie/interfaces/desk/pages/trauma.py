"""Declared traumas: what was declared, what a bureau found; what a third party owes is to be taken back."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access, encounter, settlement
from yijie.domain.access import Role
from yijie.domain.encounter.models import Diagnosis, Encounter, TraumaCheck
from yijie.domain.enrolment.models import Person
from yijie.domain.institution.models import Institution
from yijie.domain.settlement.models import Settlement
from yijie.domain.transaction import in_transaction
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import listed
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.words import AGAIN_STATES, ENCOUNTER_STATES, SETTLEMENT_STATES, TRAUMA_OUTCOMES, chosen
from yijie.kernel.ids import parse_public_id, public_id

CHECKERS = (Role.BENEFIT_OFFICER, Role.REVIEW_OFFICER, Role.SUPERVISOR)


def _traumas() -> QuerySet[Encounter]:
    newest = TraumaCheck.objects.filter(encounter=OuterRef("pk")).order_by("-at", "-id").values("outcome")[:1]
    return Encounter.objects.filter(trauma=True).annotate(outcome=Subquery(newest))


@page("trauma/", "trauma", BUREAU)
def trauma(request: DeskRequest) -> HttpResponse:
    """Encounters that declare a trauma; those nobody has checked first where the filter says so."""
    found = _traumas()
    if request.GET.get("outcome") == "open":
        found = found.filter(outcome__isnull=True)
    elif request.GET.get("outcome") in TRAUMA_OUTCOMES:
        found = found.filter(outcome=request.GET["outcome"])
    if request.GET.get("third") in ("yes", "no"):
        found = found.filter(third_party=request.GET["third"] == "yes")
    listing = listed(request, found, {"began": "began_at"}, "-began")
    people = dict(
        Person.objects.filter(number__in={row.person_number for row in listing.rows}).values_list("number", "name")
    )
    hospitals = dict(
        Institution.objects.filter(code__in={row.institution for row in listing.rows}).values_list("code", "name")
    )
    rows = [
        {
            "e": one,
            "number": public_id(one.region, one.id),
            "person": people.get(one.person_number, ""),
            "institution": hospitals.get(one.institution, one.institution),
            "state": chosen(ENCOUNTER_STATES, one.state),
            "outcome": chosen(TRAUMA_OUTCOMES, one.outcome or "open"),
        }
        for one in listing.rows
    ]
    outcomes = [(value, chosen(TRAUMA_OUTCOMES, value)["text"]) for value in TRAUMA_OUTCOMES]
    third = [("yes", say("涉及第三方", "third party")), ("no", say("不涉及", "none"))]
    return render(request, "desk/trauma.html", {"listing": listing, "rows": rows, "outcomes": outcomes, "third": third})


def _found(number: str) -> Encounter:
    named = parse_public_id(number)
    one = Encounter.objects.filter(id=named[1], region=named[0], trauma=True).first() if named else None
    if one is None:
        raise Http404
    return one


@page("trauma/<str:number>/", "trauma_one", BUREAU)
def one_trauma(request: DeskRequest, number: str) -> HttpResponse:
    """One declaration with diagnoses, settlements and checks."""
    one = _found(number)
    note(request, "trauma_seen", number, person_number=one.person_number, region=one.home_region)
    settled = Settlement.objects.filter(encounter=one.id, voids__isnull=True).order_by("settled_at")
    back = {
        again.number: chosen(AGAIN_STATES, again.state) for again in settlement.repeated(encounter=one.id, limit=100)
    }
    return render(
        request,
        "desk/trauma_one.html",
        {
            "e": one,
            "number": number,
            "person": Person.objects.filter(number=one.person_number).first(),
            "institution": Institution.objects.filter(code=one.institution).first(),
            "diagnoses": Diagnosis.objects.filter(encounter=one).order_by("phase", "rank"),
            "settlements": [
                {
                    "row": s,
                    "number": public_id(s.region, s.id),
                    "funds": sum(getattr(s, fund) for fund in settlement.FUNDS),
                    "state": chosen(SETTLEMENT_STATES, s.state),
                    "back": back.get(public_id(s.region, s.id)),
                }
                for s in settled
            ],
            "excluded": one.id in encounter.excluded([one.id]),
            "checks": [(c, chosen(TRAUMA_OUTCOMES, c.outcome)) for c in one.trauma_checks.order_by("at", "id")],
            "outcomes": [(v, chosen(TRAUMA_OUTCOMES, v)["text"]) for v in TRAUMA_OUTCOMES if v != "open"],
            "may": request.scope.may(*CHECKERS),
        },
    )


@page("trauma/<str:number>/check/", "trauma_check", CHECKERS, methods=("POST",), step_up=True)
def check(request: DeskRequest, number: str) -> HttpResponse:
    """Keep what was found; what a third party owes the hospital is asked to take back and settle again."""
    one = _found(number)
    outcome, evidence = request.POST.get("outcome", ""), request.POST.get("evidence", "")
    by = request.user.get_username()

    def work() -> None:
        encounter.check_trauma(one.id, outcome, evidence, by=by)
        if outcome == TraumaCheck.Outcome.EXCLUDED:
            for living in settlement.not_asked_back(one.id):
                settlement.ask_to_settle_again(living, reason=settlement.THIRD_PARTY, by=by)
        note(request, "trauma_checked", number, person_number=one.person_number, region=one.home_region)

    with access.as_platform():
        in_transaction(work)
    messages.success(request, say("核查已登记", "the check is kept"), extra_tags="good")
    return HttpResponseRedirect(reverse("trauma_one", args=[number]))
