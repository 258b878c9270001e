"""Persons as their home regions know them: asked here where the region is held here, of its node where it is not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec

from yijie.domain import decision, enrolment, exchange, ledger
from yijie.domain.enrolment import Insured, PersonUnknown, Relation, Shown
from yijie.domain.institution import Standing
from yijie.domain.transaction import fetch
from yijie.interfaces.node import homes as other_nodes
from yijie.kernel.dates import today
from yijie.kernel.errors import YijieError
from yijie.kernel.money import Fen
from yijie.kernel.region import pool_of

from .call import Call, Row, shown_in, text
from .envelope import Envelope
from .messages import Claim

HANDED_ON = frozenset(
    {
        "1101",
        "1160",
        "2001",
        "2161",
        "2501",
        "2501A",
        "2502",
        "2503",
        "2504",
        "2505",
        "2506",
        "5206",
        "5301",
        "5302",
        "5304",
    }
)
"""Transactions about the person alone: the home region's node does them as if the hospital had asked it."""
ELECTRONIC, SOCIAL_CARD = "01", "03"


class ServedElsewhere(YijieError):
    """The institution's region is held by another node."""

    code = "fsi.served_elsewhere"
    zh = "机构 {name} 所在地区由节点 {node} 服务，请把接口地址改为该节点"
    en = "{name} is served by node {node}; point the interface there"


def require_served_here(at: Standing) -> None:
    """Refuse an institution of another node; while its region is handed over it is told to ask again."""
    if not exchange.is_here(at.pool):
        raise ServedElsewhere(name=at.name, node=exchange.holder_of(at.pool))


def handed_on_to(call: Call) -> str:
    """The node that a transaction must be handed on to; empty where it is done here."""
    if exchange.alone() or call.infno not in HANDED_ON:
        return ""
    if call.infno == "1101" and not call.envelope.insuplc_admdvs:
        return _registered_at(call)
    region = pool_of(call.one().get("insu_optins") or call.home_region)
    return "" if exchange.is_here(region) else exchange.holder_of(region)


def _registered_at(call: Call) -> str:
    """The node of the person at the desk, whose home region the desk does not know yet."""
    row = call.one()
    kind, number = row["mdtrt_cert_type"], row["mdtrt_cert_no"]
    if kind == SOCIAL_CARD:
        return "" if _known_here("card", number) else other_nodes.locate("card", number)
    certificate = text(row, "certno") if kind == ELECTRONIC else number
    return "" if _known_here("certificate", certificate) else other_nodes.locate("certificate", certificate)


def _known_here(kind: str, number: str) -> bool:
    try:
        if kind == "card":
            enrolment.by_card(number)
        else:
            enrolment.by_certificate("01", number)
    except PersonUnknown:
        return not number
    return True


def hand_on(node: str, call: Call) -> bytes:
    """The output of a transaction that another node does."""
    return other_nodes.hand_on(node, _as_request(call.envelope), call.at).encode()


def _as_request(envelope: Envelope) -> str:
    header = {
        name: getattr(envelope, name)
        for name in Envelope.__slots__
        if name not in ("input", "extra", "inf_time", "sign_no")
    }
    time = f"{envelope.inf_time:%Y-%m-%d %H:%M:%S}"
    whole = header | {"inf_time": time, "input": envelope.input}
    return msgspec.json.encode(whole, order="deterministic").decode()


IDENTIFYING = {"2201": "data", "2401": "mdtrtinfo"}
"""Transactions that check who stands at the desk, and the node of their input that says it."""


def identify_elsewhere(call: Call, claim: Claim) -> None:
    """Ask the home node who stands at the desk, before the transaction that then need not ask; not for a repetition."""
    if exchange.alone() or call.infno not in IDENTIFYING or exchange.is_here(call.home_region):
        return
    if not is_repetition(claim):
        identify_at_home(call, call.one(IDENTIFYING[call.infno]))


def is_repetition(claim: Claim) -> bool:
    """Whether a message with this id was seen before."""
    return bool(fetch("SELECT FROM fsi_message WHERE (institution, infno, msgid) = (%s, %s, %s)", list(claim.key)))


def identify_at_home(call: Call, row: Row) -> None:
    """Ask the home node whether the person at the desk is the one the message names, insured there."""
    relation = (row["psn_no"], row["insutype"], call.home_region)
    other_nodes.identify(relation, shown_in(row), call.at.code, row["begntime"].date())


def identify(relation: Relation, shown: Shown, institution: str) -> None:
    """Refuse unless the person who shows something at the desk is the one insured under a relation.

    One insured at another node was identified there before this transaction began.
    """
    if not exchange.is_here(relation[2]):
        return
    person = enrolment.require_insured(relation, today())
    owners = enrolment.owners_of([(shown, institution)])
    enrolment.require_same_person(shown, person, owners.get((shown, institution)))


def explanation(settlement: int, home_region: str) -> dict[str, Any]:
    """How the home region decided on a settlement, as its report."""
    if exchange.is_here(home_region):
        return decision.explanation_of(settlement)
    report: dict[str, Any] = other_nodes.explanation(settlement, home_region)[0]
    return report


def one_of(relation: Relation) -> Insured:
    """A person by relation, today; refused where nobody is insured like that."""
    if exchange.is_here(relation[2]):
        return enrolment.require_insured(relation, today())
    return facts([relation], today())[relation][0]


def facts(relations: Collection[Relation], day: date) -> dict[Relation, tuple[Insured, Fen]]:
    """Persons by relation with what their accounts hold; of each other node in one message."""
    here = sorted(relation for relation in relations if exchange.is_here(relation[2]))
    known = enrolment.insured([(relation, day) for relation in here]) if here else {}
    accounts = ledger.personal_accounts([(r[2], r[0]) for r in known]) if known else {}
    found = {relation: (person, accounts[relation[2], relation[0]]) for relation, person in known.items()}
    elsewhere = sorted(
        relation for relation in relations if relation not in found and not exchange.is_here(relation[2])
    )
    return found | (other_nodes.facts(elsewhere, day) if elsewhere else {})
