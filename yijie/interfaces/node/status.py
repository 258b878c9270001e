"""How a node stands: who answers, what waits and since when, what is open, what was refused.

Read once, told twice: by the command (``yijie node status``, :mod:`.telling`) and by the operator's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yijie.domain import exchange
from yijie.domain.transaction import fetch
from yijie.kernel.dates import now

SHOWN_MAX = 25
"""Rows of a list that are shown; the oldest count, they are the ones that need somebody."""


@dataclass(frozen=True, slots=True)
class PeerStanding:
    """A node of the directory and how we stand with it; times are None where there was nothing."""

    code: str
    role: str
    state: str
    address: str
    heard_at: datetime | None
    failed_at: datetime | None
    error: str
    """What last went wrong, in the words of then; it stays after the next answer."""
    regions: str
    waiting: int
    """Messages to it that wait to be said."""
    oldest_at: datetime | None
    tries: int
    """How often the most stubborn of them was tried."""
    refused: int
    """Messages it refused outright: each is a case for a person."""


@dataclass(frozen=True, slots=True)
class Open:
    """An attempt of ours without an outcome (``node`` is the home node), or a hold (``node`` is the care node)."""

    number: int
    node: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A message that its receiver refused."""

    number: int
    node: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that came to nothing, and why."""

    number: int
    state: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Messages of others that we did not take, by code."""

    code: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole view. ``code`` is empty where the process stands alone and has no peers."""

    code: str
    peers: list[PeerStanding]
    attempts: list[Open]
    """Oldest first, at most ``SHOWN_MAX``; ``attempts_open`` counts all of them."""
    attempts_open: int
    holds: list[Open]
    holds_by_age: tuple[int, int, int]
    """Younger than 20 seconds, than five minutes, older."""
    cases: list[Case]
    ended: list[Ended]
    refused: list[Refused]


PEERS = """
SELECT n.code, n.role, n.state, n.address, c.heard_at, c.failed_at, coalesce(c.error, ''),
       coalesce((SELECT string_agg(prefix || CASE moving_to WHEN '' THEN '' ELSE '→' || moving_to END, ' '
                                   ORDER BY prefix)
                 FROM exchange_noderegion r WHERE r.node = n.code), ''),
       o.waiting, o.oldest, o.tries, o.refused
FROM exchange_node n LEFT JOIN exchange_contact c ON c.node = n.code
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE refused = '') AS waiting, min(left_at) FILTER (WHERE refused = '') AS oldest,
           coalesce(max(tries), 0) AS tries, count(*) FILTER (WHERE refused <> '') AS refused
    FROM exchange_outgoing WHERE receiver = n.code
) o ON true
ORDER BY n.role, n.code
"""
ATTEMPTS = """
SELECT id, home_node, action, at, count(*) OVER () FROM settlement_attempt WHERE state = 'received'
ORDER BY at, id LIMIT %s
"""
HOLDS = """
SELECT attempt, care_node, action, held_at FROM decision_hold WHERE state = 'held' ORDER BY held_at, attempt LIMIT %s
"""
HOLDS_BY_AGE = """
SELECT count(*) FILTER (WHERE age < interval '20 seconds'),
       count(*) FILTER (WHERE age >= interval '20 seconds' AND age < interval '5 minutes'),
       count(*) FILTER (WHERE age >= interval '5 minutes')
FROM (SELECT %s - held_at AS age FROM decision_hold WHERE state = 'held') h
"""
CASES = "SELECT subject, receiver, kind, refused FROM exchange_outgoing WHERE refused <> '' ORDER BY left_at LIMIT %s"
ENDED = """
SELECT id, state, ended_at, reason FROM settlement_attempt WHERE reason <> '' AND ended_at IS NOT NULL
ORDER BY ended_at DESC LIMIT 5
"""
REFUSED = "SELECT code, count(*), max(at) FROM exchange_refusal GROUP BY code ORDER BY 3 DESC LIMIT 10"


def standing() -> Standing:
    """How the node this process stands on stands now."""
    identity = exchange.me()
    attempts = fetch(ATTEMPTS, [SHOWN_MAX])
    [(young, old, stuck)] = fetch(HOLDS_BY_AGE, [now()])
    return Standing(
        code=identity.code if identity else "",
        peers=[PeerStanding(*row) for row in fetch(PEERS)],
        attempts=[Open(*row[:4]) for row in attempts],
        attempts_open=attempts[0][4] if attempts else 0,
        holds=[Open(*row) for row in fetch(HOLDS, [SHOWN_MAX])],
        holds_by_age=(young, old, stuck),
        cases=[Case(*row) for row in fetch(CASES, [SHOWN_MAX])],
        ended=[Ended(*row) for row in fetch(ENDED)],
        refused=[Refused(*row) for row in fetch(REFUSED)],
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """What a home region owes a care region for a month, in fen, as each of the two says it; kept by the hub."""

    month: str
    care: str
    home: str
    receivable: int
    payable: int

    @property
    def agree(self) -> bool:
        """Whether both say the same."""
        return self.receivable == self.payable


POSITIONS = """
SELECT month, care_region, home_region,
       coalesce(sum(amount) FILTER (WHERE side = 'from_home'), 0)::bigint,
       -coalesce(sum(amount) FILTER (WHERE side = 'to_care'), 0)::bigint
FROM exchange_position GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def positions() -> list[Pair]:
    """Every pair of regions, by month."""
    return [Pair(*row) for row in fetch(POSITIONS)]
