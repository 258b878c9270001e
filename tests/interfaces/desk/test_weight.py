"""What every page costs: bytes, queries, server time; none above 150 kB, none with queries growing with its rows."""

import re
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from yijie.domain.access import connection as desk
from yijie.interfaces.desk import listing, pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample import cast, shelf
from yijie.interfaces.sample.users import USERS

assert pages
BYTES_MAX = 150_000
REPORT = Path(__file__).parents[3] / "build" / "page-weight.md"
SEEN = [one for one in PAGES.values() if "GET" in one.methods and "hospital/care" not in one.route]


class Counted:
    """Statements that were sent, through Django and past it, over the desk's connection and the platform's."""

    def __init__(self):
        self.number = 0

    @contextmanager
    def on(self, *connections):
        """Count what these connections send."""
        factories = [(one.connection, one.connection.cursor_factory) for one in connections]
        for raw, base in factories:
            raw.cursor_factory = self._watching(base)
        try:
            yield self
        finally:
            for raw, base in factories:
                raw.cursor_factory = base

    def _watching(self, base):
        counted = self

        class Watched(base):
            def execute(self, *args, **named):
                counted.number += 1
                return super().execute(*args, **named)

        return Watched


def cost_of(client, address, data=None):
    """The answer, how many statements it took, and milliseconds; asked twice, the second time counts."""
    client.get(address, data)
    connection.ensure_connection()
    with Counted().on(connection, desk._own.desk) as counted:
        began = time.perf_counter()
        response = client.get(address, data)
        return response, counted.number, (time.perf_counter() - began) * 1000


def object_of(page, treated):
    """An object of the page's sort."""
    return {
        "filings": treated["filing_chengdu"],
        "people": cast.CHENGDU_RETIREE.number,
        "policies": "510100",
        "catalogue": shelf.DRUG_A.code,
    }.get(page.name.split("_")[0], treated["chengdu_in_beijing"])


@pytest.fixture(scope="module")
def report():
    rows = ["| page | ms | bytes | statements |", "|---|---|---|---|"]
    yield rows
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join([*rows[:2], *sorted(rows[2:])]) + "\n")


@pytest.mark.parametrize("page", SEEN, ids=lambda page: page.name)
def test_pages_are_light(signed_in, treated, report, page):
    user = next(one for one in reversed(USERS) if one.role in page.roles)
    client = signed_in(user.username if "settlements" not in page.name else "desk.beijing")
    address = "/desk/" + re.sub(r"<str:\w+>", object_of(page, treated), page.route)
    response, statements, took = cost_of(client, address)
    report.append(f"| {page.name} | {took:.0f} | {len(response.content)} | {statements} |")
    assert response.status_code in (200, 302, 404)
    if not page.name.endswith("pdf"):
        assert len(response.content) < BYTES_MAX


@pytest.mark.parametrize(
    "path",
    [
        *("settlements/", "filings/", "records/", "overview/", "again/", "trauma/", "people/", "catalogue/"),
        *("policies/", "catalogue/releases/", "unknown/"),
    ],
)
def test_statements_do_not_grow_with_rows(signed_in, treated, path, monkeypatch):
    """As many statements for one row as for all."""
    client, counts = signed_in("auditor.nation"), []
    client.post("/desk/people/", {"q": "陈"})
    for rows in (1, 25):
        monkeypatch.setattr(listing, "ROWS", rows)
        response, statements, _ = cost_of(client, f"/desk/{path}")
        assert response.status_code == 200
        counts.append(statements)
    assert counts[0] == counts[1] > 0
