"""What every page costs: bytes, queries, server time; none above 150 kB, none with queries growing with its rows."""

import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from looking import SEEN, address_of, user_of

from yijie.domain.access import connection as desk
from yijie.interfaces.desk import listing
from yijie.interfaces.sample import cast

BYTES_MAX = 150_000
REPORT = Path(os.environ.get("YIJIE_PAGE_REPORT", Path(__file__).parents[3] / "build" / "pages.md"))
HEAD = """# What every page costs

Server time of one request (milliseconds, one process, a small nation), bytes of the answer before compression, SQL
statements. Made by `make pages`; that no page is above 150,000 bytes and none asks more for more rows is tested.

| page | address | ms | bytes | statements |
|---|---|---|---|---|"""


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


@pytest.fixture(scope="module")
def report():
    rows = []
    yield rows
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join([HEAD, *sorted(rows)]) + "\n")


@pytest.mark.parametrize("page", SEEN, ids=lambda page: page.name)
def test_pages_are_light(signed_in, objects, report, page):
    client, address = signed_in(user_of(page)), address_of(page, objects)
    if page.name.startswith("hospital_"):
        client.post("/desk/hospital/", {"kind": "02", "number": cast.BEIJING_EMPLOYEE.certificate})
    response, statements, took = cost_of(client, address)
    size = len(response.content)
    report.append(f"| {page.name} | `{page.route or '/'}` | {took:.0f} | {size:,} | {statements} |")
    assert response.status_code in ((200,) if page.name != "hospital_quote" else (200, 422))
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
