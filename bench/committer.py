"""Settlements per second of 32 desks, settled together and, for comparison, each in a transaction of its own."""

from __future__ import annotations

from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_requests
from yijie.domain.coherent import disagreements

CLIENTS = 32
LINES = 20
ALONE = {"YIJIE_SETTLE": "alone"}
ROUNDS = 3


def run(*, quick: bool) -> None:
    """The best of three rounds each, taken in turns, so that both see the same machine."""
    count, rounds = (120, 1) if quick else (2_000, ROUNDS)
    best = {"together": 0.0, "alone": 0.0}
    with nation(4_000 if quick else 20_000):
        stays = iter(ready(2 * rounds * (count + CLIENTS), LINES, again=True))
        for _ in range(rounds):
            for name, environment in (("together", {}), ("alone", ALONE)):
                with serving(workers=1, environment=environment):
                    drive(PORT, settle_requests([next(stays) for _ in range(CLIENTS)]), CLIENTS)
                    outcome = drive(PORT, settle_requests([next(stays) for _ in range(count)]), CLIENTS)
                refused = [answer for answer in outcome.answers if b'"infcode":0' not in answer]
                assert not refused, refused[0].decode()
                best[name] = max(best[name], outcome.per_second)
                print(
                    f"  {name:>8}: {outcome.per_second:,.0f} settlements/s,"
                    f" p50 {outcome.percentile(0.5):.1f} ms, p99 {outcome.percentile(0.99):.1f} ms",
                    flush=True,
                )
        found = disagreements()
        assert not found, found[0]
    ratio = best["together"] / best["alone"]
    print(f"bench committer: ratio {ratio:.2f} against each settlement in its own transaction, {CLIENTS} clients")
