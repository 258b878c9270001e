"""Settlements per second through HTTP, commits awaited, beside pgbench doing the same reads and writes one by one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import insert_stays, ready, settle_requests
from yijie.domain.coherent import disagreements
from yijie.domain.partition import month_of
from yijie.kernel.dates import now
from yijie.kernel.ids import moment_of, new_id

LINES = 20
CLIENTS = (1, 8, 32)
STRIDE = 10_000
"""Numbers between the encounters of two pgbench clients."""


def run(*, quick: bool) -> None:
    """Our settlements per second ÷ the yardstick's transactions per second at 1, 8 and 32 clients."""
    each = {1: 60, 8: 200, 32: 320} if quick else {1: 600, 8: 2000, 32: 3200}
    with nation(4_000 if quick else 20_000) as server:
        ours = _ours(each)
        plain = {clients: _yardstick(server, clients, each[clients], series) for series, clients in enumerate(each)}
    for clients in CLIENTS:
        rates = f"{ours[clients]:,.0f} settlements/s, pgbench {plain[clients]:,.0f}/s"
        print(f"  {clients:>2} clients: {rates}, ratio {ours[clients] / plain[clients]:.2f}")
    ratio = ours[32] / plain[32]
    yardstick = "pgbench doing the same reads and writes one by one, 32 clients, commits awaited"
    print(f"bench settlements: ratio {ratio:.2f} against {yardstick}")


def _ours(each: dict[int, int]) -> dict[int, float]:
    result: dict[int, float] = {}
    with serving() as _:
        stays = ready(sum(each.values()) + 100, LINES)
        drive(PORT, settle_requests(stays[:100], PORT), 8)
        done = 100
        for clients, count in each.items():
            outcome = drive(PORT, settle_requests(stays[done : done + count], PORT), clients)
            refused = [answer for answer in outcome.answers if b'"infcode":0' not in answer]
            assert not refused, refused[0].decode()
            result[clients] = outcome.per_second
            print(
                f"  {clients:>2} clients: p50 {outcome.percentile(0.5):.1f} ms, p99 {outcome.percentile(0.99):.1f} ms",
                flush=True,
            )
            done += count
    found = disagreements()
    assert not found, found[0]
    return result


def _yardstick(server: Any, clients: int, count: int, series: int) -> float:
    base = new_id(now()) + series
    per_client = count // clients
    numbers = [client * STRIDE + i for client in range(clients) for i in range(1, per_client + 1)]
    _people(numbers, series)
    insert_stays([(base + n, f"PB{series}{n:07d}", "110000") for n in numbers], LINES)
    script = Path(__file__).with_name("yardstick.sql").read_text(encoding="utf-8")
    script = script.replace("'PB' || :n", f"'PB{series}' || lpad(:n::text, 7, '0')")
    script = script.replace(":month", f"{month_of(moment_of(base).date())}")
    folder = Path(server.pgdata).parent
    (folder / "script.sql").write_text(script, encoding="utf-8")
    connection.close()
    socket = server.get_postmaster_info().socket_dir
    options = ["-n", "-M", "prepared", "-j", "1", "-D", f"base={base}", "-D", "i=0", "-U", "postgres"]
    amount = ["-c", str(clients), "-t", str(per_client), "-f", str(folder / "script.sql"), "-h", str(socket)]
    said = subprocess.run([server.bin_path / "pgbench", *options, *amount, "yijie"], capture_output=True, text=True)  # noqa: PLW1510  its output is read first
    assert "number of failed transactions: 0" in said.stdout, said.stdout + said.stderr
    found = re.search(r"tps = ([\d.]+) \(without", said.stdout)
    assert found, said.stdout
    return float(found.group(1))


def _people(numbers: list[int], series: int) -> None:
    """Persons, relations and accounts of the yardstick's own, so that it finds what ours finds."""
    with connection.cursor() as cursor:
        names = [f"PB{series}{n:07d}" for n in numbers]
        cursor.execute(
            "INSERT INTO enrolment_person (number, region, name, sex, birth_date, ethnicity, certificate_type,"
            " certificate_number, card_number, card_serial, sample)"
            " SELECT k, '110000', 'x', '1', '1980-01-01', '01', '01', k, k, '', true FROM unnest(%s::text[]) AS k",
            [names],
        )
        cursor.execute(
            "INSERT INTO enrolment_enrolment (person_id, region, insurance, category, status, since, civil_servant,"
            " company_supplement, tier, employer)"
            " SELECT id, '110000', '310', '11', '1', '2010-01-01', false, false, '', ''"
            " FROM enrolment_person WHERE number = ANY(%s)",
            [names],
        )
        cursor.execute(
            "INSERT INTO ledger_balance (region, account, owner, shard, amount)"
            " SELECT '110000', 'person', k, 0, -1000000 FROM unnest(%s::text[]) AS k",
            [names],
        )
