"""How many messages of a day and region were done or refused, and how quick; and which were refused.

Sums, and a row for each refusal, are gathered in memory and carried to tables.

Nothing waits for it: the path of a message adds to a dictionary; a thread of the server carries the sums to the
database. What a killed process had not carried yet is lost; these are figures to look at, not books.
"""

from __future__ import annotations

import atexit
import re
import threading
from bisect import bisect_left
from datetime import timedelta

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, connection

from yijie.domain.transaction import BusyElsewhere, execute, in_transaction, json_text
from yijie.kernel.dates import now, today
from yijie.kernel.region import is_region, pool_of

log = structlog.get_logger("yijie.fsi")

MS_BOUNDS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
"""Upper ends of the classes of latency, in milliseconds; the last class is open."""
SECONDS = 10
KEYS_MAX = 20_000
"""Sums kept in memory while the database is away; what comes on top is not counted."""

REFUSALS_MAX = 2_000
"""Refusals of one carrying that leave a row; what comes on top, as from a flood of messages, is counted only."""
REFUSALS_DAYS = 90
"""How long the rows of refused messages are kept; their counts stay."""
INSTITUTION = re.compile(r"[HP]\d{11}")
NOT_NOW = (BusyElsewhere, DatabaseError, InterfaceError, psycopg.Error)
"""Why the database may not take the sums now: it is away, or another process holds the rows."""

Key = tuple[str, str, str, str]
_lock = threading.Lock()
_sums: dict[Key, list[int]] = {}
_refusals: list[dict[str, str]] = []
_stop = threading.Event()

ADD = """
INSERT INTO fsi_tally (day, region, infno, code, number, classes)
SELECT day, region, infno, code, number, classes FROM json_to_recordset(%s::json)
    AS k (day date, region text, infno text, code text, number bigint, classes bigint[])
ON CONFLICT (day, region, infno, code) DO UPDATE SET
    number = fsi_tally.number + excluded.number,
    classes = ARRAY(SELECT a + b FROM unnest(fsi_tally.classes, excluded.classes) AS both_ (a, b))
"""

REFUSED = """
INSERT INTO fsi_refusal (at, region, institution, infno, code, msgid, reference)
SELECT * FROM json_to_recordset(%s::json)
    AS k (at timestamptz, region text, institution text, infno text, code text, msgid text, reference text)
"""


def add(infno: str, code: str, seconds: float, *, institution: str, msgid: str = "", reference: str = "") -> None:
    """Count one message answered; ``code`` is why it was refused, empty for one that was done.

    Of an institution's number and a message id only what is formed like one is kept: senders write there what they
    like, personal data too.
    """
    region = pool_of(institution[1:7]) if is_region(institution[1:7]) else ""
    key = (today().isoformat(), region, infno, code)
    known = INSTITUTION.fullmatch(institution) is not None
    refusal = {"at": now().isoformat(), "region": region, "infno": infno, "code": code, "reference": reference}
    refusal |= {
        "institution": institution if known else "",
        "msgid": msgid if known and msgid.startswith(institution) and msgid.isalnum() else "",
    }
    with _lock:
        if code and len(_refusals) < REFUSALS_MAX:
            _refusals.append(refusal)
        sums = _sums.get(key)
        if sums is None:
            if len(_sums) >= KEYS_MAX:
                return
            sums = _sums[key] = [0] * (len(MS_BOUNDS) + 1)
        sums[bisect_left(MS_BOUNDS, seconds * 1000)] += 1


def carry() -> None:
    """Add the sums to the table; they stay in memory where the database is away."""
    with _lock:
        taken = dict(_sums)
        _sums.clear()
        refused = _refusals[:]
        _refusals.clear()
    if not taken:
        return
    rows = [
        {"day": day, "region": region, "infno": infno, "code": code, "number": sum(classes), "classes": classes}
        for (day, region, infno, code), classes in sorted(taken.items())
    ]

    def work() -> None:
        execute(ADD, [json_text(rows)])
        if refused:
            execute(REFUSED, [json_text(refused)])
        execute("DELETE FROM fsi_refusal WHERE at < %s", [now() - timedelta(days=REFUSALS_DAYS)])

    try:
        in_transaction(work)
    except NOT_NOW:
        with _lock:
            _refusals[:0] = refused
            for key, classes in taken.items():
                there = _sums.setdefault(key, [0] * len(classes))
                there[:] = [a + b for a, b in zip(there, classes, strict=True)]
        raise


def carry_now_and_then() -> None:
    """Start the thread of this server process that carries the sums; it ends with the process."""
    threading.Thread(target=_carrying, name="tally", daemon=True).start()
    atexit.register(_end)


def _carrying() -> None:
    while not _stop.wait(SECONDS):
        _try_to_carry()


def _end() -> None:
    _stop.set()
    _try_to_carry()


def _try_to_carry() -> None:
    try:
        carry()
    except NOT_NOW:
        log.warning("tally not carried", exc_info=True)
        connection.close()
