"""What we decide about signing in; the rest is django-allauth's.

Wrong passwords are counted per account and device. A device on which the account signed in before carries a signed
cookie and has a counter of its own, so whoever tries passwords from elsewhere shuts out strangers' devices only, never
the account's owner ("device cookies", OWASP).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse

from yijie.domain import access
from yijie.domain.access import Happened

from .language import say
from .whereabouts import begin

FAILURES_MAX = 5
FAILURES_SECONDS = 900
DEVICE_COOKIE = "yijie_device"
DEVICE_DAYS = 180
_signer = Signer(salt="yijie.device")


class NoSignUp(DefaultAccountAdapter):
    """Users are made by administrators; failures are counted and put on record."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """A password of one's own takes the place of the first one; put on record."""
        user.fresh = False
        super().set_password(user, password)
        access.record(Happened(username=user.username, action="password_changed"))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse while this device has failed too often on this account."""
        if cache.get(_counter(request, credentials.get("username", "")), 0) >= FAILURES_MAX:
            raise ValidationError(
                say("密码错误次数过多，请 15 分钟后再试", "too many wrong passwords; try again in 15 minutes"),
                code="too_many_login_attempts",
            )
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count and put on record."""
        username = credentials.get("username", "")
        counter = _counter(request, username)
        cache.add(counter, 0, FAILURES_SECONDS)
        cache.incr(counter)
        _note(request, "sign_in_failed", username)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Put on record, and remember the device."""
        known = _is_known(request, user.username)
        _note(request, "sign_in" if known else "sign_in_new_device", user.username)
        cache.delete(_counter(request, user.username))
        begin(request)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            DEVICE_COOKIE,
            _signer.sign(f"{_digest(user.username)}-{secrets.token_hex(8)}"),
            max_age=DEVICE_DAYS * 86400,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
        return response


class KnownUsersOnly(DefaultSocialAccountAdapter):
    """A bureau's own sign-in leads to users whom an administrator has connected; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False


def _note(request: HttpRequest, action: str, username: str) -> None:
    access.record(Happened(username=username[:150], action=action, address=request.META.get("REMOTE_ADDR", "")))


def _digest(username: str) -> str:
    return hashlib.sha256(username.encode()).hexdigest()[:16]


def _is_known(request: HttpRequest, username: str) -> bool:
    return _device(request).startswith(f"{_digest(username)}-")


def _device(request: HttpRequest) -> str:
    try:
        return _signer.unsign(request.COOKIES.get(DEVICE_COOKIE, ""))
    except BadSignature:
        return ""


def _counter(request: HttpRequest, username: str) -> str:
    device = _device(request) if _is_known(request, username) else "strangers"
    return f"failed:{_digest(username)}:{device}"
