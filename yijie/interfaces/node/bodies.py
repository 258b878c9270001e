"""What each kind of message carries, and what is answered, by version: read by the receiver, published as JSON Schema.

Members that a reader does not know are left out; a new member has a default. Anything else is a new version.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from yijie.domain.decision import BenefitRequest, Granted, YearUsed
from yijie.domain.enrolment import Insured, Shown
from yijie.domain.exchange import Message
from yijie.domain.exchange.errors import MessageUnreadable
from yijie.domain.institution import Standing
from yijie.domain.settlement import BegunVoid


class Refusal(msgspec.Struct):
    """A refusal as it travels."""

    code: str
    zh: str
    en: str


class Nothing(msgspec.Struct):
    """A body without members."""


class Settle(msgspec.Struct):
    """A settlement to be quoted or held."""

    request: BenefitRequest


class Hold(msgspec.Struct):
    """Settlements and voids of one care node."""

    settles: list[Settle]
    voids: list[BegunVoid]


class SettleHeld(msgspec.Struct, omit_defaults=True):
    """What was granted, or why not."""

    granted: Granted | None = None
    error: Refusal | None = None


class VoidHeld(msgspec.Struct, omit_defaults=True):
    """Whom a void concerns and what the account will hold, or why it is not held."""

    insured: Insured | None = None
    account: int = 0
    error: Refusal | None = None


class Held(msgspec.Struct):
    """Outcomes in the order in which they were asked for."""

    settles: list[SettleHeld]
    voids: list[VoidHeld]


class Attempt(msgspec.Struct):
    """An attempt by its number."""

    attempt: int


class Attempts(msgspec.Struct):
    """Attempts that were settled, or aborted."""

    items: list[Attempt]


class Outcome(msgspec.Struct, omit_defaults=True):
    """Nothing where it was done."""

    error: Refusal | None = None


class Outcomes(msgspec.Struct):
    """Outcomes in the order of the items."""

    outcomes: list[Outcome]


class Asked(msgspec.Struct):
    """Attempts of which the home node holds something."""

    attempts: list[int]


class States(msgspec.Struct):
    """(attempt, settled or aborted)."""

    states: list[tuple[int, str]]


class Persons(msgspec.Struct, omit_defaults=True):
    """Relations (person, insurance, home region) on a day; what was shown at which institution, for one relation."""

    relations: list[tuple[str, str, str]]
    day: date
    shown: Shown | None = None
    institution: str = ""


class Known(msgspec.Struct):
    """A person with what the account holds, in fen."""

    insured: Insured
    account: int


class Found(msgspec.Struct):
    """Those of the persons who are insured here."""

    persons: list[Known]


class Digest(msgspec.Struct):
    """SM3 of kind and number of a document."""

    digest: str


class Located(msgspec.Struct):
    """A node's code; empty where nobody is registered with that document."""

    node: str


class HandedOn(msgspec.Struct):
    """A transaction of the national interface as JSON text, the institution that sent it, and its desk's language."""

    request: str
    at: Standing
    language: str = "zh"


class Output(msgspec.Struct):
    """The transaction's output as JSON text."""

    output: str


class Explain(msgspec.Struct):
    """A settlement's number."""

    settlement: int


class Explained(msgspec.Struct):
    """The report of a decision, and what the person's year has used."""

    report: Any
    used: list[YearUsed]


class FactsByTime(msgspec.Struct):
    """Version 1: from a moment on; of persons from (moment, row) on."""

    since: datetime | None
    persons_from: tuple[datetime, int] | None = None


class FactsByCommit(msgspec.Struct):
    """From (transaction, row) on, by kind of fact; from the start where a kind is missing."""

    from_: dict[str, tuple[int, int]] = msgspec.field(name="from", default_factory=dict)


class Filed(msgspec.Struct):
    """A filing approved or revoked, with its enrolment; ``person_number`` is empty for the hub."""

    id: int
    person_number: str
    insurance: str
    home_region: str
    care_region: str
    kind: str
    since: date
    until: date | None
    state: str
    at: datetime
    category: str = ""
    enrolled: str = ""
    paused_on: date | None = None


class ToldByTime(msgspec.Struct):
    """Version 1."""

    filings: list[Filed]
    digests: list[str]
    persons_until: tuple[datetime, int] | None


class ToldByCommit(msgspec.Struct):
    """Facts, and where to go on."""

    filings: list[Filed]
    digests: list[str]
    until: dict[str, tuple[int, int]]


class Directory(msgspec.Struct):
    """Nodes (code, role, state, address), keys (public, node, since, until), regions (prefix, node, moving to)."""

    nodes: list[tuple[str, str, str, str]]
    keys: list[tuple[str, str, datetime, datetime | None]]
    regions: list[tuple[str, str, str]]


class Positions(msgspec.Struct):
    """(month, account, region, counterpart, fen)."""

    rows: list[tuple[str, str, str, str, int]]


BODIES: dict[tuple[str, int], tuple[Any, Any]] = {
    ("benefit.quote", 1): (Settle, Granted),
    ("benefit.hold", 1): (Hold, Held),
    ("benefit.confirm", 1): (Attempts, Outcomes),
    ("benefit.cancel", 1): (Attempts, Outcomes),
    ("attempt.ask", 1): (Asked, States),
    ("person.facts", 1): (Persons, Found),
    ("person.locate", 1): (Digest, Located),
    ("his.hand_on", 1): (HandedOn, Output),
    ("benefit.explain", 1): (Explain, Explained),
    ("facts.since", 1): (FactsByTime, ToldByTime),
    ("facts.since", 2): (FactsByCommit, ToldByCommit),
    ("directory.read", 1): (Nothing, Directory),
    ("positions.read", 1): (Nothing, Positions),
}
"""By kind and version: the body, and what stands under ``done`` in the answer."""


def require_readable(message: Message) -> None:
    """Refuse a body that is not what its kind carries: before anything is done, and by name of the member."""
    try:
        msgspec.convert(message.body, BODIES[message.kind, message.version][0])
    except msgspec.ValidationError as error:
        raise MessageUnreadable(why=f"{message.kind}: {error}") from error
