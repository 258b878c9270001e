"""Facts that travel by being read: the hub's directory, filings, where persons are registered, what regions owe.

Whoever wants them asks from where it last stopped, so a node that was away catches up by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yijie.domain import enrolment, exchange, filing
from yijie.domain.exchange import Message, NotYours, membership
from yijie.domain.exchange.directory import Peer
from yijie.domain.exchange.inbox import Handler
from yijie.domain.filing.elsewhere import BEGINNING
from yijie.domain.transaction import execute, in_transaction, json_text
from yijie.kernel.dates import now

from .homes import digest_of


def _require_hub() -> None:
    identity = exchange.me()
    if identity is None or identity.hub:
        raise NotYours(node=identity.code if identity else "", region="hub")


def _sender(message: Message) -> Peer:
    return exchange.peer(message.sender)


def directory_read(_message: Message) -> Any:
    """directory.read: the whole directory, of the hub."""
    _require_hub()
    return membership.directory_out()


def locate(message: Message) -> Any:
    """person.locate: the node where somebody with a document's digest is registered, of the hub."""
    _require_hub()
    return {"node": membership.locate(message.body["digest"])}


def facts_since(message: Message) -> Any:
    """facts.since: filings for the sender's care regions; of everybody, and documents' digests, where it is the hub."""
    since = datetime.fromisoformat(message.body["since"]) if message.body["since"] else None
    facts = filing.facts_since(since)
    if _sender(message).role == "hub":
        from_, after = message.body.get("persons_from") or [BEGINNING.isoformat(), 0]
        documents, until, last = enrolment.documents_since(datetime.fromisoformat(from_), after)
        digests = [digest_of(kind, number) for kind, number in documents]
        bare = [fact | {"person_number": ""} for fact in facts]
        return {"filings": bare, "digests": digests, "persons_until": [until.isoformat(), last] if until else None}
    theirs = [fact for fact in facts if exchange.holds(message.sender, fact["care_region"])]
    return {"filings": theirs, "digests": [], "persons_until": None}


FEEDS: dict[str, Handler] = {
    "directory.read": directory_read,
    "person.locate": locate,
    "facts.since": facts_since,
}

_persons_from: dict[str, list[Any]] = {}
"""At the hub: how far each node's register has been read by this process; after a start it is read anew."""


def read_directory(hub: str) -> None:
    """Read the hub's directory and take it over where it changed."""
    said = exchange.ask(hub, "directory.read", {})
    in_transaction(lambda: membership.directory_in(said))


def read_facts(peer: str) -> int:
    """Read a node's facts from where we stopped; returns how many documents are there to go on with."""
    since = membership.read_until(peer)
    asked_at = now()
    body = {"since": since.isoformat() if since else None, "persons_from": _persons_from.get(peer)}
    said = exchange.ask(peer, "facts.since", body)

    def work() -> None:
        if said["filings"]:
            filing.facts_in(said["filings"])
        if said["digests"]:
            membership.locators_in(peer, said["digests"])
        membership.note_read(peer, datetime.fromisoformat(said["filings"][-1]["at"]) if said["filings"] else asked_at)

    in_transaction(work)
    if said["persons_until"]:
        _persons_from[peer] = said["persons_until"]
    return len(said["digests"])


def read_positions(peer: str) -> None:
    """At the hub: read what a node says its regions owe and are owed."""
    said = exchange.ask(peer, "positions.read", {})["rows"]
    rows = [
        {
            "month": month,
            "side": account,
            "care_region": region if account == "from_home" else owner,
            "home_region": owner if account == "from_home" else region,
            "amount": amount,
        }
        for month, account, region, owner, amount in said
    ]

    def work() -> None:
        execute("DELETE FROM exchange_position WHERE node = %s", [peer])
        execute(
            "INSERT INTO exchange_position (node, month, care_region, home_region, side, amount)"
            " SELECT %s, k.* FROM json_to_recordset(%s::json)"
            " AS k (month text, care_region text, home_region text, side text, amount bigint)",
            [peer, json_text(rows)],
        )

    in_transaction(work)
