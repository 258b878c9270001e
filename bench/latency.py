"""How long a desk waits at half the peak load, from the moment it would have sent, beside a desk that is alone."""

from __future__ import annotations

from bench.load import drive, paced
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_requests

CLIENTS = 32
LINES = 20


def run(*, quick: bool) -> None:
    """The 99th percentile at half the peak rate ÷ the median of one desk alone."""
    warm, alone, peak, half = (20, 40, 120, 120) if quick else (200, 400, 2_000, 4_000)
    with nation(4_000 if quick else 20_000), serving(workers=1):
        stays = iter(settle_requests(ready(warm + alone + peak + half, LINES, again=True)))
        drive(PORT, [next(stays) for _ in range(warm)], CLIENTS)
        single = drive(PORT, [next(stays) for _ in range(alone)], 1)
        most = drive(PORT, [next(stays) for _ in range(peak)], CLIENTS)
        rate = most.per_second / 2
        steady = paced(PORT, [next(stays) for _ in range(half)], rate, CLIENTS)
    for outcome in (single, most, steady):
        refused = [answer for answer in outcome.answers if b'"infcode":0' not in answer]
        assert not refused, refused[0].decode()
    print(f"  one desk alone: p50 {single.percentile(0.5):.1f} ms, p99 {single.percentile(0.99):.1f} ms")
    print(f"  peak of {CLIENTS} desks: {most.per_second:,.0f}/s, p99 {most.percentile(0.99):.1f} ms")
    print(f"  at {rate:,.0f}/s: p50 {steady.percentile(0.5):.1f} ms, p99 {steady.percentile(0.99):.1f} ms")
    ratio = steady.percentile(0.99) / single.percentile(0.5)
    print(f"bench latency: ratio {ratio:.2f} against the median of one desk alone, p99 at half the peak load")
