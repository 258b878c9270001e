"""Accounts and roles, given by administrators; and the sample users of the sample nation."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction

from yijie.domain import institution
from yijie.kernel.dates import now, today
from yijie.kernel.errors import YijieError
from yijie.kernel.language import Text
from yijie.kernel.region import NATION, is_region, pool_of

from .models import HOSPITAL_ROLES, Grant, Role, User
from .recording import Happened, record
from .scope import Scope

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{2,49}")
FIRST_PASSWORD_BYTES = 15


class AccountUnfit(YijieError):
    """An account or a role that cannot be given."""

    code = "access.account_unfit"
    zh = "不能办理：{why}"
    en = "this cannot be done: {why}"


class SampleUser(NamedTuple):
    """A user of the demonstration."""

    username: str
    display: str
    role: Role
    place: str
    """Region code, or institution code for hospital roles."""


def grant(user: User, role: Role, place: str, *, by: str) -> Grant:
    """Give a user a role for a region, or for an institution where the role is a hospital's."""
    where = {"institution": place} if role in HOSPITAL_ROLES else {"region": place}
    found, _ = Grant.objects.get_or_create(
        user=user, role=role, since=today(), **where, defaults={"granted_by": by, "granted_at": now()}
    )
    return found


def open_account(username: str, display: str, *, by: str) -> tuple[User, str]:
    """Make a user with a first password that is told once and must be changed at the first sign-in."""
    if not USERNAME.fullmatch(username):
        raise AccountUnfit(
            why=Text("用户名须为 3 至 50 位字母、数字、点或横线", "3 to 50 letters, digits, dots or hyphens")
        )
    if User.objects.filter(username__iexact=username).exists():
        raise AccountUnfit(why=Text("用户名已被使用", "the user name is taken"))
    password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
    user = User.objects.create_user(username, password=password, display=display.strip()[:50] or username, fresh=True)
    record(Happened(username=by, action="account_opened", subject=username))
    return user, password


def first_password(user: User, *, by: str) -> str:
    """A new first password for somebody who lost theirs; every session and second factor of the account ends."""
    password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
    user.set_password(password)
    user.fresh = True
    user.save(update_fields=["password", "fresh"])
    record(Happened(username=by, action="password_reset", subject=user.username))
    return password


def set_active(user: User, active: bool, *, by: str) -> None:
    """Shut an account or open it again."""
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(Happened(username=by, action="account_opened" if active else "account_shut", subject=user.username))


def grant_role(user: User, role: str, place: str, *, until: date | None, granter: Scope) -> Grant:
    """Give a role for a place that the granter administers; nobody gives roles to themselves."""
    if role not in Role.values:
        raise AccountUnfit(why=Text("没有这个岗位", "there is no such role"))
    if user.username == granter.username:
        raise AccountUnfit(why=Text("不能给自己授权", "nobody grants roles to themselves"))
    require_own_place(role, place, granter)
    given = grant(user, Role(role), place, by=granter.username)
    if until is not None:
        end_grant(given, until, by=granter.username)
    record(Happened(username=granter.username, action="role_granted", subject=user.username, details={"role": role}))
    return given


def end_grant(given: Grant, last_day: date, *, by: str) -> None:
    """A grant holds until the end of a day; one that would end before it began is taken away."""
    if last_day < given.since:
        given.delete()
    else:
        given.until = last_day
        given.save(update_fields=["until"])
    record(Happened(username=by, action="role_ended", subject=given.user.username, details={"role": given.role}))


def require_own_place(role: str, place: str, granter: Scope) -> None:
    """Refuse a region or an institution that is not of the granter's regions."""
    if Role(role) in HOSPITAL_ROLES:
        found = institution.find(code=place) if place else []
        region = pool_of(found[0].region) if found else ""
    else:
        region = place if place == NATION or is_region(place) else ""
    if not region or (NATION not in granter.regions and region not in granter.regions):
        raise AccountUnfit(why=Text(f"{place} 不在您管理的地区", f"{place} is not of a region you administer"))


def ensure_sample_users(wanted: list[SampleUser], password: str) -> None:
    """Make the sample users that are missing, all with one password; those that are there stay as they are."""
    with transaction.atomic():
        there = set(
            User.objects.filter(username__in=[one.username for one in wanted]).values_list("username", flat=True)
        )
        hashed = make_password(password) if len(there) < len(wanted) else ""
        for one in wanted:
            if one.username not in there:
                user = User.objects.create(username=one.username, password=hashed, display=one.display, sample=True)
                grant(user, one.role, one.place, by="sample")
