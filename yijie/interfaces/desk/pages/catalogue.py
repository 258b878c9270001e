"""The catalogue: releases, items with the terms of a region over time, what enters, leaves and is paid in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from yijie.domain.catalogue.models import Concept, Item, Release, Term
from yijie.interfaces.desk.language import say
from yijie.interfaces.desk.listing import exported, listed
from yijie.interfaces.desk.page import BUREAU, HOSPITAL, DeskRequest, note, page
from yijie.interfaces.desk.templatetags.desk import region
from yijie.interfaces.desk.words import ITEM_CLASSES, LIST_TYPES, chosen
from yijie.kernel.dates import today
from yijie.kernel.region import names

READERS = (*BUREAU, *HOSPITAL)
SOON_DAYS = 180
SORTS = {"code": "code", "name": "name", "release": "release"}


@page("catalogue/", "catalogue", READERS)
def catalogue(request: DeskRequest) -> HttpResponse:
    """Items of the national catalogues; filters for what leaves, has left or is new."""
    found = _filtered(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "catalogue_exported", details={"asked": request.GET.dict()})
        return exported(request.GET["export"], "catalogue", _columns(), found.order_by("code"))
    listing = listed(request, found, SORTS, "code")
    return render(
        request,
        "desk/catalogue.html",
        {
            "listing": listing,
            "rows": [(one, chosen(LIST_TYPES, one.list_type)["text"]) for one in listing.rows],
            "lists": [(value, chosen(LIST_TYPES, value)["text"]) for value in LIST_TYPES],
            "changes": [
                ("leaves", say("将退出", "about to leave")),
                ("transition", say("过渡期内", "in transition")),
                ("left", say("已退出", "has left")),
            ],
        },
    )


def _filtered(request: DeskRequest) -> QuerySet[Item]:
    found = Item.objects.all()
    if text := request.GET.get("q", "").strip()[:60]:
        found = found.filter(name__contains=text) | found.filter(code=text)
    if request.GET.get("list"):
        found = found.filter(list_type=request.GET["list"][:6])
    if request.GET.get("release", "").isdigit():
        found = found.filter(release=int(request.GET["release"][:9]))
    if changed := request.GET.get("change"):
        found = found.filter(_changing(changed))
    return found


def _changing(which: str) -> Exists:
    """Of items: that some region's terms end soon, ended lately, or go on after the catalogue changed (过渡期)."""
    of_item = Term.objects.filter(item=OuterRef("pk"))
    following = Term.objects.filter(item=OuterRef("item"), region=OuterRef("region"), since__gt=OuterRef("until"))
    last = of_item.filter(~Exists(following), until__isnull=False)
    if which == "left":
        return Exists(last.filter(until__lt=today()))
    if which == "transition":
        return Exists(last.filter(until__gte=today(), since__lte=today()))
    return Exists(last.filter(until__range=(today(), today() + timedelta(days=SOON_DAYS))))


def _columns() -> list[tuple[str, Any]]:
    return [
        (say("编码", "code"), lambda one: one.code),
        (say("名称", "name"), lambda one: one.name),
        (say("目录", "list"), lambda one: chosen(LIST_TYPES, one.list_type)["text"]),
        (say("规格", "specification"), lambda one: one.specification),
        (say("企业", "maker"), lambda one: one.maker),
        (say("版本", "release"), lambda one: one.release),
    ]


@page("catalogue/releases/", "catalogue_releases", READERS)
def releases(request: DeskRequest) -> HttpResponse:
    """Published changes, newest first, with how many entries each one changed."""
    listing = listed(request, Release.objects.all(), {"at": "published_at"}, "-at")
    numbers = [one.pk for one in listing.rows]
    items, concepts = (
        dict(table.objects.filter(release__in=numbers).values_list("release").annotate(Count("pk")))
        for table in (Item, Concept)
    )
    rows = [(one, items.get(one.pk, 0), concepts.get(one.pk, 0)) for one in listing.rows]
    return render(request, "desk/releases.html", {"listing": listing, "rows": rows})


@page("catalogue/items/<str:code>/", "catalogue_one", READERS)
def item(request: DeskRequest, code: str) -> HttpResponse:
    """One item with the terms on which a region covers it, version by version."""
    one = Item.objects.filter(code=code[:50]).first()
    if one is None:
        raise Http404
    kept = Term.objects.filter(item=one).order_by("region", "since")
    chosen_region = request.GET.get("region", "")
    shown = kept.filter(region=chosen_region) if chosen_region in names() else kept
    return render(
        request,
        "desk/item.html",
        {
            "i": one,
            "list": chosen(LIST_TYPES, one.list_type)["text"],
            "terms": [(term, chosen(ITEM_CLASSES, term.item_class), _standing(term)) for term in shown[:200]],
            "regions": [(r, region(r)) for r in sorted(set(kept.values_list("region", flat=True)))],
        },
    )


def _standing(term: Term) -> dict[str, str]:
    if term.since > today():
        return {"text": say("将生效", "to come"), "tone": "warn"}
    if term.until is None:
        return {"text": say("有效", "in force"), "tone": "good"}
    if term.until >= today():
        return {"text": say("有效，将结束", "in force, ending"), "tone": "warn"}
    return {"text": say("已结束", "ended"), "tone": ""}
