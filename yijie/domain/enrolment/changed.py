"""Who was registered or changed since a moment: what the hub's locator is told, as documents, never as persons."""

from __future__ import annotations

from datetime import datetime, timedelta

from yijie.domain.transaction import fetch

OVERLAP = timedelta(minutes=2)
PERSONS_MAX = 20_000


def documents_since(since: datetime, after: int) -> tuple[list[tuple[str, str]], datetime | None, int]:
    """(kind, number) of the documents of persons changed since a moment, in order, at most ``PERSONS_MAX`` persons.

    Also the moment and the row to go on from; no moment where there is nothing more.
    """
    rows = fetch(
        "SELECT id, certificate_number, card_number, changed_at FROM enrolment_person"
        " WHERE (changed_at, id) > (%s, %s) ORDER BY changed_at, id LIMIT %s",
        [since, after, PERSONS_MAX],
    )
    documents = [("certificate", row[1]) for row in rows] + [("card", row[2]) for row in rows if row[2]]
    if not rows:
        return [], None, 0
    return documents, rows[-1][3], rows[-1][0]
