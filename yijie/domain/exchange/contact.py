"""How we stand with each other node: when it was last heard, what last went wrong."""

from __future__ import annotations

from yijie.domain.transaction import execute
from yijie.kernel.dates import now


def note(node: str, *, error: str = "") -> None:
    """Remember that a node answered, or what kept it from answering."""
    moment = now()
    if error:
        execute(
            "INSERT INTO exchange_contact AS c (node, failed_at, error) VALUES (%s, %s, %s)"
            " ON CONFLICT (node) DO UPDATE SET failed_at = excluded.failed_at, error = excluded.error",
            [node, moment, error[:500]],
        )
        return
    execute(
        "INSERT INTO exchange_contact AS c (node, heard_at, error) VALUES (%s, %s, '')"
        " ON CONFLICT (node) DO UPDATE SET heard_at = excluded.heard_at",
        [node, moment],
    )
