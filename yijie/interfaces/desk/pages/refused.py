"""The rows behind the overview's refused messages: which, when, why, whose; nothing of what they said."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from yijie.domain.access import Role
from yijie.domain.institution.models import Institution
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import exported, listed, within_days
from yijie.interfaces.desk.page import BUREAU, DeskRequest, note, page
from yijie.interfaces.desk.pages.dashboard import transaction_name
from yijie.interfaces.fsi.models import Refusal
from yijie.interfaces.fsi.tally import REFUSALS_DAYS
from yijie.kernel.dates import in_shanghai

SORTS = {"at": "at", "infno": "infno", "code": "code", "institution": "institution"}


@page("overview/refused/", "dashboard_refused", (*BUREAU, Role.HUB_OPERATOR))
def refused(request: DeskRequest) -> HttpResponse:
    """Refused messages of a period, newest first, of one transaction, code, region or institution where asked."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "refusals_exported", details={"asked": request.GET.dict()})
        return exported(request.GET["export"], "refused", _columns(), found.order_by("-at"))
    listing = listed(request, found, SORTS, "-at")
    names = dict(
        Institution.objects.filter(code__in={one.institution for one in listing.rows}).values_list("code", "name")
    )
    rows = [(one, transaction_name(one.infno), names.get(one.institution, "")) for one in listing.rows]
    return render(request, "desk/refused.html", {"listing": listing, "rows": rows, "days": REFUSALS_DAYS})


def _filtered(request: DeskRequest) -> QuerySet[Refusal]:
    named = {name: request.GET.get(name, "")[:60] for name in ("infno", "code", "region", "institution")}
    found = Refusal.objects.filter(**{name: value for name, value in named.items() if value})
    return within_days(request, found, "at")


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("时间", "at"), lambda one: f"{in_shanghai(one.at):%Y-%m-%d %H:%M:%S}"),
        (say("交易", "transaction"), lambda one: one.infno),
        (say("拒绝代码", "code"), lambda one: one.code),
        (say("医药机构", "institution"), lambda one: one.institution),
        (say("报文 ID", "message"), lambda one: one.msgid),
        (say("平台流水号", "reference"), lambda one: one.reference),
    ]
