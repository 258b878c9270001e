"""Accounts that move with their region to another node: those who work for it, with what they may do there.

A person signs in at the new node as before: user name, password and second factors come along (secrets, to be sealed by
whoever carries them). What a person may do elsewhere, and who did what before, stays where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet

from yijie.domain.institution.models import Institution
from yijie.kernel.dates import now
from yijie.kernel.errors import YijieError
from yijie.kernel.ids import new_id

from .models import Event, Grant, User

ACCOUNT = ("username", "password", "display", "sample", "fresh", "is_active")
GRANT = ("role", "region", "institution", "since", "until", "granted_by", "granted_at")
FACTOR = ("type", "data", "created_at", "last_used_at")
IDENTITY = ("provider", "uid")
BY = "hand-over"


class GrantOutside(YijieError):
    """A role that comes with a region but is not of it."""

    code = "access.grant_outside"
    zh = "随地区 {prefix} 移交的账号 {username} 带有其他地区的岗位（{place}），未作任何改动"
    en = "account {username} comes with region {prefix} but has a role elsewhere ({place}); nothing was changed"


def accounts_of(prefix: str) -> list[dict[str, Any]]:
    """Everybody with a role in a region or at one of its institutions; the rows hold secrets."""
    grants = _grants_of(prefix)
    users = {
        row.pop("id"): row | {"grants": [], "factors": [], "identities": []}
        for row in User.objects.filter(grants__in=grants).distinct().order_by("username").values("id", *ACCOUNT)
    }
    for name, fields, rows in (
        ("grants", GRANT, grants),
        ("factors", FACTOR, Authenticator.objects.filter(user__in=users)),
        ("identities", IDENTITY, SocialAccount.objects.filter(user__in=users)),
    ):
        for row in rows.order_by("pk").values("user_id", *fields):
            users[row.pop("user_id")][name].append(row)
    return list(users.values())


def _grants_of(prefix: str) -> QuerySet[Grant]:
    institutions = Institution.objects.filter(region__startswith=prefix).values("code")
    return Grant.objects.filter(Q(region__startswith=prefix) | Q(institution__in=institutions))


def take_accounts(rows: list[dict[str, Any]], prefix: str) -> dict[str, str]:
    """Keep accounts that came; returns those who got another user name, old → new.

    A name that somebody has here already is not that person's: whoever comes gets the region's prefix behind theirs,
    so that nobody ever receives another's rights. Only sample users of one name are the same. Refused whole where a
    role is not of the region (:class:`GrantOutside`).
    """
    _require_of_region(rows, prefix)
    here = {user.username.lower(): user for user in User.objects.all()}
    renamed: dict[str, str] = {}
    fresh: list[User] = []
    owners: list[User] = []
    for row in rows:
        known = here.get(row["username"].lower())
        if known and known.sample and row["sample"]:
            owners.append(known)
            continue
        name = _free(row["username"], prefix, here)
        if name != row["username"]:
            renamed[row["username"]] = name
        fresh.append(User(**{field: row[field] for field in ACCOUNT} | {"username": name}))
        owners.append(fresh[-1])
        here[name.lower()] = fresh[-1]
    User.objects.bulk_create(fresh)
    came = list(zip(owners, rows, strict=True))
    Grant.objects.bulk_create(_made(Grant, came, "grants"), ignore_conflicts=True)
    new = [(owner, row) for owner, row in came if owner in fresh]
    Authenticator.objects.bulk_create(_made(Authenticator, new, "factors"))
    SocialAccount.objects.bulk_create(_made(SocialAccount, new, "identities"), ignore_conflicts=True)
    Event.objects.bulk_create(
        Event(id=new_id(), at=now(), username=BY, action="account_taken_over", subject=owner.username[:60])
        for owner in owners
    )
    return renamed


def _require_of_region(rows: list[dict[str, Any]], prefix: str) -> None:
    """Whoever gives a region away gives no rights beyond it."""
    institutions = set(Institution.objects.filter(region__startswith=prefix).values_list("code", flat=True))
    for row in rows:
        for one in row["grants"]:
            if not (one["region"].startswith(prefix) if one["region"] else one["institution"] in institutions):
                raise GrantOutside(prefix=prefix, username=row["username"], place=one["region"] or one["institution"])


def _free(name: str, prefix: str, taken: dict[str, User]) -> str:
    candidates = [name, f"{name}.{prefix}", *(f"{name}.{prefix}.{n}" for n in range(2, len(taken) + 3))]
    return next(one for one in candidates if one.lower() not in taken)


def _made(model: type[Any], came: Iterable[tuple[User, dict[str, Any]]], what: str) -> list[Any]:
    return [model(user=owner, **one) for owner, row in came for one in row[what]]


def let_accounts_go(prefix: str) -> int:
    """Roles of a region that is another node's now end; who has none left is shut, with nothing to sign in by."""
    grants = _grants_of(prefix)
    owners = list(grants.values_list("user_id", flat=True))
    grants.delete()
    left = User.objects.filter(pk__in=owners, grants__isnull=True)
    numbers = list(left.values_list("pk", flat=True))
    Authenticator.objects.filter(user__in=numbers).delete()
    SocialAccount.objects.filter(user__in=numbers).delete()
    User.objects.filter(pk__in=numbers).update(is_active=False, password=make_password(None))
    return len(numbers)
