"""The first page: what waits for the user, one search over everything."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access
from yijie.domain.access.models import Event
from yijie.domain.enrolment.models import Person
from yijie.domain.filing.models import Filing
from yijie.domain.settlement import by_number
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import BUREAU, EVERYBODY, HOSPITAL, DeskRequest, note, page
from yijie.interfaces.fsi.models import Message
from yijie.kernel.dates import now
from yijie.kernel.ids import parse_public_id

COUNT_MAX = 1000
SETTLING = ("2102", "2207", "2260", "2304", "YJ03")
"""Messages whose ids lead to a settlement."""
DEVICE_DAYS = 14
"""How long a sign-in on a new device is asked about."""


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
            "device": unconfirmed_device(request),
        },
    )


@page("device/", "device", EVERYBODY, methods=("POST",))
def device(request: DeskRequest) -> HttpResponse:
    """The user says whether a sign-in on a new device was theirs; if not, every other session ends at once."""
    found = unconfirmed_device(request)
    if found:
        note(request, "device_confirmed" if request.POST.get("mine") else "device_denied", str(found.id))
    if request.POST.get("mine"):
        return HttpResponseRedirect(reverse("home"))
    with access.as_platform():
        for session in UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key):
            session.end()
    return HttpResponseRedirect(reverse("account_change_password"))


def unconfirmed_device(request: DeskRequest) -> Event | None:
    """The newest sign-in on a device not seen before that nobody has owned to; a first sign-in ever is none."""
    since = now() - timedelta(days=DEVICE_DAYS)
    with access.as_platform():
        own = Event.objects.filter(username=request.user.get_username(), at__gte=since)
        found = own.filter(action="sign_in_new_device").order_by("-at").first()
        if found is None or not own.filter(action__startswith="sign_in", at__lt=found.at).exists():
            return None
        said = own.filter(action__in=["device_confirmed", "device_denied"], subject=str(found.id))
        return None if said.exists() else found


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
    made = Message.objects.filter(msgid=asked, infno__in=SETTLING, subject__isnull=False).first()
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
