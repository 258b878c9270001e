"""The operator's page: how this node stands with the others; an attempt explained, and ended where that is safe.

What is read and what is done is the business of :mod:`yijie.interfaces.node`; ``yijie node status`` and ``yijie node
resolve`` tell and do the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access
from yijie.domain.access import Role
from yijie.domain.decision.models import Hold
from yijie.domain.settlement.models import Attempt
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.page import DeskRequest, page
from yijie.interfaces.desk.words import CASE_KINDS, NODE_ACTIONS, NODE_STATES, chosen
from yijie.interfaces.node.resolve import NotByHand, explained, remedy, resolved
from yijie.interfaces.node.status import SHOWN_MAX, Open, PeerStanding, positions, standing
from yijie.kernel.dates import now

LATE_SECONDS = 60
"""Peers are asked every two seconds; one that has not answered for a minute is marked."""
OPERATORS = (Role.HUB_OPERATOR, Role.ADMINISTRATOR)


@page("nodes/", "nodes", OPERATORS)
def nodes(request: DeskRequest) -> HttpResponse:
    """Peers, what waits, what is open and how old, what was refused; numbers lead on where the scope shows them."""
    if request.GET.get("number"):
        return HttpResponseRedirect(reverse("nodes_one", args=[str(_number(request.GET["number"].strip()))]))
    with access.as_platform():
        seen, pairs = standing(), positions()
    listed = [one.number for rows in (seen.attempts, seen.holds, seen.cases, seen.ended) for one in rows]
    return render(
        request,
        "desk/nodes.html",
        {
            "seen": seen,
            "peers": [_peer(one) for one in seen.peers],
            "attempts": _aged(seen.attempts),
            "holds": _aged(seen.holds),
            "ages": _ages(seen.holds_by_age),
            "cases": [(one, chosen(CASE_KINDS, one.kind)) for one in seen.cases],
            "ended": [(one, chosen(NODE_ACTIONS, one.state)) for one in seen.ended],
            "pairs": sorted(pairs, key=lambda one: one.agree)[:SHOWN_MAX],
            "pairs_all": len(pairs),
            "pairs_differ": sum(not one.agree for one in pairs),
            "most": SHOWN_MAX,
            "open_to": _visible(listed),
        },
    )


def _peer(one: PeerStanding) -> dict[str, Any]:
    """A peer with its role, how long ago it answered, since when the oldest message waits."""
    heard, waits = _since(one.heard_at), _since(one.oldest_at)
    return {
        "p": one,
        "state": chosen(NODE_STATES, one.role if one.state == "active" else one.state),
        "heard": _age(heard) if heard is not None else "",
        "late": heard is not None and heard > LATE_SECONDS,
        "waits": _age(waits) if waits is not None else "–",
    }


def _since(at: datetime | None) -> float | None:
    return (now() - at).total_seconds() if at else None


def _aged(rows: list[Open]) -> list[tuple[Open, dict[str, str], str]]:
    return [(one, chosen(NODE_ACTIONS, one.action), _age((now() - one.at).total_seconds())) for one in rows]


def _age(seconds: float) -> str:
    """How old in one unit, rounded down."""
    for size, zh, en in ((86_400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {say(zh, en)}"
    return f"{max(int(seconds), 0)} {say('秒', 's')}"


def _ages(counts: tuple[int, int, int]) -> list[tuple[str, int, str]]:
    young, old, stuck = counts
    return [
        (say("20 秒以内", "under 20 s"), young, ""),
        (say("5 分钟以内", "under 5 min"), old, ""),
        (say("5 分钟以上", "over 5 min"), stuck, "warn" if stuck else ""),
    ]


def _visible(numbers: list[int]) -> set[int]:
    """Those of which the user's scope shows the attempt or the hold."""
    shown = set(Attempt.objects.filter(id__in=numbers).values_list("id", flat=True))
    return shown | set(Hold.objects.filter(attempt__in=numbers).values_list("attempt", flat=True))


def _number(text: str) -> int:
    """An attempt's number that the scope shows; 404 otherwise."""
    known = text.isascii() and text.isdigit() and len(text) < 19
    if not known or not _visible([int(text)]):
        raise Http404
    return int(text)


@page("nodes/<str:number>/", "nodes_one", OPERATORS)
def one_attempt(request: DeskRequest, number: str) -> HttpResponse:
    """What is known here of an attempt, and what may be done about it by hand."""
    asked = _number(number)
    shown: dict[str, Any] = {"number": asked, "known": [], "offer": "", "why_not": ""}
    with access.as_platform():
        for one in explained(asked):
            facts = [(label.say(language()), value.say(language()), value.zh == value.en) for label, value in one.facts]
            shown["known"].append((one.title.say(language()), facts))
        try:
            shown["offer"] = remedy(asked).offer.say(language())
        except NotByHand as error:
            shown["why_not"] = error.text(language())
    return render(request, "desk/node_attempt.html", shown)


@page("nodes/<str:number>/resolve/", "nodes_resolve", OPERATORS, methods=("POST",), step_up=True)
def resolve(request: DeskRequest, number: str) -> HttpResponse:
    """End it where that is safe; the reason stays on record with who gave it."""
    asked = _number(number)
    with access.as_platform():
        done = resolved(
            asked,
            request.POST.get("reason", ""),
            by=request.user.get_username(),
            address=request.META.get("REMOTE_ADDR", ""),
        )
    messages.success(request, done.say(language()), extra_tags="good")
    return HttpResponseRedirect(reverse("nodes_one", args=[str(asked)]))
