"""Diagnosis nodes (``diseinfo``) as the domain's diagnoses."""

from __future__ import annotations

from collections.abc import Sequence

from yijie.domain.encounter import DiagnosisGiven

from .call import Row, text

PRINCIPAL = "1"


def diagnoses_in(rows: Sequence[Row]) -> list[DiagnosisGiven]:
    """Diagnoses of a message in the order given; on a visit, which has no flag for it, the lowest rank is principal."""
    lowest = min((int(row["diag_srt_no"]) for row in rows), default=0)
    return [
        DiagnosisGiven(
            rank=int(row["diag_srt_no"]),
            sort=row["diag_type"],
            principal=row.get("maindiag_flag", PRINCIPAL if int(row["diag_srt_no"]) == lowest else "0") == PRINCIPAL,
            code=row["diag_code"],
            name=row["diag_name"],
            condition=text(row, "adm_cond"),
            department=row["diag_dept"],
            doctor_code=row["dise_dor_no"],
            doctor_name=row["dise_dor_name"],
            diagnosed_at=row["diag_time"],
        )
        for row in rows
    ]
