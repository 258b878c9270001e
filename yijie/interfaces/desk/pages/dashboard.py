"""The overview: settlements, money by fund, outcomes, latency, flows between regions; figures lead to their rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render

from yijie.domain.access import Role
from yijie.domain.settlement import FUNDS
from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.drawing import columns, flows
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.listing import day_in
from yijie.interfaces.desk.models import Attempt
from yijie.interfaces.desk.page import BUREAU, DeskRequest, page
from yijie.interfaces.desk.templatetags.desk import money, region
from yijie.interfaces.fsi.models import Tally
from yijie.interfaces.fsi.tables import transaction
from yijie.interfaces.fsi.tally import MS_BOUNDS
from yijie.interfaces.statement import FUNDS as PAYERS
from yijie.kernel.dates import SHANGHAI, today
from yijie.kernel.region import names

DAYS = 30
DAYS_MAX = 366
FLOWS_MAX = 12
ROWS_MAX = 12


@page("overview/", "dashboard", (*BUREAU, Role.HUB_OPERATOR))
def dashboard(request: DeskRequest) -> HttpResponse:
    """Figures of a period, by default the last thirty days, of one region or of all that the user sees."""
    until = day_in(request, "until") or today()
    since = max(day_in(request, "since") or until - timedelta(days=DAYS - 1), until - timedelta(days=DAYS_MAX))
    where = request.GET.get("region", "")
    where = where if where in names() else ""
    living = Settlement.objects.filter(voids__isnull=True, settled_at__date__gte=since, settled_at__date__lte=until)
    if where:
        living = living.filter(Q(region=where) | Q(home_region=where))
    attempts = Attempt.objects.filter(sent_at__date__gte=since, sent_at__date__lte=until)
    told = Tally.objects.filter(day__gte=since, day__lte=until)
    if where:
        attempts, told = attempts.filter(region=where), told.filter(region=where)
    query = f"since={since}&until={until}" + (f"&place={where}" if where else "")
    shown = {
        "since": since,
        "until": until,
        "query": query,
        "rows_query": query.replace("&place=", "&region="),
        "regions": [(code, region(code)) for code in _regions(living)],
        "voided": living.filter(state="voided").count(),
        "unknown": attempts.filter(state="sent").count(),
        "refused": attempts.filter(state="refused").count(),
    }
    return render(request, "desk/dashboard.html", shown | _money(living) | _days(living) | _flows(living) | _told(told))


def _regions(living: QuerySet[Settlement]) -> list[str]:
    pairs = living.values_list("home_region", "region").distinct()
    return sorted({code for pair in pairs for code in pair})


def _money(living: QuerySet[Settlement]) -> dict[str, Any]:
    """Number, total, and who paid how much, with the length of each bar."""
    payers = (*FUNDS, "account", "cash")
    sums = living.filter(state="settled").aggregate(
        number=Count("id"), total=Sum("total"), **{f"sum_{payer}": Sum(payer) for payer in payers}
    )
    words = 0 if language() == "zh" else 1
    paid = [(PAYERS[payer][words], sums[f"sum_{payer}"]) for payer in payers if sums[f"sum_{payer}"]]
    longest = max((amount for _, amount in paid), default=1)
    bars = [
        {
            "label": label,
            "amount": amount,
            "width": max(1, amount * 400 // longest),
            "y": at * 30 + 4,
            "text": at * 30 + 20,
        }
        for at, (label, amount) in enumerate(paid)
    ]
    return {"number": sums["number"], "total": sums["total"] or 0, "money": bars, "money_height": len(bars) * 30}


def _days(living: QuerySet[Settlement]) -> dict[str, Any]:
    days = list(
        living.annotate(day=TruncDate("settled_at", tzinfo=SHANGHAI))
        .values("day")
        .annotate(n=Count("id"), total=Sum("total"), voided=Count("id", filter=Q(state="voided")))
        .order_by("-day")[:DAYS]
    )
    drawn = columns([one["n"] for one in reversed(days)])
    return {"days": days, "columns": drawn, "columns_width": max(24 * len(days), 240)}


def _flows(living: QuerySet[Settlement]) -> dict[str, Any]:
    """Flows from home to care regions, the largest as a picture, all shown ones as rows."""
    found = list(
        living.filter(state="settled")
        .exclude(home_region=F("region"))
        .values("home_region", "region")
        .annotate(n=Count("id"), total=Sum("total"))
        .order_by("-total")[:FLOWS_MAX]
    )
    picture = flows(
        [
            (
                region(one["home_region"]),
                region(one["region"]),
                one["total"],
                f"{region(one['home_region'])} → {region(one['region'])} {money(one['total'])}",
            )
            for one in found
        ]
    )
    return {"flows": found, "picture": picture}


def _told(found: QuerySet[Tally]) -> dict[str, Any]:
    """Messages by transaction: how many, how many refused, how quick; and why they were refused."""
    sums: dict[str, dict[str, Any]] = {}
    reasons: dict[str, int] = {}
    for infno, code, number, classes in found.values_list("infno", "code", "number", "classes")[:50_000]:
        one = sums.setdefault(infno, {"number": 0, "refused": 0, "classes": [0] * (len(MS_BOUNDS) + 1)})
        one["number"] += number
        one["classes"] = [a + b for a, b in zip(one["classes"], classes, strict=True)]
        if code:
            one["refused"] += number
            reasons[code] = reasons.get(code, 0) + number
    rows = sorted(sums.items(), key=lambda pair: -pair[1]["number"])[:ROWS_MAX]
    told = [
        {
            "infno": infno,
            "name": transaction_name(infno),
            "number": one["number"],
            "refused": one["refused"],
            "share": 100 * one["refused"] // one["number"],
            "half": within(one["classes"], 50),
            "most": within(one["classes"], 95),
        }
        for infno, one in rows
    ]
    return {"told": told, "reasons": sorted(reasons.items(), key=lambda pair: -pair[1])[:ROWS_MAX]}


def transaction_name(infno: str) -> str:
    """What a transaction is called in the national document."""
    return transaction(infno).name if infno.isdigit() else say("无交易编号", "no transaction")


def within(classes: list[int], share: int) -> str:
    """Milliseconds within which that share of a hundred was answered, as a bound: ≤ 25 ms."""
    wanted, seen = sum(classes) * share, 0
    for bound, number in zip((*MS_BOUNDS, None), classes, strict=True):
        seen += number
        if seen * 100 >= wanted:
            return f"≤ {bound} ms" if bound else f"> {MS_BOUNDS[-1]} ms"
    return "–"
