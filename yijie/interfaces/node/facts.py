"""What a node tells others of filings, enrolments and documents: read in the order in which it was committed.

Each row knows the transaction that changed it last. A reader goes on from (transaction, row) and is told only of
transactions below which none is running any more: nothing that commits late is missed, nothing is told twice, and
whoever was away goes on where he stopped. A position from before a restored backup begins anew: facts are the same
however often they are read.
"""

from __future__ import annotations

from typing import Any

from yijie.domain import exchange
from yijie.domain.transaction import fetch

Position = list[int]
"""Transaction and row after which to go on."""
FACTS_MAX = 5_000
DOCUMENTS_MAX = 20_000
BEGINNING: Position = [0, 0]

NEWEST = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"

FILINGS = """
WITH changed AS (
    SELECT id FROM filing_filing WHERE changed_in >= %(since)s::text::xid8
    UNION
    SELECT f.id FROM enrolment_enrolment e JOIN enrolment_person p ON p.id = e.person_id
    JOIN filing_filing f ON (f.person_number, f.insurance, f.home_region) = (p.number, e.insurance, e.region)
    WHERE e.changed_in >= %(since)s::text::xid8
), facts AS (
    SELECT f.*, s.at, e.category, e.status AS enrolled, e.paused_on,
           greatest(f.changed_in, e.changed_in) AS told_in
    FROM changed JOIN filing_filing f USING (id)
    JOIN LATERAL (SELECT max(at) AS at FROM filing_filingstep WHERE filing_id = f.id) s ON true
    LEFT JOIN enrolment_person p ON p.number = f.person_number
    LEFT JOIN enrolment_enrolment e ON (e.person_id, e.insurance, e.region) = (p.id, f.insurance, f.home_region)
    WHERE f.state IN ('approved', 'revoked')
)
SELECT told_in::text, id, person_number, insurance, home_region, care_region, kind, since, until, state, at, category,
       enrolled, paused_on
FROM facts
WHERE (told_in, id) > (%(since)s::text::xid8, %(row)s) AND told_in < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY told_in, id LIMIT %(max)s
"""
"""An enrolment that is paused or changed is told again with every filing that rests on it."""

DOCUMENTS = """
SELECT changed_in::text, id, certificate_number, card_number FROM enrolment_person
WHERE (changed_in, id) > (%(since)s::text::xid8, %(row)s) AND changed_in < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY changed_in, id LIMIT %(max)s
"""


def filings_after(position: Position) -> tuple[list[dict[str, Any]], Position]:
    """Approved and revoked filings with their enrolments, and where to go on, at most ``FACTS_MAX``."""
    rows = _after(FILINGS, position, FACTS_MAX)
    facts = [
        {
            "id": row[1],
            "person_number": row[2],
            "insurance": row[3],
            "home_region": row[4],
            "care_region": row[5],
            "kind": row[6],
            "since": row[7].isoformat(),
            "until": row[8].isoformat() if row[8] else None,
            "state": row[9],
            "at": row[10].isoformat(),
            "category": row[11] or "",
            "enrolled": row[12] or "",
            "paused_on": row[13].isoformat() if row[13] else None,
        }
        for row in rows
    ]
    return facts, _last(rows, position)


def documents_after(position: Position) -> tuple[list[tuple[str, str]], Position]:
    """(kind, number) of documents of persons registered or changed, and where to go on."""
    rows = _after(DOCUMENTS, position, DOCUMENTS_MAX)
    documents = [("certificate", row[2]) for row in rows] + [("card", row[3]) for row in rows if row[3]]
    return documents, _last(rows, position)


def for_hub(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Filings without the persons: the hub counts them, it does not know whose they are."""
    return [fact | {"person_number": "", "category": ""} for fact in facts]


def for_node(facts: list[dict[str, Any]], node: str) -> list[dict[str, Any]]:
    """Filings for regions that a node holds."""
    return [fact for fact in facts if exchange.holds(node, fact["care_region"])]


def _after(statement: str, position: Position, rows_max: int) -> list[tuple[Any, ...]]:
    since, row = position if position[0] <= int(fetch(NEWEST)[0][0]) else BEGINNING
    return fetch(statement, {"since": str(since), "row": row, "max": rows_max})


def _last(rows: list[tuple[Any, ...]], position: Position) -> Position:
    return [int(rows[-1][0]), rows[-1][1]] if rows else position
