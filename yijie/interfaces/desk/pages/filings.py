"""A bureau's filings: the queue, one with its papers and steps, agree, approve, send back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access, filing
from yijie.domain.access import Role
from yijie.domain.enrolment.models import Enrolment, Person
from yijie.domain.filing.models import Filing
from yijie.domain.transaction import in_transaction
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import exported, listed
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.words import ENROLMENT_STATES, FILING_KINDS, FILING_STATES, INSURANCES, chosen
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.region import name_of

SORTS = {"requested": "requested_at", "since": "since", "kind": "kind"}
REVIEWERS = (Role.BENEFIT_OFFICER, Role.REVIEW_OFFICER, Role.SUPERVISOR)
NOTE_MAX = 400


@page("filings/", "filings", BUREAU)
def filings(request: DeskRequest) -> HttpResponse:
    """Filings of the scope; oldest request first, so that nothing waits for ever."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        return exported(request.GET["export"], "filings", _columns(), found.order_by("requested_at"))
    listing = listed(request, found, SORTS, "requested")
    people = dict(
        Person.objects.filter(number__in={row.person_number for row in listing.rows}).values_list("number", "name")
    )
    rows = [_row(one, people.get(one.person_number, "")) for one in listing.rows]
    return render(
        request,
        "desk/filings.html",
        {
            "listing": listing,
            "rows": rows,
            "states": [(value, chosen(FILING_STATES, value)["text"]) for value in FILING_STATES],
            "kinds": [(value, chosen(FILING_KINDS, value)["text"]) for value in FILING_KINDS],
        },
    )


def _filtered(request: DeskRequest) -> QuerySet[Filing]:
    found = Filing.objects.all()
    for name in ("state", "kind"):
        if request.GET.get(name):
            found = found.filter(**{name: request.GET[name][:20]})
    if text := request.GET.get("q", "").strip()[:60]:
        named = parse_public_id(text)
        found = found.filter(id=named[1]) if named else found.filter(person_number=text)
    return found


def _row(one: Filing, name: str) -> dict[str, Any]:
    return {
        "f": one,
        "number": public_id(one.home_region, one.id),
        "person": name,
        "kind": chosen(FILING_KINDS, one.kind)["text"],
        "state": chosen(FILING_STATES, one.state),
    }


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("备案编号", "filing"), lambda one: public_id(one.home_region, one.id)),
        (say("人员编号", "person"), lambda one: one.person_number),
        (say("类型", "kind"), lambda one: chosen(FILING_KINDS, one.kind)["text"]),
        (say("参保地", "home region"), lambda one: name_of(one.home_region)),
        (say("就医地", "care region"), lambda one: name_of(one.care_region)),
        (say("开始", "since"), lambda one: one.since),
        (say("结束", "until"), lambda one: one.until),
        (say("状态", "state"), lambda one: chosen(FILING_STATES, one.state)["text"]),
    ]


def _found(number: str) -> Filing:
    """A filing within the scope by its public number."""
    named = parse_public_id(number)
    one = Filing.objects.filter(id=named[1], home_region=named[0]).first() if named else None
    if one is None:
        raise Http404
    return one


@page("filings/<str:number>/", "filings_one", BUREAU)
def one_filing(request: DeskRequest, number: str) -> HttpResponse:
    """One filing with the person's insurance, what was declared, and every step taken."""
    one = _found(number)
    person = Person.objects.filter(number=one.person_number).first()
    enrolments = Enrolment.objects.filter(person=person) if person else Enrolment.objects.none()
    note(request, "filing_seen", number, person_number=one.person_number, region=one.home_region)
    agreed = filing.agreed_by(one)
    mine = request.scope.may(*REVIEWERS) and one.home_region in request.scope.regions
    last = len(agreed) >= filing.levels_of(one.kind) - 1
    return render(
        request,
        "desk/filing.html",
        _row(one, person.name if person else "")
        | {
            "p": person,
            "enrolments": [
                (e, chosen(INSURANCES, e.insurance)["text"], chosen(ENROLMENT_STATES, e.status)) for e in enrolments
            ],
            "steps": [(s, chosen(FILING_STATES, s.state)) for s in one.steps.order_by("at", "id")],
            "papers": sorted((name, value) for name, value in one.details.items() if value),
            "agreed": agreed,
            "levels": filing.levels_of(one.kind),
            "may_review": mine and one.state == "requested" and not last,
            "may_approve": mine and one.state == "requested" and last and request.scope.may(Role.SUPERVISOR),
            "may_reject": mine and one.state == "requested",
            "own": request.user.get_username() in agreed,
        },
    )


def _decided(request: DeskRequest, number: str, action: str, work: Any, done: str) -> HttpResponse:
    """Run a use case on a filing of the user's own region, put it on record in the same transaction, go on."""
    one = _found(number)
    if one.home_region not in request.scope.regions:
        raise Http404
    by, said = request.user.get_username(), request.POST.get("note", "").strip()[:NOTE_MAX]

    def decide() -> None:
        work(one.id, by=by, note=said)
        note(request, action, number, person_number=one.person_number, region=one.home_region)

    with access.as_platform():
        in_transaction(decide)
    messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(f"{reverse('filings')}?state=requested")


@page("filings/<str:number>/review/", "filings_review", REVIEWERS, methods=("POST",))
def review(request: DeskRequest, number: str) -> HttpResponse:
    """Agree on the way to the last level."""
    return _decided(
        request,
        number,
        "filing_reviewed",
        filing.review,
        say("已审核，等待下一级", "agreed; it waits for the next level"),
    )


@page("filings/<str:number>/approve/", "filings_approve", (Role.SUPERVISOR,), methods=("POST",), step_up=True)
def approve(request: DeskRequest, number: str) -> HttpResponse:
    """Make it effective."""
    return _decided(
        request, number, "filing_approved", filing.approve_reviewed, say("备案已生效", "the filing is effective")
    )


@page("filings/<str:number>/reject/", "filings_reject", REVIEWERS, methods=("POST",))
def reject(request: DeskRequest, number: str) -> HttpResponse:
    """Send it back with a reason the person can read."""
    if not request.POST.get("note", "").strip():
        messages.error(request, say("请写明退回原因", "say why it is sent back"), extra_tags="bad")
        return HttpResponseRedirect(reverse("filings_one", args=[number]))
    return _decided(request, number, "filing_rejected", filing.reject, say("已退回", "sent back"))
