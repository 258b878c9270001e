"""A bureau's filings: the queue, and many decided at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access, filing
from yijie.domain.access import Role
from yijie.domain.enrolment.models import Person
from yijie.domain.filing.models import Filing
from yijie.domain.transaction import in_transaction
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.listing import exported, listed
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.templatetags.desk import region
from yijie.interfaces.desk.words import FILING_KINDS, FILING_STATES, chosen
from yijie.kernel.dates import in_shanghai, today
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import parse_public_id, public_id

SORTS = {"requested": "requested_at", "since": "since", "kind": "kind", "care": "care_region"}
REVIEWERS = (Role.BENEFIT_OFFICER, Role.REVIEW_OFFICER, Role.SUPERVISOR)
NOTE_MAX = 400
BATCH_MAX = 100
DECIDED_WITHIN_DAYS = 2
"""The house's own aim, by which the queue marks what waits too long."""


@page("filings/", "filings", BUREAU)
def filings(request: DeskRequest) -> HttpResponse:
    """Filings of the scope; oldest request first, so that nothing waits for ever."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "filings_exported", details={"asked": request.GET.dict()})
        return exported(request.GET["export"], "filings", _columns(), found.order_by("requested_at"))
    listing = listed(request, found, SORTS, "requested")
    people = dict(
        Person.objects.filter(number__in={row.person_number for row in listing.rows}).values_list("number", "name")
    )
    return render(
        request,
        "desk/filings.html",
        {
            "listing": listing,
            "rows": [row_of(one, people.get(one.person_number, "")) for one in listing.rows],
            "states": [(value, chosen(FILING_STATES, value)["text"]) for value in FILING_STATES],
            "kinds": [(value, chosen(FILING_KINDS, value)["text"]) for value in FILING_KINDS],
            "waits": [
                ("late", say("超过两日", "over two days")),
                ("follow", say("转诊待随访", "referral to follow up")),
            ],
            "may": request.scope.may(*REVIEWERS),
            "supervisor": request.scope.may(Role.SUPERVISOR),
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
    if request.GET.get("waits") == "late":
        found = found.filter(
            state=Filing.State.REQUESTED, requested_at__date__lt=today() - timedelta(days=DECIDED_WITHIN_DAYS)
        )
    elif request.GET.get("waits") == "follow":
        found = filing.to_follow_up(found)
    return found


def row_of(one: Filing, name: str) -> dict[str, Any]:
    """A filing as lists and pages show it."""
    open_days = (today() - in_shanghai(one.requested_at).date()).days
    return {
        "f": one,
        "number": public_id(one.home_region, one.id),
        "person": name,
        "kind": chosen(FILING_KINDS, one.kind)["text"],
        "state": chosen(FILING_STATES, one.state),
        "days": open_days if one.state == Filing.State.REQUESTED else None,
        "late": one.state == Filing.State.REQUESTED and open_days > DECIDED_WITHIN_DAYS,
    }


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("备案编号", "filing"), lambda one: public_id(one.home_region, one.id)),
        (say("人员编号", "person"), lambda one: one.person_number),
        (say("类型", "kind"), lambda one: chosen(FILING_KINDS, one.kind)["text"]),
        (say("参保地", "home region"), lambda one: region(one.home_region)),
        (say("就医地", "care region"), lambda one: region(one.care_region)),
        (say("开始", "since"), lambda one: one.since),
        (say("结束", "until"), lambda one: one.until),
        (say("状态", "state"), lambda one: chosen(FILING_STATES, one.state)["text"]),
    ]


Work = Callable[..., Any]
DECISIONS: dict[str, tuple[Work, str, tuple[Role, ...]]] = {
    "review": (filing.review, "filing_reviewed", REVIEWERS),
    "approve": (filing.approve_reviewed, "filing_approved", (Role.SUPERVISOR,)),
    "reject": (filing.reject, "filing_rejected", REVIEWERS),
}


@page("filings/batch/", "filings_batch", REVIEWERS, methods=("POST",), step_up=True)
def batch(request: DeskRequest) -> HttpResponse:
    """Decide the filings ticked, each for itself: one that cannot be is named and does not stop the others."""
    decision, said = request.POST.get("decision", ""), request.POST.get("note", "").strip()[:NOTE_MAX]
    back = HttpResponseRedirect(f"{reverse('filings')}?state=requested")
    if decision not in DECISIONS or (decision == "reject" and not said):
        messages.error(
            request, say("请选择办理方式；退回须写明原因", "choose; say why when sending back"), extra_tags="bad"
        )
        return back
    request.scope.require(*DECISIONS[decision][2])
    done = 0
    for number in request.POST.getlist("take")[:BATCH_MAX]:
        named = parse_public_id(number)
        one = named and Filing.objects.filter(id=named[1], home_region__in=request.scope.regions).first()
        if not one:
            continue
        try:
            decide(request, one, decision, said)
        except YijieError as refused:
            messages.error(request, f"{number}: {refused.text(language())}", extra_tags="bad")
        else:
            done += 1
    if done:
        messages.success(request, say(f"已办理 {done} 件", f"{done} done"), extra_tags="good")
    return back


def decide(request: DeskRequest, one: Filing, decision: str, said: str) -> None:
    """Run a decision on a filing of the user's own region and put it on record in the same transaction."""
    work, action, _ = DECISIONS[decision]
    number = public_id(one.home_region, one.id)

    def decided() -> None:
        work(one.id, by=request.user.get_username(), note=said)
        note(request, action, number, person_number=one.person_number, region=one.home_region)

    with access.as_platform():
        in_transaction(decided)
