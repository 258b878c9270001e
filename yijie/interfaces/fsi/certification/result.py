"""How a certification stands: each demanded transaction passed, failed, not tried or not offered here, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from yijie.interfaces.fsi.models import Certification, Observation
from yijie.interfaces.fsi.service import OFFERED
from yijie.interfaces.fsi.tables import Field, Node, transaction, transaction_numbers

from .strictness import rule_of

COLUMNS = tuple(Certification.Kind.values)
"""The acceptance columns of the document, in its order."""
PASSED, REMARKED, FAILED, MISSING, NOT_OFFERED = "passed", "remarked", "failed", "missing", "not_offered"


@dataclass(frozen=True, slots=True)
class Line:
    """A value of the message that is shown: the rule of its field beside what was sent and what was found."""

    path: str
    label: str
    rule_zh: str
    rule_en: str
    value: str
    findings: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction of the list, with the message that tells most about it: the last refused, else the last."""

    infno: str
    name: str
    demanded: bool
    state: str
    done: int
    refused: int
    code: str
    text: str
    msgid: str
    lines: tuple[Line, ...]
    loose: tuple[dict[str, str], ...]
    """findings about places that the message does not have"""


@dataclass(frozen=True, slots=True)
class Result:
    """A certification with its items, demanded ones first, and what was seen of the client's conduct."""

    certification: Certification
    items: tuple[Item, ...]
    repeated: bool
    """a message was sent again with its id and content, as after a lost answer"""
    reused: int
    """messages whose id had been used for other content"""

    def count(self, *states: str) -> int:
        """Demanded transactions in these states."""
        return sum(item.demanded and item.state in states for item in self.items)

    @property
    def passed(self) -> bool:
        """Everything demanded that is offered here was done, a repetition was seen, no id was reused."""
        return (
            self.count(FAILED, MISSING) == 0 and self.count(PASSED, REMARKED) > 0 and self.repeated and not self.reused
        )


def demanded(kind: str) -> list[str]:
    """The transactions that acceptance demands of a type of institution (Hunan's list of 2024-10-14)."""
    column = COLUMNS.index(kind)
    return [infno for infno in transaction_numbers() if transaction(infno).acceptance[column : column + 1] == "Y"]


def result_of(certification: Certification) -> Result:
    """How a certification stands now, in four statements."""
    seen = Observation.objects.filter(certification=certification)
    last = {one.infno: one for one in seen.order_by("infno", "-id").distinct("infno")}
    last_refused = {one.infno: one for one in seen.exclude(code="").order_by("infno", "-id").distinct("infno")}
    counted: dict[str, dict[bool, int]] = {}
    for infno, code, how_many in seen.values_list("infno", "code").annotate(Count("id")).order_by():
        by_outcome = counted.setdefault(infno, {True: 0, False: 0})
        by_outcome[code == ""] += how_many
    repetitions = seen.filter(code="").values("infno", "msgid", "content").annotate(n=Count("id")).filter(n__gt=1)
    must = demanded(certification.kind)
    others = sorted((counted.keys() & set(transaction_numbers())) - set(must))
    items = [
        _item(infno, infno in must, counted.get(infno, {True: 0, False: 0}), last.get(infno), last_refused.get(infno))
        for infno in [*must, *others]
    ]
    reused = seen.filter(code="message.reused").count()
    return Result(certification, tuple(items), repetitions.exists(), reused)


def _item(
    infno: str, must: bool, counted: dict[bool, int], last: Observation | None, refused: Observation | None
) -> Item:
    done, told = counted[True], last if counted[True] and not (last and last.code) else (refused or last)
    return Item(
        infno=infno,
        name=transaction(infno).name,
        demanded=must,
        state=_state(infno, done, counted[False], last),
        done=done,
        refused=counted[False],
        code=told.code if told else "",
        text=told.text if told else "",
        msgid=told.msgid if told else "",
        lines=tuple(_lines(infno, told)) if told else (),
        loose=tuple(_loose(told)) if told else (),
    )


def _state(infno: str, done: int, refused: int, last: Observation | None) -> str:
    if done:
        return REMARKED if last is not None and last.findings and not last.code else PASSED
    if infno not in OFFERED:
        return NOT_OFFERED
    return FAILED if refused else MISSING


def _lines(infno: str, told: Observation) -> list[Line]:
    by_path: dict[str, list[dict[str, str]]] = {}
    for finding in told.findings:
        by_path.setdefault(finding["path"], []).append(finding)
    lines = []
    for place in told.request:
        field = _field_at(transaction(infno).input, place["path"])
        rule = rule_of(field) if field else ("", "")
        found = tuple(by_path.get(place["path"], ()))
        lines.append(Line(place["path"], place["label"], *rule, place["value"], found))
    return lines


def _loose(told: Observation) -> list[dict[str, Any]]:
    shown = {place["path"] for place in told.request}
    return [finding for finding in told.findings if finding["path"] not in shown]


def _field_at(node: Node, path: str) -> Field | None:
    """The field that a path such as ``feedetail[1].cnt`` leads to."""
    field: Field | None = None
    for step in path.split("."):
        name = step.partition("[")[0]
        field = next((one for one in node.fields if name in (one.name, *one.aliases)), None)
        if field is None:
            return None
        node = field.node or Node("", many=False, fields=())
    return field
