"""A settlement's life in the order in which it happened: care, messages, decision, postings, what came after."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from yijie.domain.decision.models import Decision
from yijie.domain.encounter.models import Encounter, TraumaCheck
from yijie.domain.settlement import SettlementRow
from yijie.domain.settlement.models import Resettlement, Settlement
from yijie.interfaces.fsi.models import Message
from yijie.interfaces.fsi.tables import transaction
from yijie.kernel.ids import public_id

from .language import say
from .words import AGAIN_REASONS, DECISION_STATES, TRAUMA_OUTCOMES, chosen


class Moment(NamedTuple):
    """Something that happened."""

    at: datetime
    text: str
    detail: str = ""
    tone: str = ""
    page: str = ""
    """Name of the page that ``detail`` leads to."""


def life_of(row: SettlementRow, statement: Any, told: list[Message]) -> list[Moment]:
    """Everything known to have happened, oldest first."""
    found = [
        Moment(statement.record.began_at, say("就诊开始", "care began"), statement.record.record_number),
        Moment(row.settled_at, say("结算入账", "settled and posted"), tone="good"),
    ]
    if statement.record.ended_at:
        found.append(Moment(statement.record.ended_at, say("出院", "discharged")))
    found += [_message(one) for one in told]
    for one in Decision.objects.filter(settlement=row.id):
        state = chosen(DECISION_STATES, one.state)
        text = say(f"参保地待遇决定：{state['text']}", f"benefit decision of the home region: {state['text']}")
        detail = say(f"累计版本 {one.version}，政策 {one.policy[:12]}", f"year {one.version}, policy {one.policy[:12]}")
        found.append(Moment(one.decided_at, text, detail, state["tone"]))
    for one in Resettlement.objects.filter(settlement=row.id):
        reason = chosen(AGAIN_REASONS, one.reason)["text"]
        found.append(
            Moment(one.asked_at, say("要求重新结算", "asked to settle again"), f"{reason} {one.asked_by}", "warn")
        )
    for one in TraumaCheck.objects.filter(encounter=row.encounter):
        outcome = chosen(TRAUMA_OUTCOMES, one.outcome)
        found.append(Moment(one.at, say("外伤核查", "trauma checked"), f"{outcome['text']} {one.by}", outcome["tone"]))
    for one in Settlement.objects.filter(encounter=row.encounter).exclude(id=row.id):
        number = public_id(one.region, one.id)
        if one.voids == row.id:
            found.append(
                Moment(one.settled_at, say("撤销，全额冲回", "voided, every amount taken back"), number, "bad")
            )
        elif one.voids is None:
            text = say("同一就诊的另一次结算", "another settlement of the same care")
            found.append(Moment(one.settled_at, text, number, page="settlements_one"))
    registered = Encounter.objects.filter(id=row.encounter).values_list("recorded_at", flat=True).first()
    if registered:
        found.append(Moment(registered, say("平台登记就诊", "the platform registered the care")))
    return sorted(found, key=lambda one: one.at)


def _message(one: Message) -> Moment:
    name = transaction(one.infno).name
    text = say(f"报文 {one.infno} {name}", f"message {one.infno}")
    return Moment(one.received_at, text, f"{one.msgid} {one.operator}")
