"""Policies in words: what holds in a pool since when and on which source; its versions, and what two differ in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from yijie.domain import decision
from yijie.domain.access import Role
from yijie.domain.decision.models import PolicyPack
from yijie.engines.benefit import Policy
from yijie.engines.benefit.compare import Change, compare
from yijie.interfaces.desk.language import language
from yijie.interfaces.desk.page import BUREAU, DeskRequest, page
from yijie.kernel.dates import today

READERS = (*BUREAU, Role.HOSPITAL_OFFICE, Role.HUB_OPERATOR)


@page("policies/", "policies", READERS)
def policies(request: DeskRequest) -> HttpResponse:
    """The pools that have a policy, with the days on which something changes and what is declared unknown."""
    text = request.GET.get("q", "").strip()[:30]
    shown = [one for one in _in_force() if text in one.name.zh or text.lower() in one.name.en.lower()]
    rows = [
        {
            "region": one.region,
            "name": one.name.say(language()),
            "layers": len(one.layers),
            "next": next((day for day in one.change_days if day > today()), None),
            "last": max((day for day in one.change_days if day <= today()), default=None),
            "gaps": len(one.gaps),
            "version": one.fingerprint[:12],
        }
        for one in shown
    ]
    return render(request, "desk/policies.html", {"rows": rows})


def _in_force() -> list[Policy]:
    return sorted(decision.packs().values(), key=lambda one: one.region)


def _policy(region: str, version: str) -> Policy:
    """A kept version of a pool's policy by the beginning of its fingerprint; the one in force where none is named."""
    if not version:
        pack = decision.packs().get(region)
    else:
        kept = PolicyPack.objects.filter(region=region, fingerprint__startswith=version[:64]).first()
        pack = decision.kept_pack(kept.fingerprint) if kept and version.isalnum() else None
    if pack is None:
        raise Http404
    return pack


@page("policies/<str:region>/", "policies_one", READERS)
def policy(request: DeskRequest, region: str) -> HttpResponse:
    """One pool's policy in words, its files, its versions."""
    version = request.GET.get("version", "")
    one = _policy(region, version)
    kept = PolicyPack.objects.filter(region=region).defer("files").order_by("-kept_at")[:50]
    now_in_force = decision.packs().get(region)
    return render(
        request,
        "desk/policy.html",
        {
            "p": one,
            "name": one.name.say(language()),
            "rows": [_row(change) for change in _figures(one)],
            "gaps": [gap.say(language()) for gap in one.gaps],
            "files": sorted(one.files.items()) if request.GET.get("files") else [],
            "versions": [
                (k, k.fingerprint[:12], bool(now_in_force and k.fingerprint == now_in_force.fingerprint)) for k in kept
            ],
            "shown": one.fingerprint[:12],
        },
    )


def _figures(one: Policy) -> tuple[Change, ...]:
    """Every figure of a policy: what changes from one that says nothing to this one."""
    return compare(replace(one, layers=(), adjusters=(), conventions={}, gaps=()), one)


@page("policies/<str:region>/difference/", "policies_difference", READERS)
def difference(request: DeskRequest, region: str) -> HttpResponse:
    """What changes between two versions, from when, for whom, in words (the same as ``yijie policy diff``)."""
    before, after = (_policy(region, request.GET.get(name, "")) for name in ("before", "after"))
    return render(
        request,
        "desk/policy_difference.html",
        {
            "region": region,
            "name": after.name.say(language()),
            "before": before.fingerprint[:12],
            "after": after.fingerprint[:12],
            "rows": [_row(change) for change in compare(before, after)],
        },
    )


def _row(change: Change) -> dict[str, Any]:
    words = language()
    return {
        "where": change.where.say(words),
        "whom": change.whom.say(words),
        "before": change.before.say(words),
        "after": change.after.say(words),
        "since": change.since,
        "until": change.until,
        "source": change.source,
    }
