"""Who did or saw what: searchable by person, user, subject and day; exportable."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from yijie.domain.access import Role
from yijie.domain.access.models import Event
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import exported, listed, within_days
from yijie.interfaces.desk.page import DeskRequest, note, page
from yijie.interfaces.desk.words import ACTIONS, chosen
from yijie.kernel.dates import in_shanghai


@page("records/", "audit", (Role.AUDITOR, Role.ADMINISTRATOR))
def records(request: DeskRequest) -> HttpResponse:
    """Records of the scope, newest first."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "records_exported", details={"asked": request.GET.dict()})
        return exported(request.GET["export"], "records", _columns(), found.order_by("-at"))
    listing = listed(request, found, {"at": "at", "user": "username", "action": "action"}, "-at")
    rows = [(one, chosen(ACTIONS, one.action)) for one in listing.rows]
    actions = sorted((value, chosen(ACTIONS, value)["text"]) for value in ACTIONS)
    return render(request, "desk/audit.html", {"listing": listing, "rows": rows, "actions": actions})


def _filtered(request: DeskRequest) -> QuerySet[Event]:
    found = Event.objects.all()
    if text := request.GET.get("q", "").strip()[:60]:
        found = found.filter(Q(person_number=text) | Q(subject=text) | Q(username=text))
    if request.GET.get("action"):
        found = found.filter(action=request.GET["action"][:40])
    return within_days(request, found, "at")


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("时间", "at"), lambda one: f"{in_shanghai(one.at):%Y-%m-%d %H:%M:%S}"),
        (say("用户", "user"), lambda one: one.username),
        (say("操作", "action"), lambda one: chosen(ACTIONS, one.action)["text"]),
        (say("对象", "subject"), lambda one: one.subject),
        (say("人员编号", "person"), lambda one: one.person_number),
        (say("来源地址", "address"), lambda one: one.address),
    ]
