"""Diagnoses of an encounter: given at admission, on a visit, at discharge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from yijie.domain.transaction import execute
from yijie.kernel.language import Text

from .errors import DiagnosisMissing
from .models import Diagnosis


@dataclass(frozen=True, slots=True)
class DiagnosisGiven:
    """One diagnosis as a doctor gave it; ``rank`` (诊断排序号) is its key within the encounter."""

    rank: int
    sort: str
    principal: bool
    code: str
    name: str
    condition: str
    department: str
    doctor_code: str
    doctor_name: str
    diagnosed_at: datetime


def require_principal(diagnoses: Sequence[DiagnosisGiven]) -> None:
    """Refuse a list without exactly one principal diagnosis."""
    principal = sum(d.principal for d in diagnoses)
    if principal != 1:
        raise DiagnosisMissing(
            what=Text(
                f"主诊断应有且只有一个，现有 {principal} 个",
                f"one principal diagnosis is wanted, there are {principal}",
            )
        )


def require_ranks(diagnoses: Sequence[DiagnosisGiven]) -> None:
    """Refuse a rank used twice in one message: it could only be one diagnosis, and nobody says which."""
    ranks = [d.rank for d in diagnoses]
    for rank in ranks:
        if ranks.count(rank) > 1:
            raise DiagnosisMissing(what=Text(f"诊断排序号 {rank} 重复", f"rank {rank} is used twice"))


def replace_diagnoses(encounter: int, phase: str, diagnoses: Sequence[DiagnosisGiven]) -> None:
    """Put these in the place of all diagnoses of the phase."""
    Diagnosis.objects.filter(encounter_id=encounter, phase=phase).delete()
    upsert_diagnoses(encounter, phase, diagnoses)


def upsert_diagnoses(encounter: int, phase: str, diagnoses: Sequence[DiagnosisGiven]) -> None:
    """Add diagnoses or change those of the same rank (the interface's upsert key is 诊断排序号)."""
    require_ranks(diagnoses)
    upsert_many(phase, [(encounter, diagnoses)])


def upsert_many(phase: str, given: Sequence[tuple[int, Sequence[DiagnosisGiven]]]) -> None:
    """Like :func:`upsert_diagnoses` for many encounters, in one statement."""
    rows = [(encounter, *astuple(diagnosis)) for encounter, diagnoses in given for diagnosis in diagnoses]
    if not rows:
        return
    encounters, *columns = [list(column) for column in zip(*rows, strict=True)]
    execute(
        """INSERT INTO encounter_diagnosis (encounter_id, phase, rank, sort, principal, code, name, condition,
               department, doctor_code, doctor_name, diagnosed_at)
           SELECT d.encounter, %s, d.rank, d.sort, d.principal, d.code, d.name, d.condition, d.department,
                  d.doctor_code, d.doctor_name, d.diagnosed_at
           FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::boolean[], %s::text[], %s::text[], %s::text[],
               %s::text[], %s::text[], %s::text[], %s::timestamptz[])
               AS d (encounter, rank, sort, principal, code, name, condition, department, doctor_code, doctor_name,
                     diagnosed_at)
           ON CONFLICT (encounter_id, phase, rank) DO UPDATE SET
               (sort, principal, code, name, condition, department, doctor_code, doctor_name, diagnosed_at)
               = ROW (excluded.sort, excluded.principal, excluded.code, excluded.name, excluded.condition,
                      excluded.department, excluded.doctor_code, excluded.doctor_name, excluded.diagnosed_at)""",
        [phase, encounters, *columns],
    )


def remove_diagnoses(encounter: int, phase: str, ranks: Sequence[int]) -> None:
    """Take back the diagnoses of these ranks."""
    if ranks:
        Diagnosis.objects.filter(encounter_id=encounter, phase=phase, rank__in=ranks).delete()
