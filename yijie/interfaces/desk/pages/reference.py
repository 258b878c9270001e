"""Reference data: looked through, exported, changed by sheet or by row; every change waits for a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from yijie.domain import access
from yijie.domain.access import Role
from yijie.interfaces.desk.changes import NotToApply, apply_change, checked, propose, refuse_change
from yijie.interfaces.desk.language import language, say
from yijie.interfaces.desk.listing import exported, listed
from yijie.interfaces.desk.models import Change
from yijie.interfaces.desk.page import DeskRequest, note, page
from yijie.interfaces.desk.reference import REFERENCES, Reference
from yijie.interfaces.desk.sheets import Sheet, read_cells, read_sheet
from yijie.interfaces.desk.words import CHANGE_STATES, chosen
from yijie.kernel.errors import YijieError

KEEPERS = (Role.ADMINISTRATOR,)
SHOWN_MAX = 200


@page("reference/", "reference", KEEPERS)
def reference(request: DeskRequest) -> HttpResponse:
    """The kinds of reference data, and the changes that wait or were decided."""
    listing = listed(request, Change.objects.defer("rows"), {"at": "proposed_at", "state": "state"}, "-at")
    rows = [(one, REFERENCES[one.table].label, chosen(CHANGE_STATES, one.state)) for one in listing.rows]
    kinds = [(one.name, one.label) for one in REFERENCES.values()]
    return render(request, "desk/reference.html", {"listing": listing, "rows": rows, "kinds": kinds})


def _named(name: str) -> Reference:
    if name not in REFERENCES:
        raise Http404
    return REFERENCES[name]


@page("reference/<str:name>/", "reference_table", KEEPERS)
def table(request: DeskRequest, name: str) -> HttpResponse:
    """The rows, searchable and sortable by every column; exported in the form in which they are imported."""
    kind = _named(name)
    found = kind.model._default_manager.all()  # noqa: SLF001  Django's name for it
    if text := request.GET.get("q", "").strip()[:60]:
        found = kind.narrowed(found, text)
    if request.GET.get("export") in ("csv", "xlsx"):
        note(request, "reference_exported", name, details={"asked": request.GET.dict()})
        columns = [(column.zh, _cell_of(kind, place)) for place, column in enumerate(kind.columns)]
        return exported(request.GET["export"], name, columns, found.order_by(*kind.key))
    sorts = {column.field: column.field for column in kind.columns}
    listing = listed(request, found, sorts, kind.key[0])
    return render(
        request,
        "desk/reference_table.html",
        {
            "kind": kind,
            "listing": listing,
            "heads": [(column.zh, column.en, column.field) for column in kind.columns],
            "rows": [
                (row.pk, [c.shown(cell) for c, cell in zip(kind.columns, kind.cells(row), strict=True)])
                for row in listing.rows
            ],
        },
    )


def _cell_of(kind: Reference, place: int) -> Any:
    return lambda row: kind.cells(row)[place]


@page("reference/<str:name>/import/", "reference_import", KEEPERS, methods=("POST",))
def take_in(request: DeskRequest, name: str) -> HttpResponse:
    """Propose the rows of a sheet; with a mistake in any of them nothing is proposed."""
    kind = _named(name)
    return _proposed(request, kind, read_sheet(request.FILES.get("file"), kind.readers))


def _proposed(request: DeskRequest, kind: Reference, sheet: Sheet) -> HttpResponse:
    checked(kind, sheet, request.scope)
    back = reverse("reference_table", args=[kind.name])
    if sheet.mistakes or not sheet.rows:
        return render(request, "desk/mistakes.html", {"mistakes": sheet.mistakes, "back": back}, status=422)
    said = request.POST.get("note", "").strip()[:200]
    with access.as_platform():
        made = propose(kind, sheet, by=request.user.get_username(), note=said)
    note(request, "reference_proposed", str(made.id), region=made.region)
    messages.success(request, say("已提出，等待另一人复核", "proposed; another person decides"), extra_tags="good")
    return HttpResponseRedirect(reverse("reference_change", args=[made.id]))


@page("reference/<str:name>/row/", "reference_row", KEEPERS, methods=("GET", "POST"))
def row(request: DeskRequest, name: str) -> HttpResponse:
    """One row as a form, filled with what is there where a key is given."""
    kind = _named(name)
    if request.method == "POST":
        said = {column.zh: request.POST.get(column.field, "") for column in kind.columns}
        return _proposed(request, kind, read_cells([said], kind.readers))
    key = request.GET.get("key", "")
    there = kind.model._default_manager.filter(pk=key[:60]).first() if key else None  # noqa: SLF001
    cells = kind.cells(there) if there else [""] * len(kind.columns)
    fields = [
        {"name": c.field, "label": say(c.zh, c.en), "value": cell} for c, cell in zip(kind.columns, cells, strict=True)
    ]
    return render(request, "desk/reference_row.html", {"kind": kind, "fields": fields, "new": there is None})


def _change(number: str) -> Change:
    known = number.isascii() and number.isdigit() and len(number) < 20
    one = Change.objects.filter(id=int(number)).first() if known else None
    if one is None:
        raise Http404
    return one


@page("changes/<str:number>/", "reference_change", KEEPERS)
def change(request: DeskRequest, number: str) -> HttpResponse:
    """A proposal: every row with what it takes the place of."""
    one = _change(number)
    kind = REFERENCES[one.table]
    there = _present(kind, one.rows[:SHOWN_MAX])
    rows = []
    for said in one.rows[:SHOWN_MAX]:
        before = there.get(_key(kind, said))
        cells = [
            (c.shown(said[c.zh]), c.shown(before[place]) if before else None) for place, c in enumerate(kind.columns)
        ]
        rows.append({"new": before is None, "cells": cells})
    return render(
        request,
        "desk/change.html",
        {
            "one": one,
            "kind": kind,
            "state": chosen(CHANGE_STATES, one.state),
            "heads": [(column.zh, column.en) for column in kind.columns],
            "rows": rows,
            "number": len(one.rows),
            "mine": one.proposed_by == request.user.get_username(),
            "open": one.state == Change.State.PROPOSED,
        },
    )


def _key(kind: Reference, said: dict[str, str]) -> tuple[str, ...]:
    names = {column.field: column.zh for column in kind.columns}
    return tuple(said[names[field]] for field in kind.key)


def _present(kind: Reference, rows: list[dict[str, str]]) -> dict[tuple[str, ...], list[str]]:
    """The stored rows that these would replace, by key."""
    named = {f"{kind.key[0]}__in": {_key(kind, said)[0] for said in rows}}
    if len(kind.key) > 1:
        named[f"{kind.key[1]}__in"] = {_key(kind, said)[1] for said in rows}
    names = [column.zh for column in kind.columns]
    found = kind.model._default_manager.filter(**named)  # noqa: SLF001  Django's name for it
    return {_key(kind, dict(zip(names, cells, strict=True))): cells for cells in map(kind.cells, found)}


@page("changes/<str:number>/apply/", "reference_apply", KEEPERS, methods=("POST",), step_up=True)
def apply(request: DeskRequest, number: str) -> HttpResponse:
    """Put it into effect; another person than who proposed it."""
    return _decided(request, number, apply_change, "reference_applied", say("已生效", "in effect"))


@page("changes/<str:number>/refuse/", "reference_refuse", KEEPERS, methods=("POST",))
def refuse(request: DeskRequest, number: str) -> HttpResponse:
    """Let it go."""
    return _decided(request, number, refuse_change, "reference_refused", say("未采纳", "refused"))


def _decided(request: DeskRequest, number: str, work: Any, action: str, done: str) -> HttpResponse:
    one = _change(number)
    try:
        with access.as_platform():
            work(one.id, by=request.user.get_username())
    except YijieError as refused:
        if isinstance(refused, NotToApply):
            raise
        messages.error(request, refused.text(language()), extra_tags="bad")
    else:
        note(request, action, number, region=one.region)
        messages.success(request, done, extra_tags="good")
    return HttpResponseRedirect(reverse("reference_change", args=[number]))
