"""Case files: one case, a list of independent cases, or the visits of one person in order of settlement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from yijie.engines.benefit import document as doc
from yijie.engines.benefit.accumulators import COUNT
from yijie.engines.benefit.case import AT_HOME, Case, Remote
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.errors import CaseOutOfOrder
from yijie.engines.benefit.read_bill import read_bill
from yijie.engines.benefit.read_numbers import read_amount, read_date, read_units, read_whole
from yijie.engines.benefit.words import CHANNELS, DIRECT, NONE, member_of, words_of
from yijie.kernel.codes import (
    CareKind,
    FilingKind,
    HospitalLevel,
    Insurance,
    PersonCategory,
    Relation,
    SpecialGroup,
)

Member = TypeVar("Member", bound=StrEnum)

COUNT_MAX = 100_000
REQUIRED = ("insurance", "care", "service_from")
OPTIONAL = (
    "id", "service_to", "settled", "category", "birth_date", "groups", "civil_servant", "company_supplement", "tier",
    "level", "contracted", "disease", "facts", "remote", "account", "accumulators", "stated", "continues",
    "deductible_paid", "amounts", "lines", "note", "channel", "units", "stay", "prepaid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of a file. ``one_person``: visits to fold in order. ``single``: the file held one case, no list."""

    cases: tuple[Case, ...]
    one_person: bool
    single: bool


def read_cases(text: str, file: str) -> CaseFile:
    """The cases written in a JSON or YAML text. Raises :class:`FileError` subclasses that name line and path."""
    root = doc.parse(text, file)
    if isinstance(root, doc.Sequence):
        cases = tuple(_case(doc.free_mapping(node), node, str(n)) for n, node in enumerate(doc.items(root), 1))
        return CaseFile(cases, one_person=False, single=False)
    entries = doc.free_mapping(root)
    if "visits" not in entries:
        return CaseFile((_case(entries, root, "1"),), one_person=False, single=True)
    shared = {key: node for key, node in entries.items() if key != "visits"}
    nodes = doc.items(entries["visits"])
    visits = tuple(_case(shared | doc.free_mapping(node), node, str(n)) for n, node in enumerate(nodes, 1))
    for before, after, node in zip(visits, visits[1:], nodes[1:], strict=False):
        if _settled(after) < _settled(before):
            raise CaseOutOfOrder(**node.place.facts, settled=_settled(after), before=_settled(before))
    return CaseFile(visits, one_person=True, single=False)


def _settled(case: Case) -> date:
    return case.settled or case.service_to


def _case(entries: Mapping[str, Node], node: Node, number: str) -> Case:
    """One case; a null value counts as absent."""
    written = doc.Mapping(node.place, {key: value for key, value in entries.items() if not doc.is_null(value)})
    fields = doc.mapping(written, REQUIRED, OPTIONAL)
    account = doc.mapping(fields["account"], ("use",), ("balance",)) if "account" in fields else {}
    service_from = read_date(fields["service_from"])
    bill = read_bill(fields, node)
    return Case(
        id=doc.text(fields["id"]) if "id" in fields else number,
        insurance=member_of(Insurance, doc.word(fields["insurance"], words_of(Insurance))),
        care=member_of(CareKind, doc.word(fields["care"], words_of(CareKind))),
        service_from=service_from,
        service_to=read_date(fields["service_to"]) if "service_to" in fields else service_from,
        amounts=bill.amounts,
        regraded=bill.regraded,
        settled=read_date(fields["settled"]) if "settled" in fields else None,
        category=_member(fields, "category", PersonCategory),
        birth_date=read_date(fields["birth_date"]) if "birth_date" in fields else None,
        groups=_groups(fields),
        civil_servant=_flag(fields, "civil_servant"),
        company_supplement=_flag(fields, "company_supplement"),
        tier=doc.text(fields["tier"]) if "tier" in fields else "",
        level=_member(fields, "level", HospitalLevel),
        contracted=_flag(fields, "contracted"),
        disease=_disease(fields),
        facts={name: doc.text(value) for name, value in _entries(fields, "facts").items()},
        remote=_remote(fields["remote"]) if "remote" in fields else AT_HOME,
        use_account=_flag(account, "use"),
        account_balance=read_amount(account["balance"]) if "balance" in account else 0,
        accumulators={name: _accumulator(name, value) for name, value in _entries(fields, "accumulators").items()},
        stated={name: read_amount(value) for name, value in _entries(fields, "stated").items()},
        continues=_flag(fields, "continues"),
        deductible_paid=read_amount(fields["deductible_paid"]) if "deductible_paid" in fields else 0,
        channel=doc.word(fields["channel"], CHANNELS) if "channel" in fields else DIRECT,
        units={name: read_units(value) for name, value in _entries(fields, "units").items()},
        stay={name: read_amount(value) for name, value in _entries(fields, "stay").items()},
        prepaid=read_amount(fields["prepaid"]) if "prepaid" in fields else 0,
    )


def _flag(fields: Mapping[str, Node], name: str) -> bool:
    return name in fields and doc.yes_no(fields[name])


def _member(fields: Mapping[str, Node], name: str, vocabulary: type[Member]) -> Member | None:
    return member_of(vocabulary, doc.word(fields[name], words_of(vocabulary))) if name in fields else None


def _entries(fields: Mapping[str, Node], name: str) -> dict[str, Node]:
    return doc.free_mapping(fields[name]) if name in fields else {}


def _groups(fields: Mapping[str, Node]) -> frozenset[SpecialGroup]:
    words = doc.words(fields["groups"], words_of(SpecialGroup)) if "groups" in fields else ()
    return frozenset(member_of(SpecialGroup, word) for word in words)


def _disease(fields: Mapping[str, Node]) -> str:
    disease = doc.text(fields["disease"]) if "disease" in fields else NONE
    return "" if disease == NONE else disease


def _remote(node: Node) -> Remote:
    fields = doc.mapping(node, ("relation",), ("filing", "emergency"))
    filing = doc.word(fields["filing"], (*words_of(FilingKind), NONE)) if "filing" in fields else NONE
    return Remote(
        relation=member_of(Relation, doc.word(fields["relation"], words_of(Relation))),
        filing=None if filing == NONE else member_of(FilingKind, filing),
        emergency=_flag(fields, "emergency"),
    )


def _accumulator(name: str, node: Node) -> int:
    return read_whole(node, 0, COUNT_MAX) if name.startswith(COUNT) else read_amount(node)
