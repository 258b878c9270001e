"""The yardstick of settling: pgbench doing what one settlement reads and writes, statement by statement."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from bench.stays import insert_stays
from yijie.domain.partition import month_of
from yijie.kernel.dates import now
from yijie.kernel.ids import moment_of, new_id

STRIDE = 10_000
"""Numbers between the encounters of two pgbench clients."""


def one_by_one(server: Any, clients: int, count: int, lines: int, series: int = 0) -> float:
    """Transactions per second over stays of ``lines`` stored lines; each ``series`` has persons of its own."""
    base = new_id(now()) + series
    per_client = count // clients
    numbers = [client * STRIDE + i for client in range(clients) for i in range(1, per_client + 1)]
    _people(numbers, series)
    insert_stays([(base + n, f"PB{series}{n:07d}", "110000") for n in numbers], lines)
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
