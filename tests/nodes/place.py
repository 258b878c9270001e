"""Nodes in a test: databases of their own and identities that know each other, all in this process."""

from __future__ import annotations

import contextlib
import os
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connections

from yijie.domain import exchange
from yijie.domain.exchange import Identity
from yijie.domain.transaction import execute, fetch
from yijie.interfaces.server.postgres import url_of
from yijie.kernel.sm import new_private_key
from yijie.settings import database_from_url


@dataclass
class Place:
    """A node: its identity, the region prefixes it holds, and its own connection to its own database."""

    identity: Identity
    regions: tuple[str, ...]
    url: str
    wrapper: Any = None
    epoch: int = 0
    alive: bool = True
    skew: float = 0.0
    entered: list = field(default_factory=list)

    @property
    def code(self) -> str:
        """The node's code."""
        return self.identity.code

    def open(self) -> Place:
        """Connect to the node's database."""
        self.wrapper = connections.create_connection("default")
        self.wrapper.settings_dict = deepcopy(self.wrapper.settings_dict) | database_from_url(self.url)
        return self

    @contextlib.contextmanager
    def acting(self):
        """Within the block this process is the node, on its database."""
        before = connections["default"]
        connections["default"] = self.wrapper
        try:
            with exchange.acting_as(self.identity):
                yield
        finally:
            connections["default"] = before

    def close(self) -> None:
        """Disconnect."""
        self.wrapper.close()


@contextlib.contextmanager
def databases(cluster, template, count):
    """Copies of a database, removed in the end; their addresses."""
    names = [f"node_{os.urandom(4).hex()}" for _ in range(count)]
    with psycopg.connect(cluster.get_uri(), autocommit=True) as administrator:
        for name in names:
            administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield [url_of(cluster, name) for name in names]
        for name in names:
            administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def make_identity(code: str) -> Identity:
    """A node's identity with a fresh key."""
    return Identity(code, new_private_key())


def introduce(places: list[Place]) -> None:
    """Write the same directory at every node."""
    for place in places:
        with place.acting():
            for other in places:
                execute(
                    "INSERT INTO exchange_node (code, role, state, address) VALUES (%s, 'node', 'active', %s)",
                    [other.code, f"sim://{other.code}"],
                )
                execute(
                    "INSERT INTO exchange_nodekey (public, node, since, until) VALUES (%s, %s, '2020-01-01+08', NULL)",
                    [other.identity.public, other.code],
                )
                for prefix in other.regions:
                    execute(
                        "INSERT INTO exchange_noderegion (prefix, node, moving_to) VALUES (%s, %s, '')",
                        [prefix, other.code],
                    )
    exchange.forget_directory()


def across(places: list[Place]) -> list[str]:
    """What the books of the nodes say against each other, once all messages are delivered; nothing when they agree."""
    found: list[str] = []
    attempts: dict[int, tuple[str, str]] = {}
    holds: dict[int, tuple[str, str]] = {}
    owed: dict[tuple[str, str, str], int] = {}
    for place in places:
        with place.acting():
            attempts |= {n: (place.code, s) for n, s in fetch("SELECT id, state FROM settlement_attempt")}
            holds |= {n: (place.code, s) for n, s in fetch("SELECT attempt, state FROM decision_hold")}
            waiting = fetch("SELECT kind, subject, tries, refused FROM exchange_outgoing")
            found += [f"{place.code} still has to say {row}" for row in waiting]
            if waiting:
                found += [f"{place.code} hears: {row}" for row in fetch("SELECT node, error FROM exchange_contact")]
                found += [f"{place.code} refused: {row}" for row in fetch("SELECT * FROM exchange_refusal LIMIT 9")]
            for month, account, region, owner, amount in fetch(
                "SELECT to_char(at, 'YYYY-MM'), account, region, owner, sum(amount)::bigint FROM ledger_posting"
                " WHERE account IN ('to_care', 'from_home') GROUP BY 1, 2, 3, 4"
            ):
                care, home = (owner, region) if account == "to_care" else (region, owner)
                owed[month, care, home] = owed.get((month, care, home), 0) + amount
    for number in attempts.keys() | holds.keys():
        pair = attempts.get(number, ("", "none"))[1], holds.get(number, ("", "none"))[1]
        if pair not in AT_REST:
            found.append(f"attempt {number}: care says {pair[0]}, home says {pair[1]}")
    found += [f"{key}: {amount} fen owed on one side only" for key, amount in owed.items() if amount]
    return found


AT_REST = {
    ("settled", "confirmed"),
    ("aborted", "cancelled"),
    ("aborted", "tombstone"),
}
