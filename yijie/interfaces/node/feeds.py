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

from . import facts
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
    if message.version == 1:
        return _facts_by_time(message)
    asked = message.body["from"]
    filings, until = facts.filings_after(asked.get("filings", facts.BEGINNING))
    if _sender(message).role != "hub":
        return {"filings": facts.for_node(filings, message.sender), "digests": [], "until": {"filings": until}}
    documents, read = facts.documents_after(asked.get("documents", facts.BEGINNING))
    digests = [digest_of(kind, number) for kind, number in documents]
    return {"filings": facts.for_hub(filings), "digests": digests, "until": {"filings": until, "documents": read}}


def _facts_by_time(message: Message) -> Any:
    """Version 1, of releases before facts were read in the order of commit."""
    since = datetime.fromisoformat(message.body["since"]) if message.body["since"] else None
    filings = filing.facts_since(since)
    if _sender(message).role == "hub":
        from_, after = message.body.get("persons_from") or [BEGINNING.isoformat(), 0]
        documents, until, last = enrolment.documents_since(datetime.fromisoformat(from_), after)
        digests = [digest_of(kind, number) for kind, number in documents]
        bare = [fact | {"person_number": ""} for fact in filings]
        return {"filings": bare, "digests": digests, "persons_until": [until.isoformat(), last] if until else None}
    theirs = [fact for fact in filings if exchange.holds(message.sender, fact["care_region"])]
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
    """Read a node's facts from where we stopped; how many came, so that the reader goes on until none do."""
    since = membership.read_until(peer)
    cursors = membership.cursors_of(peer)
    by_time = {"since": since.isoformat() if since else None, "persons_from": _persons_from.get(peer)}
    version, said = exchange.ask_in_versions(peer, "facts.since", {2: {"from": cursors}, 1: by_time})

    def work() -> None:
        if said["filings"]:
            filing.facts_in(said["filings"])
        if said["digests"]:
            membership.locators_in(peer, said["digests"])
        if version > 1:
            membership.note_cursors(peer, said["until"])
        elif said["filings"]:
            membership.note_read(peer, datetime.fromisoformat(said["filings"][-1]["at"]))

    if version == 1 or said["until"] != cursors:
        in_transaction(work)
    if version == 1:
        _persons_from[peer] = said["persons_until"] or _persons_from.get(peer)
        return len(said["digests"])
    return 0 if said["until"] == cursors else 1


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
