"""Memory of the serving process after many settlements: flat."""

from __future__ import annotations

from bench.cost import cost
from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_requests

ROUND = 5_000
ROUNDS = 11
FLAT = 1.10
MIB = 1024 * 1024


def run(*, quick: bool) -> None:
    """Resident memory after all settlements ÷ after the first round, when everything is warm."""
    size, rounds = (150, 3) if quick else (ROUND, ROUNDS)
    resident: list[int] = []
    with nation(2_000 if quick else 20_000) as database, serving(workers=1) as server:
        for number in range(rounds):
            requests = settle_requests(ready(size, 2, again=True))
            outcome = drive(PORT, requests, 32)
            refused = [answer for answer in outcome.answers if b'"infcode":0' not in answer]
            assert not refused, refused[0].decode()
            resident.append(cost(server, database).resident_bytes)
            print(f"  after {(number + 1) * size:>6,} settlements: {resident[-1] / MIB:.1f} MiB", flush=True)
    ratio = resident[-1] / resident[0]
    assert quick or ratio < FLAT, "memory grows"
    print(f"bench memory: ratio {ratio:.2f} against the memory after the first {size:,} settlements")
