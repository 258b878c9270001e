"""Settlements per second across three nodes and a hub, beside the same in one process; what a cut line costs.

Care in Beijing, people insured at two other nodes: every settlement is held at one of them and confirmed afterwards.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import PRICE_FEN, Stay, insert_stays, ready, settle_requests
from yijie.interfaces.demo import network
from yijie.interfaces.demo.his import Patient
from yijie.kernel.ids import new_id
from yijie.kernel.money import yuan
from yijie.kernel.sm import new_private_key, public_key_of, sign, verify

LINES = 20
CLIENTS = 32
ROOT_HOME = Path("/var/lib/yijie")


def run(*, quick: bool) -> None:
    """Our settlements per second across nodes ÷ in one process, 32 clients, and how long a cut takes to be resolved."""
    count = 128 if quick else 2_000
    cut_seconds = 2.0 if quick else 60.0
    _signatures()
    with nation(4_000 if quick else 20_000), serving(workers=1):
        stays = ready(count + 100, LINES)
        drive(PORT, settle_requests(stays[:100]), 8)
        alone = _rate(PORT, stays[100:])
    base = ROOT_HOME if os.geteuid() == 0 else Path(tempfile.gettempdir())
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-nodes-", dir=base) as folder:
        Path(folder).chmod(0o755)
        across = _across(Path(folder), count, cut_seconds, people=8_000 if quick else 20_000)
    yardstick = "the same settlements in one process, 32 clients, commits awaited"
    print(f"bench nodes: ratio {across / alone:.2f} against {yardstick}")


def _signatures() -> None:
    private, message = new_private_key(), b"x" * 1500
    public, signature, rounds = public_key_of(private), sign(private, message), 200
    began = time.perf_counter()
    for _ in range(rounds):
        sign(private, message)
        verify(public, message, signature)
    print(f"  SM2 sign + verify of one message: {(time.perf_counter() - began) / rounds * 1000:.2f} ms")


def _rate(port: int, stays: list[Stay]) -> float:
    outcome = drive(port, settle_requests(stays), CLIENTS)
    refused = [answer for answer in outcome.answers if b'"infcode":0' not in answer]
    assert not refused, refused[0].decode()
    p50, p99 = outcome.percentile(0.5), outcome.percentile(0.99)
    print(f"  {outcome.per_second:,.0f} settlements/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms", flush=True)
    return outcome.per_second


def _across(folder: Path, count: int, cut_seconds: float, *, people: int) -> float:
    hub, provinces = network.members(folder, 0)
    ports = _free_ports(4)
    hub, *provinces = [replace(m, port=port) for m, port in zip((hub, *provinces), ports, strict=True)]
    network.set_up(hub, provinces, people=people)
    with network.running([hub, *provinces]) as processes:
        time.sleep(network.SECONDS_TO_MEET)
        persons = [person for member in provinces[1:] for person in _persons(member)]
        stays = _stays(provinces[0], persons[: count + 100 + CLIENTS * 8])
        drive(provinces[0].port, settle_requests(stays[:100]), 8)
        before = _commands(provinces)
        rate = _rate(provinces[0].port, stays[100 : count + 100])
        _settled(provinces)
        print(f"  {(_commands(provinces) - before) / count:.2f} messages a settlement, confirms in batches")
        _cut(provinces, processes, stays[count + 100 :], cut_seconds)
    return rate


def _cut(provinces: list[network.Member], processes: Any, stays: list[Stay], seconds: float) -> None:
    """Both home nodes stand still under load, then go on; how long until nothing is open any more."""
    for member in provinces[1:]:
        os.killpg(processes[member.code].pid, signal.SIGSTOP)
    began = time.monotonic()
    outcome = drive(provinces[0].port, settle_requests(stays), CLIENTS)
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    for member in provinces[1:]:
        os.killpg(processes[member.code].pid, signal.SIGCONT)
    healed = _settled(provinces)
    print(f"  home nodes still for {seconds:.0f} s, {len(outcome.answers)} settlements tried, slowest answered after"
          f" {outcome.percentile(1.0) / 1000:.1f} s; all resolved {healed:.1f} s after the nodes went on")  # fmt: skip


def _settled(provinces: list[network.Member]) -> float:
    began = time.monotonic()
    while any(_query(member, OPEN)[0][0] for member in provinces):
        time.sleep(0.05)
    return time.monotonic() - began


OPEN = (
    "SELECT (SELECT count(*) FROM exchange_outgoing)"
    " + (SELECT count(*) FROM settlement_attempt WHERE state = 'received')"
    " + (SELECT count(*) FROM decision_hold WHERE state = 'held')"
)


def _commands(provinces: list[network.Member]) -> int:
    return sum(_query(member, "SELECT count(*) FROM exchange_incoming")[0][0] for member in provinces)


def _persons(member: network.Member) -> list[tuple[Any, ...]]:
    return _query(
        member,
        "SELECT p.number, p.name, p.certificate_number, e.region, e.category FROM enrolment_person p"
        " JOIN enrolment_enrolment e ON e.person_id = p.id WHERE e.insurance = '310' AND e.status = '1'"
        " AND e.category IN ('11', '12') AND p.number NOT LIKE '______0000%' ORDER BY md5(p.number)",
    )


def _stays(care: network.Member, persons: list[tuple[Any, ...]]) -> list[Stay]:
    """Discharged stays at the care node of people it does not know."""
    host, port = _socket(care)
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update({"HOST": host, "PORT": port, "USER": "postgres", "NAME": "yijie"})
    first = new_id()
    ids = range(first, first + len(persons))
    insert_stays([(number, person[0], person[3]) for number, person in zip(ids, persons, strict=True)], LINES)
    connection.close()
    connection.settings_dict.update(before)
    return [
        Stay(encounter, Patient(number, name, certificate, "310", category, home), yuan(PRICE_FEN * LINES))
        for encounter, (number, name, certificate, home, category) in zip(ids, persons, strict=True)
    ]


def _socket(member: network.Member) -> tuple[str, str]:
    lines = (member.home / "postgres" / "postmaster.pid").read_text().splitlines()
    return lines[4], lines[3]


def _query(member: network.Member, statement: str) -> list[tuple[Any, ...]]:
    host, port = _socket(member)
    with psycopg.connect(host=host, port=port, user="postgres", dbname="yijie") as database:
        return database.execute(statement).fetchall()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
