"""Filings approved by other nodes for our care regions, and ours for theirs: facts to be read, not to be changed.

A fact is read again from two minutes before the last reading: a transaction that took its time is not missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import SHANGHAI

OVERLAP = timedelta(minutes=2)
FACTS_MAX = 5_000
BEGINNING = datetime(2020, 1, 1, tzinfo=SHANGHAI)

SINCE = """
SELECT f.id, f.person_number, f.insurance, f.home_region, f.care_region, f.kind, f.since, f.until, f.state, s.at
FROM filing_filing f JOIN LATERAL (
    SELECT max(at) AS at FROM filing_filingstep WHERE filing_id = f.id
) s ON true
WHERE s.at >= %s AND f.state IN ('approved', 'revoked') ORDER BY s.at LIMIT %s
"""


def facts_since(since: datetime | None) -> list[dict[str, Any]]:
    """Filings that were approved or revoked since a moment, as they travel, oldest first, at most ``FACTS_MAX``."""
    rows = fetch(SINCE, [since - OVERLAP if since else BEGINNING, FACTS_MAX])
    return [
        {
            "id": row[0],
            "person_number": row[1],
            "insurance": row[2],
            "home_region": row[3],
            "care_region": row[4],
            "kind": row[5],
            "since": row[6].isoformat(),
            "until": row[7].isoformat() if row[7] else None,
            "state": row[8],
            "at": row[9].isoformat(),
        }
        for row in rows
    ]


def facts_in(facts: Sequence[dict[str, Any]]) -> None:
    """Keep facts of another node in the running transaction; the newest of each filing counts."""
    execute(
        """INSERT INTO filing_filedelsewhere AS f (id, person_number, insurance, home_region, care_region, kind, since,
               until, state, at, category, enrolled, paused_on)
           SELECT id, person_number, insurance, home_region, care_region, kind, since, until, state, at,
               coalesce(category, ''), coalesce(enrolled, ''), paused_on
           FROM json_to_recordset(%s::json) AS k (id bigint, person_number text, insurance text, home_region text,
               care_region text, kind text, since date, until date, state text, at timestamptz, category text,
               enrolled text, paused_on date)
           ON CONFLICT (id) DO UPDATE SET state = excluded.state, until = excluded.until, at = excluded.at,
               category = excluded.category, enrolled = excluded.enrolled, paused_on = excluded.paused_on
           WHERE f.at <= excluded.at""",
        [json_text(list(facts))],
    )
