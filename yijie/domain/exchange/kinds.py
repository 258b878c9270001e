"""The kinds of messages between nodes: a closed list. Their bodies are described in ``docs/nodes.md``.

A body may gain fields that have a default without a new version: readers leave out what they do not know. Anything
else is a new version; a release understands the versions listed, and speaks the newest that the other side knows too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: versions understood, seconds until an answer is given up, whether it changes anything."""

    name: str
    seconds_max: float
    command: bool = False
    versions: tuple[int, ...] = (1,)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("benefit.quote", 6.0),
        Kind("benefit.hold", 6.0, command=True),
        Kind("benefit.confirm", 10.0, command=True),
        Kind("benefit.cancel", 10.0, command=True),
        Kind("attempt.ask", 6.0, command=True),
        Kind("person.facts", 4.0),
        Kind("person.locate", 3.0),
        Kind("his.hand_on", 8.0),
        Kind("facts.since", 10.0, versions=(1, 2)),
        Kind("directory.read", 5.0),
        Kind("positions.read", 10.0),
        Kind("benefit.explain", 6.0),
    )
}
"""``his.hand_on`` carries transactions of the national interface; those that write are claimed by their own ids."""

ATTEMPT_SECONDS_MAX = 15.0
"""After this an attempt that is not settled may be aborted by whoever meets it."""

HOLD_ASKS_AFTER_SECONDS = 20.0
"""A hold this old asks the care node; later than the attempt's deadline, so that asking does not disturb."""

CLOCKS_APART_MINUTES_MAX = 15
BODY_BYTES_MAX = 8 * 1024 * 1024
