"""Tables on pages: filtered, sorted, turned page by page and exported; everything they show stands in the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

ROWS = 25
EXPORT_ROWS_MAX = 10_000
PAGES_MAX = 400
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a text that begins so; exported texts get an apostrophe before it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a table: its rows, where it stands, how it is sorted."""

    rows: list[Any]
    number: int
    more: bool
    sort: str

    @property
    def before(self) -> int:
        """Number of the page before, 0 on the first."""
        return self.number - 1

    @property
    def after(self) -> int:
        """Number of the page after, 0 on the last."""
        return self.number + 1 if self.more else 0


def listed(request: HttpRequest, found: QuerySet[Any], sorts: Mapping[str, str], default: str) -> Listing:
    """The page that the address asks for; ``sorts`` maps names in the address to fields."""
    sort = request.GET.get("sort", default)
    if sort.lstrip("-") not in sorts:
        sort = default
    field = ("-" if sort.startswith("-") else "") + sorts[sort.lstrip("-")]
    text = request.GET.get("page", "1")
    number = min(max(int(text), 1), PAGES_MAX) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    start = (number - 1) * ROWS
    rows = list(found.order_by(field, "-pk")[start : start + ROWS + 1])
    return Listing(rows[:ROWS], number, len(rows) > ROWS, sort)


def within_days(request: HttpRequest, found: QuerySet[Any], moment: str) -> QuerySet[Any]:
    """Those whose ``moment`` lies within the days ``since`` and ``until`` of the address, each where it is given."""
    if since := day_in(request, "since"):
        found = found.filter(**{f"{moment}__date__gte": since})
    if until := day_in(request, "until"):
        found = found.filter(**{f"{moment}__date__lte": until})
    return found


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day from the address, None where there is none or it is no day."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def exported(
    form: str, name: str, columns: Sequence[tuple[str, Callable[[Any], Any]]], found: QuerySet[Any]
) -> HttpResponse:
    """The rows as a file, ``csv`` or ``xlsx``, at most ``EXPORT_ROWS_MAX``."""
    rows = [[_cell(value(row)) for _, value in columns] for row in found[:EXPORT_ROWS_MAX]]
    heads = [head for head, _ in columns]
    if form == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([heads, *rows])
        response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        from openpyxl import Workbook  # noqa: PLC0415  importing it takes as long as a sixth of a server's start

        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in [heads, *rows]:
            sheet.append(row)
        kept = io.BytesIO()
        book.save(kept)
        response = HttpResponse(
            kept.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        form = "xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
