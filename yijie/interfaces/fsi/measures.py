"""What is counted and logged of every message: which transaction, how long, how it ended. Never whom it was about."""

from __future__ import annotations

from functools import cache

import structlog
from prometheus_client import Counter, Gauge, Histogram

from yijie.kernel.errors import YijieError

from . import tally
from .tables import transaction_numbers

log = structlog.get_logger("yijie.fsi")

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BATCH_SIZES = (1, 2, 4, 8, 16, 32)
NO_TRANSACTION = "none"
"""Stands for numbers the interface does not have, so that senders cannot make series of their own."""

MESSAGES = Counter("yijie_messages", "Messages answered, by transaction and outcome", ["infno", "outcome"])
REFUSALS = Counter("yijie_refusals", "Messages refused, by transaction and stable code", ["infno", "code"])
LATENCY = Histogram(
    "yijie_message_seconds", "From the whole message read to the answer made", ["infno"], buckets=SECONDS
)
AT_WORK = Gauge("yijie_messages_at_work", "Messages being worked on", multiprocess_mode="livesum")
WAITING = Gauge("yijie_messages_waiting", "Messages waiting for a desk", multiprocess_mode="livesum")
BATCH = Histogram("yijie_settled_together", "Settlements in one database transaction", buckets=BATCH_SIZES)

_NUMBERS = frozenset(transaction_numbers())


@cache
def _series_of(label: str) -> tuple[Counter, Counter, Histogram]:
    """The series of a transaction; looking them up by their labels costs more than counting."""
    return MESSAGES.labels(label, "done"), MESSAGES.labels(label, "refused"), LATENCY.labels(label)


def count(
    infno: str, error: YijieError | None, seconds: float, *, msgid: str, institution: str, reference: str
) -> None:
    """One message answered; ``error`` is why it was refused."""
    label = infno if infno in _NUMBERS else NO_TRANSACTION
    done, refused, latency = _series_of(label)
    (done if error is None else refused).inc()
    latency.observe(seconds)
    code = error.code if error else ""
    tally.add(label, code, seconds, institution=institution, msgid=msgid, reference=reference)
    if error is not None:
        REFUSALS.labels(label, error.code).inc()
    log.info(
        "message",
        infno=label,
        msgid=msgid,
        institution=institution,
        reference=reference,
        code=error.code if error else "",
        ms=round(1000 * seconds, 1),
    )
