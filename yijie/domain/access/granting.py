"""Giving roles to users, and the sample users of the sample nation."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from yijie.kernel.dates import now, today

from .models import HOSPITAL_ROLES, Grant, Role, User


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


def ensure_sample_users(wanted: list[SampleUser], password: str) -> None:
    """Make the sample users that are missing, all with one password; those that are there stay as they are."""
    with transaction.atomic():
        there = set(
            User.objects.filter(username__in=[one.username for one in wanted]).values_list("username", flat=True)
        )
        for one in wanted:
            if one.username not in there:
                user = User.objects.create_user(one.username, password=password, display=one.display, sample=True)
                grant(user, one.role, one.place, by="sample")
