"""A session belongs to the browser it began in: in another it ends; from another network it must prove itself.

What ends a session needs no cleverness to be right: a browser does not change its name in the middle of a day.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yijie.domain import access
from yijie.domain.access import Happened
from yijie.kernel.dates import now

from .language import say

BROWSER, NETWORK, SINCE = "browser", "network", "since"


def stay_where_it_began(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; put on record when something is odd."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        browser, network = _browser(request), _network(request)
        if now().timestamp() - request.session.setdefault(SINCE, now().timestamp()) > settings.SESSION_SECONDS_MAX:
            logout(request)
            return redirect("account_login")
        began = request.session.setdefault(BROWSER, browser), request.session.setdefault(NETWORK, network)
        if began[0] != browser:
            _note(request, "browser")
            logout(request)
            return redirect("account_login")
        if began[1] != network:
            _note(request, "network")
            request.session[NETWORK] = network
            request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)
            text = say(
                "您的网络位置变了；办理业务前会再次核验身份。", "you are on another network; you will be asked again."
            )
            messages.warning(request, text, extra_tags="warn")
        return get_response(request)

    return answer


def begin(request: HttpRequest) -> None:
    """Remember where a session begins."""
    request.session.update({BROWSER: _browser(request), NETWORK: _network(request), SINCE: now().timestamp()})


def _browser(request: HttpRequest) -> str:
    return hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:32]


def _network(request: HttpRequest) -> str:
    """The /24 or /48 an address lies in; homes and offices keep theirs, thieves have another."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def _note(request: HttpRequest, what: str) -> None:
    access.record(
        Happened(
            username=request.user.get_username(),
            action="session_changed",
            address=request.META.get("REMOTE_ADDR", ""),
            details={"what": what},
        )
    )
