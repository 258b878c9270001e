"""Settlements per second of the committer itself beside pgbench doing the same reads and writes one by one.

Nothing of HTTP on either side: pgbench sends statements over 32 sessions; here 32 threads, in as many processes as
serve by default, hand over messages that were read before, and have the answer as the desk would get it.
"""

from __future__ import annotations

import itertools
import multiprocessing
import threading
import time
from multiprocessing.synchronize import Barrier
from typing import Any

from bench.place import nation
from bench.stays import ready, settle_messages
from bench.yardstick import one_by_one
from yijie.domain.coherent import disagreements
from yijie.interfaces.server.start import WORKERS, wake_django

CLIENTS = 32
LINES = 20
WARM = 20
"""Settlements of each client before time is taken, so that statements are planned, as in a process that serves."""


def run(*, quick: bool) -> None:
    """Settlements per second ÷ the yardstick's transactions per second, 32 clients each."""
    count = (10 if quick else 100) * CLIENTS
    with nation(4_000 if quick else 20_000) as server:
        ours = _together(settle_messages(ready(count + WARM * CLIENTS, LINES)))
        found = disagreements()
        assert not found, found[0]
        plain = one_by_one(server, CLIENTS, count, LINES)
    print(f"  {ours:,.0f} settlements/s, pgbench {plain:,.0f}/s")
    yardstick = "pgbench doing the same reads and writes one by one, 32 clients each, commits awaited, no HTTP"
    print(f"bench committing: ratio {ours / plain:.2f} against {yardstick}")


def _together(messages: list[bytes]) -> float:
    processes = multiprocessing.get_context("spawn")
    begin, times = processes.Barrier(WORKERS, timeout=120), processes.Queue()
    shares = [messages[worker::WORKERS] for worker in range(WORKERS)]
    workers = [processes.Process(target=_settle, args=(share, begin, times)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, "a process failed"
    taken = [times.get() for _ in workers]
    counted = len(messages) - WARM * CLIENTS
    return counted / (max(end for _, end in taken) - min(start for start, _ in taken))


def _settle(messages: list[bytes], begin: Barrier, times: Any) -> None:
    """Settle a share of the messages on its threads; the first of them before the time counts."""
    wake_django()
    from django.db import connection

    from yijie.domain import institution
    from yijie.interfaces.fsi.call import Call
    from yijie.interfaces.fsi.envelope import parse_request
    from yijie.interfaces.fsi.messages import Claim
    from yijie.interfaces.fsi.reading import read_input
    from yijie.interfaces.fsi.transactions.settling import settle

    def read(message: bytes) -> tuple[Call, Claim]:
        envelope = parse_request(message)
        at = institution.standing(envelope.fixmedins_code)
        call = Call(envelope, read_input(envelope.infno, envelope.input).nodes, at)
        key = (at.code, envelope.infno, envelope.msgid)
        return call, Claim(key, envelope.content_hash(), call.person_number, envelope.opter)

    threads = CLIENTS // WORKERS
    asked = [read(message) for message in messages]
    warm, counted = iter(asked[: WARM * threads]), iter(asked[WARM * threads :])
    warmed, started = threading.Barrier(threads), threading.Barrier(threads, action=begin.wait)
    ends: list[tuple[float, float]] = []

    def client() -> None:
        for one in itertools.islice(warm, WARM):
            settle(*one)
        warmed.wait()
        started.wait()
        start = time.monotonic()
        for one in counted:
            settle(*one)
        ends.append((start, time.monotonic()))
        connection.close()

    clients = [threading.Thread(target=client) for _ in range(threads)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    assert len(ends) == threads, "a client failed"
    times.put((min(start for start, _ in ends), max(end for _, end in ends)))
