"""Settlements per second through HTTP, commits awaited, beside pgbench doing the same reads and writes one by one."""

from __future__ import annotations

from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_requests
from bench.yardstick import one_by_one
from yijie.domain.coherent import disagreements

LINES = 20
CLIENTS = (1, 8, 32)


def run(*, quick: bool) -> None:
    """Our settlements per second ÷ the yardstick's transactions per second at 1, 8 and 32 clients."""
    each = {1: 60, 8: 200, 32: 320} if quick else {1: 600, 8: 2000, 32: 3200}
    with nation(4_000 if quick else 20_000) as server:
        ours = _ours(each)
        plain = {
            clients: one_by_one(server, clients, each[clients], LINES, series) for series, clients in enumerate(each)
        }
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
        drive(PORT, settle_requests(stays[:100]), 8)
        done = 100
        for clients, count in each.items():
            outcome = drive(PORT, settle_requests(stays[done : done + count]), clients)
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
