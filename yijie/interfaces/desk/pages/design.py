"""The living page of the design system: every component once, as it is, in both languages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yijie.interfaces.desk.page import EVERYBODY, DeskRequest, page
from yijie.interfaces.desk.words import SETTLEMENT_STATES, chosen


@page("design/", "design", EVERYBODY)
def design(request: DeskRequest) -> HttpResponse:
    """Type, colours, tags, notes, forms, tables, empty and error states."""
    tags = [chosen(SETTLEMENT_STATES, value) for value in SETTLEMENT_STATES]
    return render(request, "desk/design.html", {"tags": tags, "amounts": (1_234_567, 0, -5)})
