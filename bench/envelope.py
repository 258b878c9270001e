"""Reading a message of 100 fee lines: exact JSON, every field by the interface's tables, beside bare ``json.loads``."""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from datetime import UTC, datetime

from yijie.interfaces.demo.his import HospitalSystem, Item, Patient
from yijie.interfaces.fsi import parse_request, read_input

LINES = 100
ROUNDS = 30
REPEATS = 9


def run(*, quick: bool) -> None:
    """The fastest of nine rounds of each, in microseconds a line."""
    his = HospitalSystem("http://127.0.0.1", "H11010500001", "样例", "110105")
    patient = Patient("11000000010000000001", "样例", "", "310", "11", "110000")
    items = [Item("003310030220000", f"6.{number:02d}", "2") for number in range(LINES)]
    rows = his.lines(patient, "110000456308284094230111", items, datetime(2026, 1, 31, tzinfo=UTC))
    body = his.message("2301", {"feedetail": rows}, insured_in="110000")
    his.close()
    rounds, repeats = (2, 2) if quick else (ROUNDS, REPEATS)

    def best(work: Callable[[], object]) -> float:
        return min(timeit.repeat(work, number=rounds, repeat=repeats)) / rounds

    bare = best(lambda: json.loads(body))
    steps = {
        "json.loads alone": bare,
        "envelope and every field": best(lambda: read_input("2301", parse_request(body).input)),
        "with the content hash": best(lambda: _whole(body)),
    }
    print(f"  2301 with {LINES} lines, {len(body):,} bytes")
    for name, seconds in steps.items():
        print(f"  {name:26} {seconds * 1e6 / LINES:6.1f} µs a line")
    ratio = steps["envelope and every field"] / bare
    print(f"bench envelope: ratio {ratio:.2f} against the time json.loads takes on the same bytes")


def _whole(body: bytes) -> str:
    envelope = parse_request(body)
    read_input("2301", envelope.input)
    return envelope.content_hash()
