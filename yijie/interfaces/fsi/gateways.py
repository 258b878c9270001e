"""Gateway authentication: is the sender of a request the institution whose profile it claims?

Which family counts is said by the profile, never by the request, so that a request cannot choose the weaker one.

========  =====================================================================  ==================================
family    headers                                                                what is signed
========  =====================================================================  ==================================
api       ``_api_name _api_version _api_timestamp`` (ms) ``_api_access_key       the four other headers, by name, as
          _api_signature``                                                       ``k=v`` joined by ``&``; HMAC-SHA1
tif       ``x-tif-paasid x-tif-timestamp`` (s) ``x-tif-nonce x-tif-signature``   timestamp secret nonce timestamp;
                                                                                 SHA-256
oauth     ``Authorization: Bearer``                                              a token of :mod:`.tokens`
none      nothing                                                                nothing: a private network
========  =====================================================================  ==================================

None of them signs the body, so they belong inside TLS; :mod:`.bodies` has the signature that covers content. A tif
nonce is bound to the bytes it came with: the same request sent again whole is a retry and is answered, as the message
ids behind it allow; other bytes under a used nonce are refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from yijie.domain.transaction import execute, fetch, in_transaction
from yijie.kernel.dates import SHANGHAI, now
from yijie.kernel.language import Text

from .clients import Profile
from .gateway_errors import CallerUnknown, HeadersMissing, NonceUsed, SignatureWrong, StampExpired
from .models import Client
from .tokens import require_token

STAMP_SECONDS_DIGITS, STAMP_MILLISECONDS_DIGITS = 10, 13
NONCE_MAX = 64
CLEANED_EVERY_SECONDS = 60.0
CLEANED_ROWS_MAX = 20_000

Headers = Mapping[str, Any]
"""Request headers as WSGI names them: ``HTTP__API_NAME``, ``HTTP_X_TIF_NONCE``."""


def authenticate(profile: Profile, headers: Headers, infno: str, body: bytes) -> None:
    """Refuse a request whose headers do not prove that it comes from the institution of ``profile``."""
    FAMILIES[profile.gateway](profile, headers, infno, body)


def _api(profile: Profile, headers: Headers, infno: str, _body: bytes) -> None:
    names = ("_api_access_key", "_api_name", "_api_timestamp", "_api_version")
    sent = _sent(profile, headers, *names, "_api_signature")
    _require_moment(profile, sent["_api_timestamp"])
    _require_key(profile, sent["_api_access_key"])
    signed = "&".join(f"{name}={sent[name]}" for name in names)
    expected = base64.b64encode(hmac.digest(profile.secret.encode(), signed.encode(), "sha1")).decode()
    _require_signature(expected, sent["_api_signature"])
    if sent["_api_name"].upper() != infno:
        raise SignatureWrong(
            why=Text(
                f"_api_name 为 {sent['_api_name'][:20]}，报文交易编号为 {infno}",
                f"_api_name is {sent['_api_name'][:20]}, the message {infno}",
            )
        )


def _tif(profile: Profile, headers: Headers, _infno: str, body: bytes) -> None:
    sent = _sent(profile, headers, "x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")
    stamp, nonce = sent["x-tif-timestamp"], sent["x-tif-nonce"]
    moment = _require_moment(profile, stamp)
    _require_key(profile, sent["x-tif-paasid"])
    expected = hashlib.sha256(f"{stamp}{profile.secret}{nonce}{stamp}".encode()).hexdigest()
    _require_signature(expected, sent["x-tif-signature"].lower())
    if len(nonce) > NONCE_MAX:
        raise SignatureWrong(
            why=Text(f"x-tif-nonce 超过 {NONCE_MAX} 个字符", f"x-tif-nonce has more than {NONCE_MAX} characters")
        )
    until = moment + timedelta(seconds=profile.window_seconds)
    _use_nonce(profile.access_key, f"{stamp} {nonce}", hashlib.sha256(body).digest(), until)


def _oauth(profile: Profile, headers: Headers, _infno: str, _body: bytes) -> None:
    kind, _, token = _sent(profile, headers, "Authorization")["Authorization"].partition(" ")
    if kind.lower() != "bearer":
        raise HeadersMissing(names="Authorization: Bearer", gateway=profile.gateway)
    require_token(profile, token.strip())


def _none(_profile: Profile, _headers: Headers, _infno: str, _body: bytes) -> None:
    """Whoever reaches the platform on this network is believed."""


FAMILIES: dict[str, Callable[[Profile, Headers, str, bytes], None]] = {
    Client.Gateway.API: _api,
    Client.Gateway.TIF: _tif,
    Client.Gateway.OAUTH: _oauth,
    Client.Gateway.NONE: _none,
}


def _sent(profile: Profile, headers: Headers, *names: str) -> dict[str, str]:
    sent = {name: str(headers.get(f"HTTP_{name.upper().replace('-', '_')}", "")).strip() for name in names}
    missing = [name for name, value in sent.items() if not value]
    if missing:
        raise HeadersMissing(names="、".join(missing), gateway=profile.gateway)
    return sent


def _require_moment(profile: Profile, stamp: str) -> datetime:
    """The moment of a time stamp in seconds or milliseconds, within the profile's window of the present."""
    present = now()
    if stamp.isascii() and stamp.isdigit() and len(stamp) in (STAMP_SECONDS_DIGITS, STAMP_MILLISECONDS_DIGITS):
        moment = datetime.fromtimestamp(int(stamp[:STAMP_SECONDS_DIGITS]), SHANGHAI)
        if abs(present - moment) <= timedelta(seconds=profile.window_seconds):
            return moment
    raise StampExpired(stamp=stamp[:20], window=profile.window_seconds, clock=f"{present:%Y-%m-%d %H:%M:%S}")


def _require_key(profile: Profile, key: str) -> None:
    if not hmac.compare_digest(key.encode(), profile.access_key.encode()):
        raise CallerUnknown(key=key[:20], institution=profile.institution)


def _require_signature(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureWrong(
            why=Text("请核对密钥、签名原文与编码", "check the secret, the text that is signed, and its encoding")
        )


def _use_nonce(access_key: str, nonce: str, request: bytes, until: datetime) -> None:
    """Keep a nonce, or find that it was used. The commit is not awaited: a lost nonce only lets a retry pass."""
    _forget_old_nonces()
    [(kept,)] = in_transaction(lambda: _keep_nonce(access_key, nonce, request, until))
    if bytes(kept) != request:
        raise NonceUsed


def _keep_nonce(access_key: str, nonce: str, request: bytes, until: datetime) -> list[tuple[Any, ...]]:
    execute("SET LOCAL synchronous_commit = off")
    inserted = fetch(
        "INSERT INTO fsi_nonce (access_key, nonce, request, until) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING request",
        [access_key, nonce, request, until],
    )
    return inserted or fetch("SELECT request FROM fsi_nonce WHERE (access_key, nonce) = (%s, %s)", [access_key, nonce])


class _Cleaning:
    """When this process last looked for nonces whose time is over."""

    lock = threading.Lock()
    last = 0.0


def _forget_old_nonces() -> None:
    with _Cleaning.lock:
        if time.monotonic() - _Cleaning.last < CLEANED_EVERY_SECONDS:
            return
        _Cleaning.last = time.monotonic()
    in_transaction(
        lambda: execute(
            "DELETE FROM fsi_nonce WHERE (access_key, nonce) IN"
            " (SELECT access_key, nonce FROM fsi_nonce WHERE until < %s LIMIT %s FOR UPDATE SKIP LOCKED)",
            [now(), CLEANED_ROWS_MAX],
        )
    )
