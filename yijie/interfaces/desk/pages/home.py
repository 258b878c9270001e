"""The first page: what waits for the user, one search over everything."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from yijie.domain.enrolment.models import Person
from yijie.domain.filing.models import Filing
from yijie.domain.settlement import by_number
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import BUREAU, EVERYBODY, HOSPITAL, DeskRequest, page
from yijie.interfaces.fsi.models import Message
from yijie.kernel.ids import parse_public_id

COUNT_MAX = 1000


@page("", "home", EVERYBODY)
def home(request: DeskRequest) -> HttpResponse:
    """What waits, by role."""
    scope = request.scope
    waiting = Filing.objects.filter(state=Filing.State.REQUESTED, home_region__in=scope.regions)[:COUNT_MAX].count()
    unknown = Attempt.objects.filter(state=Attempt.State.SENT)[:COUNT_MAX].count()
    return render(
        request,
        "desk/home.html",
        {
            "filings": waiting if scope.may(*BUREAU) else None,
            "unknown": unknown if scope.may(*HOSPITAL, *BUREAU) else None,
            "hospital": scope.may(*HOSPITAL),
            "bureau": scope.may(*BUREAU),
            "nothing": not scope.roles,
        },
    )


@page("search/", "search", (*HOSPITAL, *BUREAU), methods=("POST",))
def search(request: DeskRequest) -> HttpResponse:
    """Straight to a settlement, a filing or a message's settlement; else to the person, or the person's settlements."""
    asked = request.POST.get("q", "").strip()[:60]
    named = parse_public_id(asked)
    if named and by_number(asked):
        return HttpResponseRedirect(reverse("settlements_one", args=[asked]))
    bureau = request.scope.may(*BUREAU)
    if bureau and named and Filing.objects.filter(id=named[1], home_region=named[0]).exists():
        return HttpResponseRedirect(reverse("filings_one", args=[asked]))
    made = Message.objects.filter(msgid=asked, infno__in=["2207", "2304"], subject__isnull=False).first()
    if made:
        return HttpResponseRedirect(f"{reverse('settlements')}?id={made.subject}")
    if bureau:
        request.session["people"] = asked
        return HttpResponseRedirect(reverse("people"))
    person = Person.objects.filter(Q(number=asked) | Q(certificate_number=asked.upper())).first()
    return HttpResponseRedirect(f"{reverse('settlements')}?{_query(person.number if person else asked)}")


def _query(asked: str) -> str:
    query = QueryDict(mutable=True)
    query["q"] = asked
    return query.urlencode()
