"""The desk's own database connection: within :func:`scoped` everything that is read is read by it.

The whole domain asks ``django.db.connection``. Within the block that name stands for a connection of the role
``yijie_desk`` (see :mod:`.region_scope`), for this thread only; :func:`as_platform` is the way back for a use case that
writes, after the page has found, within the scope, what it is about to change.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from yijie.domain.transaction import fetch

from .region_scope import DESK_ROLE
from .scope import Scope

SCOPE_SECONDS_MAX = 120
"""How long a signed scope is good for; a page takes far less."""

_own = threading.local()
_keys: dict[str, bytes] = {}


@contextmanager
def scoped(scope: Scope) -> Iterator[None]:
    """Within the block this thread reads through the desk's role, and sees the scope only."""
    platform = connections["default"]
    key = _key(platform.settings_dict["NAME"])
    desk = _desk_connection(platform)
    connections["default"], _own.platform = desk, platform
    try:
        with transaction.atomic():
            token = _signed(scope, desk.connection.info.backend_pid, key)
            fetch("SELECT set_config('yijie.scope', %s, true)", [token])
            yield
    finally:
        connections["default"], _own.platform = platform, None


@contextmanager
def as_platform() -> Iterator[None]:
    """Within the block this thread works as the platform again, to run a use case that checks for itself."""
    desk, platform = connections["default"], getattr(_own, "platform", None)
    connections["default"] = platform or desk
    try:
        yield
    finally:
        connections["default"] = desk


def _signed(scope: Scope, pid: int, key: bytes) -> str:
    said = {
        "pid": pid,
        "until": int(time.time()) + SCOPE_SECONDS_MAX,  # noqa: TID251  PostgreSQL compares it with its own clock
        "regions": scope.regions,
        "institutions": scope.institutions,
    }
    body = json.dumps(said).encode().hex()
    return f"{body}.{hmac.new(key, body.encode(), 'sha256').hexdigest()}"


def _key(database: str) -> bytes:
    if database not in _keys:
        [(key,)] = fetch("SELECT key FROM access_scopekey WHERE id = 1")
        _keys[database] = bytes(key)
    return _keys[database]


def _desk_connection(platform: Any) -> Any:
    """This thread's connection of the desk's role to the database the platform works on."""
    wanted = dict(platform.settings_dict) | _address(platform.settings_dict) | {"CONN_HEALTH_CHECKS": True}
    there = getattr(_own, "desk", None)
    if there is None or there.settings_dict["NAME"] != wanted["NAME"] or there.settings_dict["HOST"] != wanted["HOST"]:
        if there is not None:
            there.close()
        there = _own.desk = type(platform)(wanted, alias="default")
    there.close_if_unusable_or_obsolete()
    there.ensure_connection()
    return there


def _address(platform: dict[str, Any]) -> dict[str, Any]:
    if settings.DESK_DATABASE:
        return dict(settings.DESK_DATABASE)
    options = {name: value for name, value in platform["OPTIONS"].items() if name != "user"}
    return {"USER": DESK_ROLE, "PASSWORD": "", "OPTIONS": options}
