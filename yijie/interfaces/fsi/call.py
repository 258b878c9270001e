"""One message on its way through: envelope, validated nodes, the institution that sent it, the home region it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yijie.domain.enrolment import Shown
from yijie.domain.institution import Standing
from yijie.kernel.region import pool_of

from .envelope import Envelope
from .shaping import Output
from .tables import transaction

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A message whose envelope and fields are valid."""

    envelope: Envelope
    nodes: Mapping[str, Any]
    at: Standing

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
        named = self.one().get("insuplc_admdvs") or self.one("mdtrtinfo").get("insuplc_admdvs")
        return pool_of(self.envelope.insuplc_admdvs or named or self.at.region)

    @property
    def person_number(self) -> str:
        """The person the message is about, where it names one."""
        for node in self.nodes.values():
            rows = node if isinstance(node, list) else [node]
            if rows and rows[0].get("psn_no"):
                return str(rows[0]["psn_no"])
        return ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a transaction answers: output nodes by name, and the id of what it made, where it made something."""

    output: Output | None = None
    subject: int | None = None


Work = Callable[[Call], Done]


@dataclass(frozen=True, slots=True)
class Transaction:
    """How a transaction number is served: reading ones run as they come, writing ones once per message id."""

    infno: str
    work: Work
    writes: bool


HANDLED: dict[str, Transaction] = {}
"""Every transaction this node serves, by number."""


def reads(*infnos: str) -> Callable[[Work], Work]:
    """Serve transactions that change nothing."""
    return _register(infnos, writes=False)


def writes(*infnos: str) -> Callable[[Work], Work]:
    """Serve transactions that change something: claimed by message id, answered again from what was kept."""
    return _register(infnos, writes=True)


def _register(infnos: tuple[str, ...], *, writes: bool) -> Callable[[Work], Work]:
    def keep(work: Work) -> Work:
        for infno in infnos:
            HANDLED[infno] = Transaction(infno, work, writes)
        return work

    return keep


def in_table(infno: str, output: Mapping[str, Any]) -> dict[str, Any]:
    """Of each node's values those that the transaction's table has; for nodes that many transactions share."""
    fitted = dict(output)
    for field in transaction(infno).output.fields:
        if field.node is not None and not field.node.many and field.name in output:
            names = {member.name for member in field.node.fields}
            fitted[field.name] = {name: value for name, value in output[field.name].items() if name in names}
    return fitted


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
