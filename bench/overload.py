"""Far more desks at once than the server works for: everybody is answered, settled or told to ask again."""

from __future__ import annotations

from django.db import connection

from bench.load import drive
from bench.place import PORT, nation, serving
from bench.stays import ready, settle_requests
from yijie.domain.coherent import disagreements

DESKS = 600
WAITING_MAX = 128
LINES = 5
ROUNDS_MAX = 200


def run(*, quick: bool) -> None:
    """Accepted but unanswered ÷ sent; then what was turned away is sent again until all is settled."""
    desks, count = (200, 400) if quick else (DESKS, 3_000)
    with nation(4_000 if quick else 20_000):
        requests = settle_requests(ready(count, LINES))
        with serving(workers=1, environment={"YIJIE_WAITING_MAX": str(WAITING_MAX)}):
            outcome = drive(PORT, requests, desks)
            settled = sum(b'"infcode":0' in answer for answer in outcome.answers)
            busy = sum(b"[busy.too_many]" in answer for answer in outcome.answers)
            stored = _stored()
            assert settled + busy == len(outcome.answers)
            assert settled == stored, f"{settled} answered as settled, {stored} stored"
            for _ in range(ROUNDS_MAX):
                if _stored() == count:
                    break
                drive(PORT, requests, 64)
            assert _stored() == count
        found = disagreements()
        assert not found, found[0]
    slowest = 1000 * max(outcome.latencies)
    print(f"  {desks} desks at once, {outcome.per_second:,.0f} answers/s, the slowest after {slowest:.0f} ms")
    print(f"  {settled:,} settled, {busy:,} told to ask again and settled later")
    print(f"bench overload: ratio {(count - len(outcome.answers)) / count:.2f} against messages sent, unanswered")


def _stored() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM settlement_settlement")
        return int(cursor.fetchone()[0])
