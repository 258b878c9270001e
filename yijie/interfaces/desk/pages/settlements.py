"""Settlements: the list, and one with its whole life."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from yijie.domain import ledger
from yijie.domain.access.models import Event
from yijie.domain.enrolment.models import Person
from yijie.domain.institution.models import Institution
from yijie.domain.settlement import FUNDS
from yijie.domain.settlement.models import Settlement
from yijie.interfaces.desk.client import fresh_id
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.life import life_of
from yijie.interfaces.desk.listing import exported, listed, within_days
from yijie.interfaces.desk.page import BUREAU, HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.pages.deadlines import without_list
from yijie.interfaces.desk.templatetags.desk import region
from yijie.interfaces.desk.words import ACCOUNTS, ACTIONS, SETTLEMENT_STATES, chosen
from yijie.interfaces.fsi.models import Message
from yijie.interfaces.statement import CATEGORIES, FUNDS as PAYERS, Statement, statement_of
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import parse_public_id, public_id
from yijie.kernel.money import yuan

READERS = (*HOSPITAL, *BUREAU)
TOLD_MAX = 200
SORTS = {"at": "settled_at", "total": "total", "cash": "cash", "home": "home_region"}


@page("settlements/", "settlements", READERS)
def settlements(request: DeskRequest) -> HttpResponse:
    """Settlements of the scope, newest first; ``export`` gives them as a file."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "settlements_exported", details={"asked": request.GET.dict()})
        return exported(request.GET["export"], "settlements", _columns(), found.order_by("-settled_at", "-pk"))
    listing = listed(request, found, SORTS, "-at")
    names = dict(
        Person.objects.filter(number__in={row.person_number for row in listing.rows}).values_list("number", "name")
    )
    hospitals = dict(
        Institution.objects.filter(code__in={row.institution for row in listing.rows}).values_list("code", "name")
    )
    rows = [
        {
            "row": row,
            "number": public_id(row.region, row.id),
            "person": names.get(row.person_number, ""),
            "institution": hospitals.get(row.institution, row.institution),
            "funds": _funds(row),
            "state": chosen(SETTLEMENT_STATES, row.state),
        }
        for row in listing.rows
    ]
    return render(request, "desk/settlements.html", {"listing": listing, "rows": rows, "states": _states()})


def _states() -> list[tuple[str, str]]:
    return [(value, chosen(SETTLEMENT_STATES, value)["text"]) for value in ("settled", "voided")]


def _funds(row: Settlement) -> int:
    return sum(getattr(row, fund) for fund in FUNDS)


def _filtered(request: DeskRequest) -> QuerySet[Settlement]:
    found = Settlement.objects.filter(voids__isnull=True)
    asked = request.GET
    if text := asked.get("q", "").strip()[:60]:
        named = parse_public_id(text)
        found = found.filter(id=named[1]) if named else found.filter(person_number=text)
    if asked.get("id", "").isdigit() and len(asked["id"]) < 19:
        found = found.filter(id=int(asked["id"]))
    if asked.get("list") == "missing":
        found = found.filter(without_list(), state="settled", care__in=["inpatient", "maternity"])
    if place := asked.get("place", "")[:6]:
        found = found.filter(Q(region=place) | Q(home_region=place))
    for name in ("home_region", "region", "state"):
        if asked.get(name):
            found = found.filter(**{name: asked[name][:10]})
    return within_days(request, found, "settled_at")


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("结算编号", "settlement"), lambda row: public_id(row.region, row.id)),
        (say("结算时间", "settled at"), lambda row: f"{in_shanghai(row.settled_at):%Y-%m-%d %H:%M:%S}"),
        (say("参保地", "home region"), lambda row: region(row.home_region)),
        (say("就医地", "care region"), lambda row: region(row.region)),
        (say("医药机构", "institution"), lambda row: row.institution),
        (say("总费用", "total"), lambda row: yuan(row.total)),
        (say("基金支付", "funds"), lambda row: yuan(_funds(row))),
        (say("个人账户", "account"), lambda row: yuan(row.account)),
        (say("现金", "cash"), lambda row: yuan(row.cash)),
        (say("状态", "state"), lambda row: chosen(SETTLEMENT_STATES, row.state)["text"]),
    ]


def found_statement(number: str) -> Statement:
    """The statement of a settlement within the scope; 404 otherwise, whether it exists or not."""
    named = parse_public_id(number)
    if named is None or not Settlement.objects.filter(id=named[1], region=named[0], voids__isnull=True).exists():
        raise Http404
    return statement_of(number)


@page("settlements/<str:number>/", "settlements_one", READERS)
def settlement(request: DeskRequest, number: str) -> HttpResponse:
    """One settlement: parts, payers, lines, how it was decided, postings, messages, what happened to it."""
    statement = found_statement(number)
    row = statement.row
    note(
        request,
        "settlement_seen",
        number,
        person_number=row.person_number,
        region=row.home_region,
        institution=row.institution,
    )
    words = 0 if language() == "zh" else 1
    told = list(Message.objects.filter(subject__in=[row.id, row.encounter]).order_by("received_at")[:TOLD_MAX])
    return render(
        request,
        "desk/settlement.html",
        {
            "s": statement,
            "row": row,
            "state": chosen(SETTLEMENT_STATES, row.state),
            "payers": [(PAYERS[name][words], row.money[name]) for name in PAYERS if row.money[name]],
            "lines": [(line, CATEGORIES.get(line.charge_category, ("", ""))[words]) for line in statement.lines],
            "steps": [step[language()] for step in statement.report["trace"]],
            "postings": _postings(row),
            "told": told,
            "life": life_of(row, statement, told),
            "may_void": row.state == "settled" and row.institution in request.scope.institutions,
            "msgid": fresh_id(row.institution),
            "events": [
                (e, chosen(ACTIONS, e.action)) for e in Event.objects.filter(subject=number).order_by("-at")[:20]
            ],
        },
    )


def _postings(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "region": region(one.region),
            "account": chosen(ACCOUNTS, account)["text"],
            "owner": owner,
            "amount": amount,
        }
        for one in ledger.postings_of(row.id, row.settled_at)
        for account, owner, amount in one.entries
    ]
