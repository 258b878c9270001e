"""One filing: the person, the papers, every step; agree, approve, send back, hand over, ask after, settle again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access, filing, settlement
from yijie.domain.access import Role
from yijie.domain.enrolment.models import Enrolment, Person
from yijie.domain.filing.models import Filing
from yijie.domain.transaction import in_transaction
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.pages.filings import NOTE_MAX, REVIEWERS, decide, row_of
from yijie.interfaces.desk.words import (
    ENROLMENT_STATES,
    FILING_CHANNELS,
    FILING_STATES,
    INSURANCES,
    PAPER_NAMES,
    chosen,
)
from yijie.kernel.ids import parse_public_id
from yijie.kernel.language import Text


def found_filing(request: DeskRequest, number: str, *, own: bool = False) -> Filing:
    """A filing within the scope by its public number; with ``own`` one whose home region is the user's."""
    named = parse_public_id(number)
    one = Filing.objects.filter(id=named[1], home_region=named[0]).first() if named else None
    if one is None or (own and one.home_region not in request.scope.regions):
        raise Http404
    return one


@page("filings/<str:number>/", "filings_one", BUREAU)
def one_filing(request: DeskRequest, number: str) -> HttpResponse:
    """One filing with the person's insurance, what was declared, its papers and every step taken."""
    one = found_filing(request, number)
    person = Person.objects.filter(number=one.person_number).first()
    enrolments = Enrolment.objects.filter(person=person) if person else Enrolment.objects.none()
    note(request, "filing_seen", number, person_number=one.person_number, region=one.home_region)
    agreed, levels = filing.agreed_by(one), filing.levels_of(one.kind)
    mine = request.scope.may(*REVIEWERS) and one.home_region in request.scope.regions
    waiting, last = mine and one.state == Filing.State.REQUESTED, len(agreed) >= levels - 1
    in_force = mine and one.state == Filing.State.APPROVED
    return render(
        request,
        "desk/filing.html",
        row_of(one, person.name if person else "")
        | {
            "p": person,
            "channel": chosen(FILING_CHANNELS, one.channel)["text"],
            "enrolments": [
                (e, chosen(INSURANCES, e.insurance)["text"], chosen(ENROLMENT_STATES, e.status)) for e in enrolments
            ],
            "steps": [(s, chosen(FILING_STATES, s.state)) for s in one.steps.order_by("at", "id")],
            "declared": [
                (chosen(PAPER_NAMES, name)["text"], value) for name, value in sorted(one.details.items()) if value
            ],
            "papers": one.papers.defer("content").order_by("added_at"),
            "agreed": agreed,
            "levels": levels,
            "mine": mine,
            "may_review": waiting and not last,
            "may_approve": waiting and last and request.scope.may(Role.SUPERVISOR),
            "waiting": waiting,
            "own": request.user.get_username() in agreed,
            "referral": in_force and one.kind == "referral",
            "late_covered": settlement.covered_late(one) if in_force else [],
        },
    )


def _decided(request: DeskRequest, number: str, decision: str, done: str) -> HttpResponse:
    said = request.POST.get("note", "").strip()[:NOTE_MAX]
    if decision == "reject" and not said:
        messages.error(request, say("请写明退回原因", "say why it is sent back"), extra_tags="bad")
        return HttpResponseRedirect(reverse("filings_one", args=[number]))
    decide(request, found_filing(request, number, own=True), decision, said)
    messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(f"{reverse('filings')}?state=requested")


@page("filings/<str:number>/review/", "filings_review", REVIEWERS, methods=("POST",))
def review(request: DeskRequest, number: str) -> HttpResponse:
    """Agree on the way to the last level."""
    return _decided(request, number, "review", say("已审核，等待下一级", "agreed; it waits for the next level"))


@page("filings/<str:number>/approve/", "filings_approve", (Role.SUPERVISOR,), methods=("POST",), step_up=True)
def approve(request: DeskRequest, number: str) -> HttpResponse:
    """Make it effective."""
    return _decided(request, number, "approve", say("备案已生效", "the filing is effective"))


@page("filings/<str:number>/reject/", "filings_reject", REVIEWERS, methods=("POST",))
def reject(request: DeskRequest, number: str) -> HttpResponse:
    """Send it back with a reason the person can read."""
    return _decided(request, number, "reject", say("已退回", "sent back"))


def _told(request: DeskRequest, number: str, work: Any, action: str, done: str) -> HttpResponse:
    """Run a use case that adds to a filing, put it on record, back to the filing."""
    one = found_filing(request, number, own=True)

    def told() -> None:
        work(one)
        note(request, action, number, person_number=one.person_number, region=one.home_region)

    with access.as_platform():
        in_transaction(told)
    messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(reverse("filings_one", args=[number]))


@page("filings/<str:number>/papers/", "filings_papers", REVIEWERS, methods=("POST",))
def papers(request: DeskRequest, number: str) -> HttpResponse:
    """Take in a paper that was handed over at the counter."""
    found_filing(request, number, own=True)
    uploaded = request.FILES.get("file")
    if uploaded is None or (uploaded.size or 0) > 2 * filing.PAPER_BYTES_MAX:
        raise filing.PaperUnfit(why=Text("没有选择文件或文件过大", "no file was chosen, or it is too large"))
    name, content, by = uploaded.name or "", uploaded.read(), request.user.get_username()
    work = lambda one: filing.add_paper(one, name, content, by=by)  # noqa: E731  named for the call below
    return _told(request, number, work, "paper_added", say("材料已接收", "the paper was taken in"))


@page("filings/<str:number>/papers/<str:paper>/", "filings_paper", BUREAU)
def paper(request: DeskRequest, number: str, paper: str) -> HttpResponse:
    """A paper as it came; never shown within our pages."""
    one = found_filing(request, number)
    known = paper.isascii() and paper.isdigit() and len(paper) < 20
    kept = one.papers.filter(id=int(paper)).first() if known else None
    if kept is None:
        raise Http404
    note(request, "paper_seen", number, person_number=one.person_number, region=one.home_region)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[kept.kind]
    response = HttpResponse(bytes(kept.content), content_type=kept.kind)
    response["Content-Disposition"] = f'attachment; filename="paper-{kept.id}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@page("filings/<str:number>/hand-over/", "filings_hand_over", REVIEWERS, methods=("POST",))
def hand_over(request: DeskRequest, number: str) -> HttpResponse:
    """The records went to the receiving hospital."""
    said, by = request.POST.get("note", "").strip()[:NOTE_MAX], request.user.get_username()
    work = lambda one: filing.hand_over(one.id, by=by, note=said)  # noqa: E731  named for the call below
    return _told(request, number, work, "records_handed_over", say("已登记病历移交", "kept"))


@page("filings/<str:number>/follow-up/", "filings_follow_up", REVIEWERS, methods=("POST",))
def follow_up(request: DeskRequest, number: str) -> HttpResponse:
    """How the patient fares."""
    said, by = request.POST.get("note", "").strip()[:NOTE_MAX], request.user.get_username()
    work = lambda one: filing.follow_up(one.id, by=by, note=said)  # noqa: E731  named for the call below
    return _told(request, number, work, "followed_up", say("已登记随访", "kept"))


@page("filings/<str:number>/again/", "filings_again", REVIEWERS, methods=("POST",), step_up=True)
def again(request: DeskRequest, number: str) -> HttpResponse:
    """Ask institutions to settle again what a late filing would have covered."""
    by = request.user.get_username()

    def work(one: Filing) -> None:
        for row in settlement.covered_late(one):
            settlement.ask_to_settle_again(row[0], reason="late_filing", by=by, filing=one.id)

    return _told(request, number, work, "resettlement_asked", say("已要求医院重新结算", "the hospital was asked"))
