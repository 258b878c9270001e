"""What every page passes: signed in, the right role, the reads within the scope, errors as sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from yijie.domain import access
from yijie.domain.access import Happened, Role, Scope
from yijie.kernel.errors import BrokenInvariant, YijieError

from .language import language, say

View = Callable[..., HttpResponse]

BUREAU = (Role.BENEFIT_OFFICER, Role.REVIEW_OFFICER, Role.CLEARING_OFFICER, Role.SUPERVISOR, Role.AUDITOR)
HOSPITAL = (Role.HOSPITAL_DESK, Role.HOSPITAL_OFFICE)
EVERYBODY = tuple(Role)


class DeskRequest(HttpRequest):
    """A request that a page answers: whose it is and what they may see."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Page:
    """A page as registered; the matrix of rights in the tests is made from these."""

    name: str
    route: str
    roles: tuple[Role, ...]
    methods: tuple[str, ...]
    view: View


PAGES: dict[str, Page] = {}


def page(
    route: str, name: str, roles: tuple[Role, ...], *, methods: tuple[str, ...] = ("GET",), step_up: bool = False
) -> Callable[[View], View]:
    """Register a page under ``/desk/``. With ``step_up`` a change asks for the password or code again (15 minutes)."""

    def keep(view: View) -> View:
        scoped = _within_scope(view)
        checked = _for_roles(reauthentication_required(allow_get=True)(scoped) if step_up else scoped, roles)
        PAGES[name] = Page(name, route, roles, methods, require_http_methods([*methods, "HEAD"])(checked))
        return view

    return keep


def routes() -> list[URLPattern]:
    """The addresses of all registered pages."""
    return [path(one.route, one.view, name=one.name) for one in PAGES.values()]


def _within_scope(view: View) -> View:
    @wraps(view)
    def answer(request: DeskRequest, **named: Any) -> HttpResponse:
        with access.scoped(request.scope):
            return view(request, **named)

    return answer


def _for_roles(view: View, roles: tuple[Role, ...]) -> View:
    @wraps(view)
    def answer(request: DeskRequest, **named: Any) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.scope = access.scope_of(user)
        try:
            request.scope.require(*roles)
            return view(request, **named)
        except Http404:
            return sorry(request, 404, say("没有找到", "Not found"))
        except (access.NotAllowed, PermissionDenied) as error:
            note(request, "refused", request.path[:60])
            text = error.text(language()) if isinstance(error, YijieError) else ""
            return sorry(request, 403, say("没有权限", "Not allowed"), text=text)
        except BrokenInvariant:
            raise
        except YijieError as error:
            return sorry(request, 422, say("未能办理", "Not done"), text=error.text(language()), code=error.code)

    return answer


def sorry(request: HttpRequest, status: int, title: str, *, text: str = "", code: str = "") -> HttpResponse:
    """An error page: what happened and what to do."""
    said = {"title": title, "text": text, "code": code, "status": status}
    return render(request, "desk/sorry.html", said, status=status)


def note(request: HttpRequest, action: str, subject: str = "", **facts: Any) -> None:
    """Put on record what the user did or saw; ``facts`` are fields of :class:`Happened`."""
    access.record(
        Happened(
            username=request.user.get_username(),
            action=action,
            subject=subject,
            address=request.META.get("REMOTE_ADDR", ""),
            **facts,
        )
    )
