"""Changes of an encounter between its beginning and its settlement; each works on a locked encounter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.codes import CareKind
from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .alone import one_stay_at_once, require_not_staying
from .diagnoses import DiagnosisGiven, replace_diagnoses, require_principal
from .errors import AlreadySettled, TimesUnfit
from .models import Diagnosis, Encounter
from .record import Record
from .times import require_past

OPEN, DISCHARGED = Encounter.State.OPEN, Encounter.State.DISCHARGED
TAKING_BACK = Text("撤销登记", "taking back the registration")


def change_visit(
    encounter: Record,
    *,
    care: CareKind,
    medical_type: str,
    began_at: datetime,
    disease: str,
    emergency: bool,
    trauma: bool,
    third_party: bool,
    details: dict[str, Any],
) -> None:
    """Put new facts about an encounter in the place of the old ones; details not given again stay."""
    require_past(began_at, what=Text("开始时间", "the beginning"), field="begntime")
    if encounter.ended_at is not None and began_at > encounter.ended_at:
        raise TimesUnfit(
            what=Text(
                f"开始时间晚于出院时间 {encounter.ended_at:%Y-%m-%d %H:%M}",
                f"it begins after the discharge {encounter.ended_at:%Y-%m-%d %H:%M}",
            ),
            field="begntime",
        )
    execute(
        "UPDATE encounter_encounter SET care = %s, medical_type = %s, began_at = %s, disease = %s, emergency = %s,"
        " trauma = %s, third_party = %s, details = details || %s::jsonb WHERE id = %s",
        [care, medical_type, began_at, disease, emergency, trauma, third_party, json_text(details), encounter.id],
    )


@dataclass(frozen=True, slots=True)
class Discharge:
    """How and when a stay ended."""

    ended_at: datetime
    diagnoses: list[DiagnosisGiven]
    details: dict[str, Any]


def discharge(encounter: Record, given: Discharge) -> None:
    """Record the end of a stay and its discharge diagnoses."""
    encounter.require(
        OPEN,
        step=Text("办理出院", "discharging"),
        todo=Text("已办出院的请先出院撤销（2405）", "take back the discharge first (2405)"),
    )
    require_principal(given.diagnoses)
    require_past(given.ended_at, what=Text("出院时间", "the discharge"), field="endtime")
    if given.ended_at < encounter.began_at:
        raise TimesUnfit(
            what=Text(
                f"出院时间早于入院时间 {encounter.began_at:%Y-%m-%d %H:%M}",
                f"it ends before the admission {encounter.began_at:%Y-%m-%d %H:%M}",
            ),
            field="endtime",
        )
    execute(
        "UPDATE encounter_encounter SET state = 'discharged', ended_at = %s, discharge = %s WHERE id = %s",
        [given.ended_at, json_text(given.details), encounter.id],
    )
    replace_diagnoses(encounter.id, Diagnosis.Phase.DISCHARGE, given.diagnoses)


def undo_discharge(encounter: Record) -> None:
    """The patient is in hospital again; possible until the stay is settled."""
    encounter.require(
        DISCHARGED,
        step=Text("撤销出院", "taking back the discharge"),
        todo=Text("已结算的请先撤销结算（2305）", "void a settlement first (2305)"),
    )
    require_not_staying(encounter.institution, person_number=encounter.person_number, besides=encounter.id)
    with one_stay_at_once():
        execute(
            "UPDATE encounter_encounter SET state = 'open', ended_at = NULL, discharge = '{}' WHERE id = %s",
            [encounter.id],
        )
    replace_diagnoses(encounter.id, Diagnosis.Phase.DISCHARGE, [])


def cancel(encounter: Record) -> None:
    """Take back a registration or admission; nothing may be charged under it any more."""
    encounter.require(OPEN, DISCHARGED, step=TAKING_BACK, todo=Text("已结算的请先撤销结算", "void a settlement first"))
    require_unsettled(encounter, step=TAKING_BACK)
    [(charged,)] = fetch(
        "SELECT EXISTS (SELECT 1 FROM encounter_fee_line"
        " WHERE month = %s AND encounter_id = %s AND revoked_at IS NULL)",
        [encounter.month, encounter.id],
    )
    if charged:
        encounter.require(
            step=TAKING_BACK,
            todo=Text("请先撤销其费用明细（2205/2302）", "take back its lines first (2205/2302)"),
        )
    execute("UPDATE encounter_encounter SET state = 'cancelled' WHERE id = %s", [encounter.id])


def clear(encounter: Record) -> None:
    """Take back the lines and then the registration of a locked visit whose only settlement was voided a moment ago."""
    execute(
        "UPDATE encounter_fee_line SET revoked_at = %s WHERE month = %s AND encounter_id = %s AND revoked_at IS NULL",
        [now(), encounter.month, encounter.id],
    )
    execute("UPDATE encounter_encounter SET state = 'cancelled' WHERE id = %s AND state = 'open'", [encounter.id])


def require_unsettled(encounter: Record, *, step: Text, batch: str = "") -> None:
    """Refuse a change under a settlement that lives; with ``batch`` only that charge batch counts."""
    living = {batch: encounter.settled[batch]} if batch in encounter.settled else {}
    for settlement in (living if batch else encounter.settled).values():
        raise AlreadySettled(number=encounter.number, settlement=settlement, step=step)
