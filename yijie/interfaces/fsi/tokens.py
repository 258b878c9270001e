"""Tokens of the OAuth2 gateway: handed out for a user name and password of a registered client, good for ten minutes.

A token says whose it is and until when, signed with the installation's key; nothing is stored. It ends early when the
client's secret changes, because a digest of the secret is part of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.core.signing import BadSignature, Signer

from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .clients import Profile, profile_by_access_key
from .gateway_errors import CallerUnknown, SignatureWrong, StampExpired, TokenRefused
from .sealing import installation_key

TOKEN_SECONDS = 600
DIGEST_CHARACTERS = 16


def new_token(authorization: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of the token endpoint to ``grant_type=password`` with Basic client id and secret."""
    if form.get("grant_type") != "password":
        raise TokenRefused(why=Text("grant_type 应为 password", "grant_type must be password"))
    client_id, client_secret = _basic(authorization)
    profile = profile_by_access_key(client_id)
    given = (client_secret, str(form.get("username", "")), str(form.get("password", "")))
    kept = (profile.secret, profile.username, profile.password) if profile else ("", "", "")
    same = [hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(given, kept, strict=True)]
    if profile is None or not all(same):
        raise TokenRefused(
            why=Text(
                "client_id、client_secret、username 或 password 不正确",
                "client_id, client_secret, username or password is wrong",
            )
        )
    until = int(now().timestamp()) + TOKEN_SECONDS
    token = _signer().sign(f"{profile.access_key}:{until}:{_digest(profile)}")
    return {
        "access_token": base64.urlsafe_b64encode(token.encode()).decode().rstrip("="),
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": str(form.get("scope", ""))[:100],
    }


def require_token(profile: Profile, token: str) -> None:
    """Refuse a token that is not this client's, is too old, or was made before its secret changed."""
    try:
        said = _signer().unsign(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
        access_key, until, digest = said.rsplit(":", 2)
    except (BadSignature, binascii.Error, ValueError) as error:
        raise SignatureWrong(why=Text("令牌无效，请重新获取", "the token is not valid, get a new one")) from error
    if access_key != profile.access_key or digest != _digest(profile):
        raise CallerUnknown(key=access_key[:20], institution=profile.institution)
    if int(until) < now().timestamp():
        raise StampExpired(stamp=until, window=TOKEN_SECONDS, clock=f"{now():%Y-%m-%d %H:%M:%S}")


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        client_id = ""
    if kind.lower() != "basic" or not client_id:
        raise TokenRefused(why=Text("缺少 Authorization: Basic", "Authorization: Basic is missing"))
    return client_id, secret


def _digest(profile: Profile) -> str:
    return hashlib.sha256(profile.secret.encode()).hexdigest()[:DIGEST_CHARACTERS]


def _signer() -> Signer:
    return Signer(key=installation_key().hex(), salt="yijie.gateway.token")
