"""Client profiles (接入机构): what differs between the systems of institutions, as data that an operator registers.

An institution without a profile speaks plainly: no signature, plain ``input``, the national form of answers. Whether
such institutions are served at all is the installation's choice (``YIJIE_CLIENTS``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from django.conf import settings

from yijie.domain.institution.models import Institution
from yijie.domain.transaction import reading
from yijie.kernel import sm
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text

from .models import Client
from .sealing import seal, unseal

REMEMBERED_SECONDS_MAX = 3.0
REMEMBERED_MAX = 10_000
SEALED = ("secret", "password", "sm4_key", "own_key")
SECRET_MIN = 16
WINDOW_SECONDS_MAX = 24 * 3600


class ClientUnknown(YijieError):
    """The institution has no profile, and this installation serves registered clients only."""

    code = "client.unknown"
    zh = "机构 {institution} 尚未登记接入，请联系医保经办机构登记（yijie client register）"
    en = "institution {institution} is not registered as a client; ask the bureau to register it"


class ClientUnfit(YijieError):
    """A profile that could not work."""

    code = "client.unfit"
    zh = "接入登记有误：{why}"
    en = "the client cannot be registered: {why}"


@dataclass(frozen=True)
class Profile:
    """How one institution's system speaks; the fields are those of the table ``Client``, keys opened."""

    institution: str
    gateway: str = Client.Gateway.NONE
    access_key: str = ""
    secret: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    window_seconds: int = 1800
    signed: str = Client.Signed.NOTHING
    public_key: str = ""
    sm4_key: str = field(default="", repr=False)
    encrypts_output: bool = False
    own_key: str = field(default="", repr=False)
    infcode_as_text: bool = False
    account_in_funds: bool = False
    node_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rate_max: int | None = None

    @cached_property
    def plain(self) -> bool:
        """Whether answers go out as the interface document has them."""
        return not (
            self.encrypts_output or self.own_key or self.infcode_as_text or self.account_in_funds or self.node_names
        )

    def require_fit(self) -> None:
        """Refuse a profile whose parts do not go together."""
        signing = self.gateway in (Client.Gateway.API, Client.Gateway.TIF, Client.Gateway.OAUTH)
        if self.gateway not in Client.Gateway.values or self.signed not in Client.Signed.values:
            raise ClientUnfit(
                why=Text(
                    f"没有网关 {self.gateway} 或签名范围 {self.signed}",
                    f"no gateway {self.gateway}, or nothing is signed as {self.signed}",
                )
            )
        if signing and not (self.access_key and len(self.secret) >= SECRET_MIN):
            raise ClientUnfit(
                why=Text(
                    f"网关 {self.gateway} 需要访问标识和至少 {SECRET_MIN} 个字符的密钥",
                    f"gateway {self.gateway} needs an access key and a secret of at least {SECRET_MIN} characters",
                )
            )
        if self.gateway == Client.Gateway.OAUTH and not (self.username and self.password):
            raise ClientUnfit(why=Text("网关 oauth 需要用户名和口令", "gateway oauth needs a user name and a password"))
        if not 1 <= self.window_seconds <= WINDOW_SECONDS_MAX:
            raise ClientUnfit(
                why=Text(
                    f"时间戳有效秒数应在 1 与 {WINDOW_SECONDS_MAX} 之间",
                    f"a time stamp is good for 1 to {WINDOW_SECONDS_MAX} seconds",
                )
            )
        if self.signed != Client.Signed.NOTHING:
            sm.require_public_key(self.public_key)
        if self.sm4_key and len(self.sm4_key.encode()) != sm.BLOCK_BYTES:
            raise ClientUnfit(why=Text("SM4 密钥须为 16 字节", "an SM4 key has 16 bytes"))
        if self.encrypts_output and not self.sm4_key:
            raise ClientUnfit(why=Text("output 加密需要 SM4 密钥", "an encrypted output needs an SM4 key"))


COLUMNS = tuple(one.name for one in fields(Profile))

_remembered: dict[str, tuple[float, Profile]] = {}


def profile_of(institution: str) -> Profile:
    """The profile of an institution; remembered for a few seconds, so a change takes hold that much later."""
    seen = _remembered.get(institution)
    if seen is not None and time.monotonic() - seen[0] < REMEMBERED_SECONDS_MAX:
        return seen[1]
    row = reading(lambda: Client.objects.filter(institution=institution).values(*COLUMNS).first())
    if row is None and settings.REGISTERED_CLIENTS_ONLY:
        raise ClientUnknown(institution=institution[:30])
    profile = _opened(row) if row else Profile(institution)
    if len(_remembered) >= REMEMBERED_MAX:
        _remembered.clear()
    _remembered[institution] = (time.monotonic(), profile)
    return profile


def profile_by_access_key(access_key: str) -> Profile | None:
    """Some profile with an access key; several institutions may share one."""
    row = Client.objects.filter(access_key=access_key, gateway=Client.Gateway.OAUTH).values(*COLUMNS).first()
    return _opened(row) if row else None


def profiles() -> list[Profile]:
    """Every registered profile, by institution."""
    return [_opened(row) for row in Client.objects.order_by("institution").values(*COLUMNS)]


def profiles_of(prefix: str) -> list[Profile]:
    """The profiles of a region's institutions."""
    institutions = Institution.objects.filter(region__startswith=prefix).values("code")
    found = Client.objects.filter(institution__in=institutions).order_by("institution")
    return [_opened(row) for row in found.values(*COLUMNS)]


def take_over(given: Sequence[Profile]) -> None:
    """Keep profiles that came from another node, their keys sealed anew; what is registered here already stays."""
    Client.objects.bulk_create(
        (Client(institution=one.institution, changed_at=now(), **_sealed(one)) for one in given), ignore_conflicts=True
    )
    _remembered.clear()


def let_go(prefix: str) -> None:
    """Forget the profiles of a region's institutions: another node has them."""
    Client.objects.filter(institution__in=Institution.objects.filter(region__startswith=prefix).values("code")).delete()
    _remembered.clear()


def register(profile: Profile) -> None:
    """Keep a profile; one that was there is replaced."""
    profile.require_fit()
    columns = _sealed(profile)
    Client.objects.update_or_create(institution=profile.institution, defaults=columns | {"changed_at": now()})
    _remembered.pop(profile.institution, None)


def remove(institution: str) -> bool:
    """Forget a profile; whether there was one."""
    removed, _ = Client.objects.filter(institution=institution).delete()
    _remembered.pop(institution, None)
    return removed > 0


def _sealed(profile: Profile) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(profile, name) for name in COLUMNS if name != "institution"}
    for name in SEALED:
        columns[name] = seal(columns[name], f"{profile.institution} {name}") if columns[name] else None
    return columns


def _opened(row: dict[str, Any]) -> Profile:
    opened = {name: unseal(row[name], f"{row['institution']} {name}") for name in SEALED}
    return Profile(**(row | opened))
