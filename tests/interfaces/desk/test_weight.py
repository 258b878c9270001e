"""What every page costs: bytes, queries, server time; none above 150 kB, none with queries growing with its rows."""

import time
from pathlib import Path

import pytest
from django.db import connection

from yijie.domain.access import connection as desk
from yijie.interfaces.desk import listing, pages
from yijie.interfaces.desk.page import PAGES
from yijie.interfaces.sample.users import USERS

assert pages
BYTES_MAX = 150_000
REPORT = Path(__file__).parents[3] / "build" / "page-weight.md"
SEEN = [one for one in PAGES.values() if "GET" in one.methods and "hospital/care" not in one.route]


class Counted:
    """Counts statements of whatever connection a page reads through."""

    def __init__(self):
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


@pytest.fixture(scope="module")
def report():
    rows = ["| page | ms | bytes | statements |", "|---|---|---|---|"]
    yield rows
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join([*rows[:2], *sorted(rows[2:])]) + "\n")


@pytest.mark.parametrize("page", SEEN, ids=lambda page: page.name)
def test_pages_are_light(signed_in, treated, report, page, monkeypatch):
    user = next(one for one in reversed(USERS) if one.role in page.roles)
    number = treated["filing_chengdu" if page.name.startswith("filings") else "chengdu_in_beijing"]
    client = signed_in(user.username if "settlements" not in page.name else "desk.beijing")
    address = "/desk/" + page.route.replace("<str:number>", number)
    client.get(address)
    counted = Counted()
    real = desk._desk_connection

    def watched(platform):
        made = real(platform)
        made.execute_wrappers = [counted]
        return made

    monkeypatch.setattr(desk, "_desk_connection", watched)
    began = time.perf_counter()
    with connection.execute_wrapper(counted):
        response = client.get(address)
    took = (time.perf_counter() - began) * 1000
    desk._own.desk.execute_wrappers = []
    report.append(f"| {page.name} | {took:.0f} | {len(response.content)} | {counted.number} |")
    assert response.status_code in (200, 302, 404)
    if not page.name.endswith("pdf"):
        assert len(response.content) < BYTES_MAX


@pytest.mark.parametrize("path", ["settlements/", "filings/", "records/", "overview/"])
def test_statements_do_not_grow_with_rows(signed_in, treated, path, monkeypatch):
    """As many statements for one row as for all."""
    client, counts = signed_in("auditor.nation"), []
    real = desk._desk_connection
    for rows in (1, 25):
        counted = Counted()

        def watched(platform, counted=counted):
            made = real(platform)
            made.execute_wrappers = [counted]
            return made

        monkeypatch.setattr(desk, "_desk_connection", watched)
        monkeypatch.setattr(listing, "ROWS", rows)
        assert client.get(f"/desk/{path}").status_code == 200
        counts.append(counted.number)
    desk._own.desk.execute_wrappers = []
    assert counts[0] == counts[1] > 0
