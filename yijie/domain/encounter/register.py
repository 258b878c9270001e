"""Registration and admission: the beginning of an encounter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from yijie.domain import exchange
from yijie.domain.enrolment import require_insured
from yijie.domain.institution import Standing
from yijie.domain.transaction import execute, json_text
from yijie.kernel.codes import CareKind
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id
from yijie.kernel.language import Text
from yijie.kernel.region import pool_of

from .alone import one_stay_at_once, require_not_staying
from .diagnoses import DiagnosisGiven, replace_diagnoses, require_principal
from .models import Diagnosis
from .record import Record
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
    record = begun(arrival, at, stay=stay)
    if exchange.is_here(record.home_region):
        day = arrival.began_at.date()
        require_insured((record.person_number, record.insurance, record.home_region), day).require_active(day)
    store([record])
    return record.number


def begun(arrival: Arrival, at: Standing, *, stay: bool) -> Record:
    """The encounter that an arrival opens, not stored; refused where it lies ahead or the institution may not."""
    require_past(arrival.began_at, what=Text("开始时间", "the beginning"), field="begntime")
    home = pool_of(arrival.home_region)
    at.require_agreement(arrival.began_at.date())
    if home != at.pool:
        at.require_remote(inpatient=stay, home_region=home)
    return Record(
        id=new_id(),
        region=at.pool,
        institution=at.code,
        person_number=arrival.person_number,
        home_region=home,
        insurance=arrival.insurance,
        care=arrival.care,
        medical_type=arrival.medical_type,
        level=at.level,
        stay=stay,
        record_number=arrival.record_number,
        began_at=arrival.began_at,
        ended_at=None,
        emergency=arrival.emergency,
        trauma=arrival.trauma,
        third_party=arrival.third_party,
        disease=arrival.disease,
        segment=1,
        state="open",
        settled={},
        details=arrival.details,
        discharge={},
    )


INSERT = """
INSERT INTO encounter_encounter (id, region, institution, person_number, home_region, insurance, care, medical_type,
    level, stay, record_number, began_at, emergency, trauma, third_party, disease, segment, state, settled, details,
    discharge, recorded_at)
SELECT id, region, institution, person_number, home_region, insurance, care, medical_type, level, stay, record_number,
    began_at, emergency, trauma, third_party, disease, segment, state, settled, details, discharge, %s
FROM json_to_recordset(%s::json) AS e (id bigint, region text, institution text, person_number text, home_region text,
    insurance text, care text, medical_type text, level text, stay boolean, record_number text, began_at timestamptz,
    emergency boolean, trauma boolean, third_party boolean, disease text, segment smallint, state text, settled jsonb,
    details jsonb, discharge jsonb)
"""


def store(records: Sequence[Record]) -> None:
    """Keep encounters that have just begun, in one statement."""
    execute(INSERT, [now(), json_text([asdict(record) for record in records])])
