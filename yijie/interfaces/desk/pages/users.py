"""Users and roles: opened by administrators of the place, ended by them, every step on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access
from yijie.domain.access import Grant, Role, Scope, User
from yijie.domain.institution.models import Institution
from yijie.domain.transaction import in_transaction
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import listed
from yijie.interfaces.desk.page import DeskRequest, note, page
from yijie.interfaces.desk.templatetags.desk import region
from yijie.interfaces.desk.words import ROLES, chosen
from yijie.kernel.dates import today
from yijie.kernel.language import Text
from yijie.kernel.region import NATION

KEEPERS = (Role.ADMINISTRATOR,)


def _administered(scope: Scope) -> QuerySet[User]:
    """Users with a role in a region of the administrator's, and those who have none yet."""
    if NATION in scope.regions:
        return User.objects.all()
    pools = Institution.objects.filter(_in_regions(scope)).values("code")
    here = Q(grants__region__in=scope.regions) | Q(grants__institution__in=pools) | Q(grants__isnull=True)
    return User.objects.filter(here).distinct()


def _in_regions(scope: Scope) -> Q:
    """Institutions of these pools: a city's begin with its first four digits, a province's with two."""
    found = Q(pk__in=[])
    for code in scope.regions:
        found |= Q(region__startswith=code[:2] if code.endswith("0000") else code[:4])
    return found


@page("users/", "users", KEEPERS)
def users(request: DeskRequest) -> HttpResponse:
    """Users of the administrator's regions with their roles."""
    with access.as_platform():
        found = _administered(request.scope)
        if text := request.GET.get("q", "").strip()[:50]:
            found = found.filter(Q(username__icontains=text) | Q(display__contains=text))
        listing = listed(request, found, {"name": "username", "seen": "last_login"}, "name")
        grants: dict[int, list[Grant]] = {}
        for one in Grant.objects.filter(user__in=[u.pk for u in listing.rows]).order_by("role"):
            grants.setdefault(one.user_id, []).append(one)
        factors = set(
            Authenticator.objects.filter(user__in=[u.pk for u in listing.rows]).values_list("user_id", flat=True)
        )
    rows = [
        {"user": one, "roles": [_shown(g) for g in grants.get(one.pk, []) if _holds(g)], "factor": one.pk in factors}
        for one in listing.rows
    ]
    return render(request, "desk/users.html", {"listing": listing, "rows": rows})


def _holds(given: Grant) -> bool:
    return given.since <= today() and (given.until is None or given.until >= today())


def _shown(given: Grant) -> dict[str, Any]:
    place = region(given.region) if given.region else given.institution
    return {"g": given, "role": chosen(ROLES, given.role)["text"], "place": place, "holds": _holds(given)}


def _found(request: DeskRequest, number: str) -> User:
    """A user whom this administrator keeps; 404 otherwise."""
    known = number.isascii() and number.isdigit() and len(number) < 18
    one = _administered(request.scope).filter(pk=int(number)).first() if known else None
    if one is None:
        raise Http404
    return one


@page("users/open/", "users_open", KEEPERS, methods=("POST",), step_up=True)
def open_account(request: DeskRequest) -> HttpResponse:
    """Open an account; its first password is shown once."""
    with access.as_platform():
        made, password = in_transaction(
            lambda: access.open_account(
                request.POST.get("username", "").strip(),
                request.POST.get("display", ""),
                by=request.user.get_username(),
            )
        )
    return render(request, "desk/first_password.html", {"u": made, "password": password})


@page("users/<str:number>/", "users_one", KEEPERS)
def one_user(request: DeskRequest, number: str) -> HttpResponse:
    """One user: roles, sessions, second factors."""
    with access.as_platform():
        one = _found(request, number)
        grants = [_shown(g) for g in Grant.objects.filter(user=one).order_by("-since", "role")]
        sessions = list(UserSession.objects.filter(user=one).order_by("-last_seen_at")[:20])
        factors = list(Authenticator.objects.filter(user=one).values_list("type", flat=True))
    return render(
        request,
        "desk/user.html",
        {
            "u": one,
            "grants": grants,
            "sessions": sessions,
            "factors": factors,
            "roles": [(role.value, chosen(ROLES, role.value)["text"]) for role in Role],
            "self": one.pk == request.user.pk,
            "providers": _providers(),
        },
    )


@page("users/<str:number>/password/", "users_password", KEEPERS, methods=("POST",), step_up=True)
def password(request: DeskRequest, number: str) -> HttpResponse:
    """A new first password; sessions and second factors of the account end."""
    with access.as_platform():
        one = _not_oneself(request, number)

        def work() -> str:
            for session in UserSession.objects.filter(user=one):
                session.end()
            Authenticator.objects.filter(user=one).delete()
            return access.first_password(one, by=request.user.get_username())

        made = in_transaction(work)
    return render(request, "desk/first_password.html", {"u": one, "password": made})


@page("users/<str:number>/active/", "users_active", KEEPERS, methods=("POST",), step_up=True)
def active(request: DeskRequest, number: str) -> HttpResponse:
    """Shut the account, its sessions with it, or open it again."""
    with access.as_platform():
        one = _not_oneself(request, number)
        if one.is_active:
            for session in UserSession.objects.filter(user=one):
                session.end()
        access.set_active(one, not one.is_active, by=request.user.get_username())
    return _back(request, number)


@page("users/<str:number>/grant/", "users_grant", KEEPERS, methods=("POST",), step_up=True)
def grant(request: DeskRequest, number: str) -> HttpResponse:
    """Give a role for a region or an institution."""
    place = request.POST.get("place", "").strip()[:12]
    try:
        until = date.fromisoformat(request.POST["until"]) if request.POST.get("until") else None
    except ValueError:
        until = None
    with access.as_platform():
        one = _found(request, number)
        role = request.POST.get("role", "")
        in_transaction(lambda: access.grant_role(one, role, place, until=until, granter=request.scope))
    return _back(request, number)


@page("users/<str:number>/connect/", "users_connect", KEEPERS, methods=("POST",), step_up=True)
def connect(request: DeskRequest, number: str) -> HttpResponse:
    """Connect the account with an identity of a bureau's own sign-in (OIDC ``sub``)."""
    with access.as_platform():
        one = _not_oneself(request, number)
    provider, uid = request.POST.get("provider", ""), request.POST.get("uid", "").strip()[:190]
    if provider not in dict(_providers()) or not uid:
        raise access.AccountUnfit(why=Text("请选择登录单位并填写用户标识", "choose the provider and give the subject"))
    with access.as_platform():
        if SocialAccount.objects.filter(provider=provider, uid=uid).exists():
            raise access.AccountUnfit(why=Text("该标识已关联", "this identity is connected already"))
        SocialAccount.objects.create(user=one, provider=provider, uid=uid)
    note(request, "identity_connected", one.username)
    return _back(request, number)


def _providers() -> list[tuple[str, str]]:
    """Bureaus' own sign-ins as configured: id and name."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [(one["provider_id"], one["name"]) for one in apps]


@page("users/<str:number>/end/", "users_end", KEEPERS, methods=("POST",), step_up=True)
def end(request: DeskRequest, number: str) -> HttpResponse:
    """End a role today."""
    with access.as_platform():
        one = _found(request, number)
        known = request.POST.get("grant", "")
        given = Grant.objects.filter(user=one, pk=int(known)).first() if known.isdigit() and len(known) < 18 else None
        if given is None:
            raise Http404
        access.require_own_place(given.role, given.institution or given.region, request.scope)
        access.end_grant(given, today() - timedelta(days=1), by=request.user.get_username())
    return _back(request, number)


def _not_oneself(request: DeskRequest, number: str) -> User:
    one = _found(request, number)
    if one.pk == request.user.pk:
        raise access.AccountUnfit(why=Text("不能对自己的账号办理", "not of one's own account"))
    return one


def _back(request: DeskRequest, number: str) -> HttpResponse:
    messages.success(request, say("已办理", "done"), extra_tags="good")
    return HttpResponseRedirect(reverse("users_one", args=[number]))
