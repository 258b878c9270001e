"""Unknown outcomes: settlements a desk asked for and has not heard of; each is found out, never guessed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.interfaces.desk.attempts import resolve
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import listed
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import BUREAU, HOSPITAL, DeskRequest, page
from yijie.interfaces.desk.words import ATTEMPT_STATES, chosen


@page("unknown/", "unknown", (*HOSPITAL, *BUREAU))
def unknown(request: DeskRequest) -> HttpResponse:
    """The queue, oldest first, and what was resolved before."""
    state = request.GET.get("state", "sent")
    found = Attempt.objects.filter(state=state if state in ATTEMPT_STATES else "sent")
    listing = listed(request, found, {"sent": "sent_at", "total": "total"}, "sent")
    rows = [(one, chosen(ATTEMPT_STATES, one.state)) for one in listing.rows]
    may = request.scope.may(*HOSPITAL)
    states = [(value, chosen(ATTEMPT_STATES, value)["text"]) for value in ATTEMPT_STATES]
    shown = {"listing": listing, "rows": rows, "may_resolve": may, "states": states, "shown": state}
    return render(request, "desk/unknown.html", shown)


@page("unknown/<str:number>/resolve/", "unknown_resolve", HOSPITAL, methods=("POST",))
def resolve_one(request: DeskRequest, number: str) -> HttpResponse:
    """Find out what became of one."""
    known = number.isascii() and number.isdigit() and len(number) < 20
    attempt = known and Attempt.objects.filter(id=int(number), institution__in=request.scope.institutions).first()
    if not attempt:
        raise Http404
    if attempt.state == Attempt.State.SENT:
        resolve(request, attempt)
    if attempt.settlement:
        messages.success(request, say("这笔已经结算成功。", "It was settled after all."), extra_tags="good")
        return HttpResponseRedirect(reverse("settlements_one", args=[attempt.settlement]))
    text = say(
        "这笔没有办成，已撤回，不会再生效；可以重新结算。", "It was never done and is withdrawn for good; settle again."
    )
    messages.success(request, text, extra_tags="warn")
    return HttpResponseRedirect(reverse("hospital_care", args=[attempt.encounter]))
