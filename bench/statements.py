"""Database statements and CPU per settlement of 5, 20 and 200 lines: settling touches sums, not lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.db import connection

from bench.cost import cost
from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_messages, settle_requests

LINES = (5, 20, 200)
STATEMENTS_MAX = 15
LOGGED = re.compile(r"LOG: +(?:statement|execute [^:]*): ")


def run(*, quick: bool) -> None:
    """Statements logged by the server itself (BEGIN and COMMIT included), and CPU per settlement with 8 clients."""
    each = 40 if quick else 800
    with nation(2_000 if quick else 12_000) as server:
        counts = {lines: _statements(server, lines, skip=10 * n) for n, lines in enumerate(LINES)}
        costs = {lines: _cpu(server, each, lines, skip=100 + n * (each + 50)) for n, lines in enumerate(LINES)}
    for lines in LINES:
        print(f"  {lines:>3} lines: {counts[lines]} statements; {costs[lines]}")
    assert len(set(counts.values())) == 1, "the number of statements grows with the lines"
    assert counts[5] <= STATEMENTS_MAX, f"{counts[5]} statements, more than {STATEMENTS_MAX}"
    print("  beside it: openIMIS 1.11 needs 281 statements for 5 lines and 828 for 20 (measured beforehand)")
    print(f"bench statements: ratio {counts[200] / counts[5]:.2f} against the same settlement with 5 lines, statements")


def _statements(server: Any, lines: int, *, skip: int) -> int:
    """Statements that PostgreSQL logs for one settlement on a connection that has settled before."""
    from yijie.interfaces.fsi.service import answer

    log = Path(server.pgdata) / "log"
    bodies = settle_messages(ready(4, lines, skip=skip))
    for body in bodies[:3]:
        assert b'"infcode":0' in answer(body)
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'all'")
        begins = log.stat().st_size
        assert b'"infcode":0' in answer(bodies[3])
        ends = log.stat().st_size
        cursor.execute("SET log_statement = 'none'")
    with log.open("rb") as written:
        written.seek(begins)
        return len(LOGGED.findall(written.read(ends - begins).decode(errors="replace")))


def _cpu(database: Any, count: int, lines: int, *, skip: int) -> str:
    """CPU per settlement of the serving processes and PostgreSQL, warm."""
    with serving(workers=1) as server:
        requests = settle_requests(ready(count + 40, lines, skip=skip))
        drive(PORT, requests[:40], 8)
        before = cost(server, database)
        outcome = drive(PORT, requests[40:], 8)
        after = cost(server, database)
    assert all(b'"infcode":0' in one for one in outcome.answers)
    return after.since(before, count)
