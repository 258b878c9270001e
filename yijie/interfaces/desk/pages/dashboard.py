"""The overview: settlements, money by fund, unknown outcomes and flows between regions, each leading to its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render

from yijie.domain.access import Role
from yijie.domain.settlement import FUNDS
from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.language import language
from yijie.interfaces.desk.listing import day_in
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import BUREAU, DeskRequest, page
from yijie.interfaces.statement import FUNDS as PAYERS
from yijie.kernel.dates import SHANGHAI, today

DAYS = 30
FLOWS_MAX = 15


@page("overview/", "dashboard", (*BUREAU, Role.HUB_OPERATOR))
def dashboard(request: DeskRequest) -> HttpResponse:
    """Figures of a period, by default the last thirty days."""
    until = day_in(request, "until") or today()
    since = day_in(request, "since") or until - timedelta(days=DAYS - 1)
    living = Settlement.objects.filter(voids__isnull=True, settled_at__date__gte=since, settled_at__date__lte=until)
    payers = (*FUNDS, "account", "cash")
    sums = living.filter(state="settled").aggregate(
        number=Count("id"), total=Sum("total"), **{f"sum_{p}": Sum(p) for p in payers}
    )
    words = 0 if language() == "zh" else 1
    money = [(PAYERS[p][words], sums[f"sum_{p}"] or 0) for p in payers if sums[f"sum_{p}"]]
    days = list(
        living.annotate(day=TruncDate("settled_at", tzinfo=SHANGHAI))
        .values("day")
        .annotate(n=Count("id"), total=Sum("total"))
        .order_by("day")
    )
    flows = list(
        living.filter(state="settled")
        .exclude(home_region=F("region"))
        .values("home_region", "region")
        .annotate(n=Count("id"), total=Sum("total"))
        .order_by("-total")[:FLOWS_MAX]
    )
    return render(
        request,
        "desk/dashboard.html",
        {
            "since": since,
            "until": until,
            "number": sums["number"],
            "total": sums["total"] or 0,
            "voided": living.filter(state="voided").count(),
            "unknown": Attempt.objects.filter(state="sent").count(),
            "refused": Attempt.objects.filter(state="refused", sent_at__date__gte=since).count(),
            "money": _bars(money),
            "money_height": len(money) * 30,
            "days": days,
            "flows": _bars([(flow, flow["total"]) for flow in flows]),
        },
    )


def _bars(rows: list[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Rows with the length of their bar (0–400) and where it lies; a drawing needs no exact money."""
    longest = max((amount for _, amount in rows), default=0) or 1
    return [
        {
            "label": label,
            "amount": amount,
            "width": max(1, amount * 400 // longest),
            "y": place * 30 + 4,
            "text_y": place * 30 + 20,
        }
        for place, (label, amount) in enumerate(rows)
    ]
