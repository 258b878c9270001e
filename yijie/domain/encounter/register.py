"""Registration and admission: the beginning of an encounter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yijie.domain import exchange
from yijie.domain.enrolment import require_insured
from yijie.domain.institution import Standing
from yijie.domain.transaction import execute, json_text
from yijie.kernel.codes import CareKind
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id, public_id
from yijie.kernel.language import Text
from yijie.kernel.region import pool_of

from .alone import one_stay_at_once, require_not_staying
from .diagnoses import DiagnosisGiven, replace_diagnoses, require_principal
from .models import Diagnosis
from .times import require_past


@dataclass(frozen=True, slots=True)
class Arrival:
    """A patient who arrives: who, under which insurance, for what."""

    person_number: str
    insurance: str
    home_region: str
    care: CareKind
    medical_type: str
    record_number: str
    began_at: datetime
    emergency: bool = False
    trauma: bool = False
    third_party: bool = False
    disease: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def register(arrival: Arrival, at: Standing) -> str:
    """Open an outpatient encounter; returns its public number (mdtrt_id).

    Of a person insured at another node the caller has asked that node; see :func:`admit` too.
    """
    return _open(arrival, at, stay=False)


def admit(arrival: Arrival, at: Standing, diagnoses: list[DiagnosisGiven]) -> str:
    """Admit a patient with the admission diagnoses; returns the encounter's public number (mdtrt_id)."""
    require_principal(diagnoses)
    require_not_staying(at.code, record_number=arrival.record_number, person_number=arrival.person_number)
    with one_stay_at_once():
        number = _open(arrival, at, stay=True)
    replace_diagnoses(int(number[6:]), Diagnosis.Phase.ADMISSION, diagnoses)
    return number


def _open(arrival: Arrival, at: Standing, *, stay: bool) -> str:
    day = arrival.began_at.date()
    require_past(arrival.began_at, what=Text("开始时间", "the beginning"), field="begntime")
    home = pool_of(arrival.home_region)
    at.require_agreement(day)
    if home != at.pool:
        at.require_remote(inpatient=stay, home_region=home)
    if exchange.is_here(home):
        require_insured((arrival.person_number, arrival.insurance, home), day).require_active(day)
    number = new_id()
    execute(
        """INSERT INTO encounter_encounter (id, region, institution, person_number, home_region, insurance, care,
               medical_type, level, stay, record_number, began_at, emergency, trauma, third_party, disease, segment,
               state, settled, details, discharge, recorded_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 'open', '{}', %s, '{}', %s)""",
        [
            number,
            at.pool,
            at.code,
            arrival.person_number,
            home,
            arrival.insurance,
            arrival.care,
            arrival.medical_type,
            at.level,
            stay,
            arrival.record_number,
            arrival.began_at,
            arrival.emergency,
            arrival.trauma,
            arrival.third_party,
            arrival.disease,
            json_text(arrival.details),
            now(),
        ],
    )
    return public_id(at.pool, number)
