"""The insurance office maps its own items to national ones: suggested, accepted together, reviewed, undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access, catalogue, institution
from yijie.domain.access import Role
from yijie.domain.catalogue import Own, OwnRow, Suggestion
from yijie.domain.catalogue.models import Acceptance, Item, Mapping, OwnItem
from yijie.interfaces.desk.client import own_institution
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import exported, listed
from yijie.interfaces.desk.page import HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.sheets import Sheet, amount_cell, read_sheet, text_cell

OFFICE = (Role.HOSPITAL_OFFICE,)
SORTS = {"code": "own_code", "name": "own_name", "price": "price", "stored": "stored_at"}
LIST_TYPES = ("101", "102", "103", "104", "105", "106", "201", "301")
COLUMNS = {
    "机构编码": text_cell(30),
    "名称": text_cell(200),
    "目录类别": text_cell(6, choices=LIST_TYPES),
    "规格": text_cell(200, required=False),
    "生产企业": text_cell(200, required=False),
    "计价单位": text_cell(20, required=False),
    "单价": amount_cell,
}
"""Columns of the upload, in the order of :class:`OwnRow`."""


@page("mapping/", "mapping", HOSPITAL)
def mapping(request: DeskRequest) -> HttpResponse:
    """Own items with what they are mapped to, or what is suggested for them."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        return exported(request.GET["export"], "own-items", _columns(_living(request)), found.order_by("own_code"))
    listing = listed(request, found, SORTS, "code")
    living = _living(request, [one.own_code for one in listing.rows])
    open_ = [one for one in listing.rows if one.own_code not in living]
    return render(
        request,
        "desk/mapping.html",
        {
            "listing": listing,
            "rows": [
                (one, living.get(one.own_code), offered)
                for one, offered in zip(listing.rows, _offered(request, listing.rows, open_), strict=True)
            ],
            "may": request.scope.may(*OFFICE),
            "states": [("open", say("未对照", "not mapped")), ("mapped", say("已对照", "mapped"))],
            "columns": "、".join(COLUMNS),
        },
    )


def _offered(request: DeskRequest, rows: list[OwnItem], open_: list[OwnItem]) -> list[list[Suggestion]]:
    """Suggestions for the rows that are not mapped, nothing for the others."""
    own = [Own(one.own_code, one.own_name, one.list_type, one.specification, one.maker, one.price) for one in open_]
    region = institution.standing(own_institution(request)).pool
    suggested = dict(zip((one.own_code for one in own), catalogue.suggest(own, region), strict=True)) if own else {}
    return [suggested.get(one.own_code, []) for one in rows]


def _filtered(request: DeskRequest) -> QuerySet[OwnItem]:
    at = own_institution(request)
    living = Mapping.objects.filter(institution=at, own_code=OuterRef("own_code"), ended_at__isnull=True)
    found = OwnItem.objects.filter(institution=at)
    if text := request.GET.get("q", "").strip()[:60]:
        found = found.filter(own_name__contains=text) | found.filter(own_code=text)
    if request.GET.get("state") in ("open", "mapped"):
        found = found.filter(Exists(living) if request.GET["state"] == "mapped" else ~Exists(living))
    return found


def _living(request: DeskRequest, codes: list[str] | None = None) -> dict[str, tuple[str, str]]:
    """Own code → national code and name of the mapping that holds."""
    found = Mapping.objects.filter(institution=own_institution(request), ended_at__isnull=True)
    if codes is not None:
        found = found.filter(own_code__in=codes)
    pairs = dict(found.values_list("own_code", "item"))
    names = dict(Item.objects.filter(code__in=set(pairs.values())).values_list("code", "name"))
    return {own: (item, names.get(item, "")) for own, item in pairs.items()}


def _columns(living: dict[str, tuple[str, str]]) -> list[tuple[str, Any]]:
    return [
        (say("机构编码", "own code"), lambda one: one.own_code),
        (say("名称", "name"), lambda one: one.own_name),
        (say("规格", "specification"), lambda one: one.specification),
        (say("生产企业", "maker"), lambda one: one.maker),
        (say("单价", "price"), lambda one: one.price),
        (say("国家编码", "national code"), lambda one: living.get(one.own_code, ("", ""))[0]),
        (say("国家名称", "national name"), lambda one: living.get(one.own_code, ("", ""))[1]),
    ]


@page("mapping/upload/", "mapping_upload", OFFICE, methods=("POST",))
def upload(request: DeskRequest) -> HttpResponse:
    """Take the hospital's own list from a spreadsheet; with a mistake in any row nothing is taken."""
    sheet: Sheet = read_sheet(request.FILES.get("file"), COLUMNS)
    _no_code_twice(sheet)
    if sheet.mistakes:
        shown = {"mistakes": sheet.mistakes, "back": reverse("mapping")}
        return render(request, "desk/mistakes.html", shown, status=422)
    at = institution.standing(own_institution(request))
    with access.as_platform():
        kept = catalogue.keep_own_items([OwnRow(*(row[name] for name in COLUMNS)) for row in sheet.rows], at)
    note(request, "own_items_uploaded", str(kept), institution=at.code, region=at.pool)
    messages.success(request, say(f"已导入 {kept} 个项目", f"{kept} items taken in"), extra_tags="good")
    return HttpResponseRedirect(f"{reverse('mapping')}?state=open")


def _no_code_twice(sheet: Sheet) -> None:
    seen: dict[str, int] = {}
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        code = row.get("机构编码", "")
        if code and code in seen:
            first = seen[code]
            sheet.mistaken(number, "机构编码", f"与第 {first} 行重复", f"the same as in row {first}")
        seen.setdefault(code, number)


@page("mapping/accept/", "mapping_accept", OFFICE, methods=("POST",))
def accept(request: DeskRequest) -> HttpResponse:
    """Accept the suggestions ticked, together."""
    pairs = [(code, request.POST.get(f"item:{code}", "")[:50]) for code in request.POST.getlist("take")]
    pairs = [(code[:30], item) for code, item in pairs if item]
    at = institution.standing(own_institution(request))
    if not pairs:
        messages.error(request, say("没有勾选任何项目", "nothing was ticked"), extra_tags="bad")
        return HttpResponseRedirect(reverse("mapping"))
    with access.as_platform():
        made = catalogue.accept(pairs, at, by=request.user.get_username())
    note(request, "mapping_accepted", str(made.id), institution=at.code, region=at.pool)
    number = len(made.lines)
    messages.success(
        request,
        say(f"已采纳 {number} 项对照，等待复核", f"{number} mappings accepted; they wait for review"),
        extra_tags="good",
    )
    return HttpResponseRedirect(reverse("mapping_accepted"))


@page("mapping/accepted/", "mapping_accepted", HOSPITAL)
def accepted(request: DeskRequest) -> HttpResponse:
    """What was accepted together, newest first: by whom, whether reviewed or undone, and its lines."""
    found = Acceptance.objects.filter(institution=own_institution(request))
    listing = listed(request, found, {"at": "accepted_at"}, "-at")
    codes = {line["item"] for one in listing.rows for line in one.lines}
    names = dict(Item.objects.filter(code__in=codes).values_list("code", "name"))
    rows = [(one, [(line, names.get(line["item"], "")) for line in one.lines]) for one in listing.rows]
    me, may = request.user.get_username(), request.scope.may(*OFFICE)
    return render(request, "desk/mapping_accepted.html", {"listing": listing, "rows": rows, "me": me, "may": may})


@page("mapping/accepted/<str:number>/review/", "mapping_review", OFFICE, methods=("POST",))
def review(request: DeskRequest, number: str) -> HttpResponse:
    """Another person has looked them over."""
    return _ended(request, number, catalogue.review_acceptance, "mapping_reviewed", say("已复核", "reviewed"))


@page("mapping/accepted/<str:number>/undo/", "mapping_undo", OFFICE, methods=("POST",))
def undo(request: DeskRequest, number: str) -> HttpResponse:
    """Take them all back."""
    return _ended(request, number, catalogue.undo_acceptance, "mapping_undone", say("已撤回", "undone"))


def _ended(request: DeskRequest, number: str, work: Any, action: str, done: str) -> HttpResponse:
    known = number.isascii() and number.isdigit() and len(number) < 20
    at = institution.standing(own_institution(request))
    if not known or not Acceptance.objects.filter(id=int(number), institution=at.code).exists():
        raise Http404
    with access.as_platform():
        work(int(number), at, by=request.user.get_username())
    note(request, action, number, institution=at.code, region=at.pool)
    messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(reverse("mapping_accepted"))
