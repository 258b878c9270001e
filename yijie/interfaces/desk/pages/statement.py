"""The statement: page, print and PDF with a place for the seal and a code that leads to the stored original."""

from __future__ import annotations

from typing import Any

import qrcode
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from qrcode.image.svg import SvgPathImage

from yijie.domain import enrolment
from yijie.domain.settlement import by_number
from yijie.interfaces.desk.language import language
from yijie.interfaces.desk.original import original_of, signed_number
from yijie.interfaces.desk.page import DeskRequest, note, page
from yijie.interfaces.desk.pages.settlements import READERS, found_statement
from yijie.interfaces.desk.words import SETTLEMENT_STATES, chosen
from yijie.interfaces.statement import CATEGORIES, FUNDS, PARTS, Statement
from yijie.kernel.money import Fen


def by_category(statement: Statement, words: int) -> list[tuple[str, list[Fen]]]:
    """The charges by category: its name and the sums of the parts of the bill."""
    sums: dict[str, list[Fen]] = {}
    for line in statement.lines:
        row = sums.setdefault(line.charge_category, [0] * len(PARTS))
        for place, part in enumerate(PARTS):
            row[place] += getattr(line, part)
    return [(CATEGORIES.get(code, (code, code))[words], sums[code]) for code in sorted(sums)]


def _shown(statement: Statement, address: str) -> dict[str, Any]:
    words, row = (0 if language() == "zh" else 1), statement.row
    return {
        "s": statement,
        "row": row,
        "state": chosen(SETTLEMENT_STATES, row.state),
        "categories": by_category(statement, words),
        "totals": [row.money["total" if part == "amount" else part] for part in PARTS],
        "payers": [(FUNDS[name][words], row.money[name]) for name in FUNDS if row.money[name]],
        "steps": [step[language()] for step in statement.report["trace"]],
        "address": address,
    }


def _noted(request: DeskRequest, statement: Statement) -> None:
    row = statement.row
    facts = {"person_number": row.person_number, "region": row.home_region, "institution": row.institution}
    note(request, "statement_printed", row.number, **facts)


def _address(request: DeskRequest, number: str) -> str:
    return request.build_absolute_uri(reverse("original", args=[signed_number(number)]))


@page("settlements/<str:number>/statement/", "settlements_statement", READERS)
def statement(request: DeskRequest, number: str) -> HttpResponse:
    """The statement as a page that prints well."""
    found = found_statement(number)
    _noted(request, found)
    address = _address(request, number)
    code = qrcode.make(address, image_factory=SvgPathImage, box_size=9, border=2).to_string(encoding="unicode")
    shown = _shown(found, address) | {"code": mark_safe(code)}  # noqa: S308  drawn by the library from our own address
    return render(request, "desk/statement.html", shown)


@page("settlements/<str:number>/statement.pdf", "settlements_statement_pdf", READERS)
def pdf(request: DeskRequest, number: str) -> HttpResponse:
    """The statement as PDF."""
    from yijie.interfaces.desk.statement_pdf import statement_pdf  # noqa: PLC0415  its library is slow to import

    found = found_statement(number)
    _noted(request, found)
    made = statement_pdf(_shown(found, _address(request, number)))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="statement-{number}.pdf"'
    return response


def original(request: HttpRequest, signed: str) -> HttpResponse:
    """For whoever holds the paper: what is stored of the settlement its code names. The signature is the key."""
    number = original_of(signed)
    row = by_number(number) if number else None
    if row is None:
        raise Http404
    person = enrolment.require_insured((row.person_number, row.insurance, row.home_region), row.settled_at.date())
    words = 0 if language() == "zh" else 1
    payers = [(FUNDS[name][words], row.money[name]) for name in FUNDS if row.money[name]]
    state = chosen(SETTLEMENT_STATES, row.state)
    return render(request, "desk/original.html", {"row": row, "person": person, "payers": payers, "state": state})
