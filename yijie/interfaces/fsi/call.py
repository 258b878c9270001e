"""One message on its way through: envelope, validated nodes, the institution that sent it, the home region it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from yijie.domain import archive, files
from yijie.domain.enrolment import Shown
from yijie.domain.institution import Standing
from yijie.kernel.region import pool_of

from .attachment import Attachment
from .envelope import Envelope
from .messages import Claim
from .shaping import Output
from .tables import Node, transaction

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A message whose envelope and fields are valid."""

    envelope: Envelope
    nodes: Mapping[str, Any]
    at: Standing
    attachment: Attachment | None = None
    account_in_funds: bool = False
    """Fund totals in the sender's files include the personal account; in messages they are put right at the edge."""

    def one(self, node: str = "data") -> Row:
        """The only record of a node; an absent optional node is an empty record."""
        row: Row = self.nodes.get(node, {})
        return row

    def many(self, node: str) -> list[Row]:
        """All records of a node that may come many times."""
        return list(self.nodes.get(node, []))

    @property
    def infno(self) -> str:
        """Transaction number."""
        return self.envelope.infno

    @property
    def home_region(self) -> str:
        """Pool of the insured region that the message names; empty means local business."""
        named = (
            self.one().get("insuplc_admdvs") or self.one("mdtrtinfo").get("insuplc_admdvs") or self.nodes.get("insuplc")
        )
        return pool_of(self.envelope.insuplc_admdvs or named or self.at.region)

    @property
    def person_number(self) -> str:
        """The person the message is about, where it names one."""
        for node in (self.nodes, *self.nodes.values()):
            rows = node if isinstance(node, list) else [node]
            if rows and isinstance(rows[0], Mapping) and rows[0].get("psn_no"):
                return str(rows[0]["psn_no"])
        return ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a transaction answers: output nodes by name, and the id of what it made, where it made something.

    ``record`` is a record beside that, with its kind, which is kept with the answer.
    """

    output: Output | None = None
    subject: int | None = None
    record: tuple[str, archive.Given] | None = None


Work = Callable[[Call], Done]


Settle = Callable[[Call, Claim], str]

READING: dict[str, Work] = {}
"""Transactions that change nothing; they run as they come."""
WRITING: dict[str, Work] = {}
"""Transactions that change something: claimed by message id, answered again from what was kept."""
SETTLING: dict[str, Settle] = {}
"""Transactions that settle: they claim for themselves, many in one database transaction."""
DOWNLOADING: dict[str, Callable[[Call], files.Stored]] = {}
"""Transactions answered by a file instead of a message."""

Decorated = TypeVar("Decorated")


def reads(*infnos: str) -> Callable[[Work], Work]:
    """Serve transactions that change nothing."""
    return _register(READING, infnos)


def writes(*infnos: str) -> Callable[[Work], Work]:
    """Serve transactions that change something, once per message id."""
    return _register(WRITING, infnos)


def settles(*infnos: str) -> Callable[[Settle], Settle]:
    """Serve transactions that settle; the work is given the claim and returns the output as JSON text."""
    return _register(SETTLING, infnos)


def downloads(*infnos: str) -> Callable[[Callable[[Call], files.Stored]], Callable[[Call], files.Stored]]:
    """Serve transactions that are answered by a file."""
    return _register(DOWNLOADING, infnos)


def offered() -> frozenset[str]:
    """Every transaction number this node serves; each module of ``transactions`` has registered its own."""
    return frozenset().union(READING, WRITING, SETTLING, DOWNLOADING)


def _register(table: dict[str, Decorated], infnos: tuple[str, ...]) -> Callable[[Decorated], Decorated]:
    def keep(work: Decorated) -> Decorated:
        table.update(dict.fromkeys(infnos, work))
        return work

    return keep


def in_table(infno: str, output: Mapping[str, Any] | Sequence[Row]) -> Any:
    """Of an output's values those that the transaction's table has; for values that many transactions share."""
    return _members_of(transaction(infno).output, output)


def _members_of(node: Node, value: Any) -> Any:
    if node.many:
        return [_fitted(node, row) for row in value]
    return _fitted(node, value)


def _fitted(node: Node, row: Row) -> dict[str, Any]:
    fields = {field.name: field.node for field in node.fields}
    return {
        name: value if (child := fields[name]) is None else _members_of(child, value)
        for name, value in row.items()
        if name in fields
    }


def shown_in(row: Row) -> Shown:
    """What a record says the patient showed: certificate, name, credential."""
    return Shown(
        certificate_number=row.get("certno") or "",
        name=row.get("psn_name") or "",
        credential=row.get("mdtrt_cert_type") or "",
        credential_number=row.get("mdtrt_cert_no") or "",
    )


def text(row: Row, name: str) -> str:
    """A text field; absent is empty."""
    return row.get(name) or ""


def flag_in(row: Row, name: str) -> bool | None:
    """A yes/no field; None where it is not given."""
    return text(row, name) == "1" if text(row, name) else None
