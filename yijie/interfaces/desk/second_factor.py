"""Whoever works with real data has a password of their own and a second factor: until then pages lead there."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

ALWAYS_OPEN = ("/desk/account/", "/desk/static/", "/desk/language/")


def require_second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; sample users of the demonstration are let through without."""

    def answer(request: HttpRequest) -> HttpResponse:
        user = request.user
        needs = user.is_authenticated and not user.sample and not request.path.startswith(ALWAYS_OPEN)
        if needs and user.fresh:
            return redirect("account_change_password")
        if needs and not is_mfa_enabled(user):
            return redirect("mfa_index")
        return get_response(request)

    return answer
