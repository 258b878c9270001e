"""Uploading a list: quality control at once, a version of its own, submitted where it passed and that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yijie.domain.settlement import SettlementRow
from yijie.domain.transaction import execute, fetch, json_text
from yijie.kernel.dates import now
from yijie.kernel.ids import new_id, public_id

from .errors import ListLocked
from .models import SettlementList
from .quality import ERROR, VERSION, Finding, ListFacts, check

State = SettlementList.State


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of an upload."""

    id: int
    number: str
    version: int
    findings: list[Finding]


def upload(
    settled: SettlementRow, facts: ListFacts, body: dict[str, Any], *, operator: str, submit: bool = False
) -> Uploaded:
    """Keep a settlement's list as a new version with what quality control found; refused while one is submitted."""
    execute("SELECT pg_advisory_xact_lock(%s)", [settled.id])
    before = fetch(
        "SELECT version, state FROM settlement_list_settlementlist WHERE settlement = %s ORDER BY version DESC LIMIT 1",
        [settled.id],
    )
    version, state = before[0] if before else (0, State.DRAFT)
    if state in (State.SUBMITTED, State.APPROVED):
        raise ListLocked(number=settled.number, state=State(state).label)
    findings, moment, number = check(facts), now(), new_id()
    passed = all(finding.level != ERROR for finding in findings)
    execute(
        "UPDATE settlement_list_settlementlist SET ended_at = %s WHERE settlement = %s AND ended_at IS NULL",
        [moment, settled.id],
    )
    submitted = passed and submit
    execute(
        """INSERT INTO settlement_list_settlementlist (id, region, institution, settlement, encounter, person_number,
               version, state, passed, findings, quality_version, month, body, operator, uploaded_at, submitted_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            number,
            settled.region,
            settled.institution,
            settled.id,
            settled.encounter,
            settled.person_number,
            version + 1,
            State.SUBMITTED if submitted else State.DRAFT,
            passed,
            json_text([finding._asdict() for finding in findings]),
            VERSION,
            f"{settled.settled_at:%Y%m}",
            json_text(body),
            operator,
            moment,
            moment if submitted else None,
        ],
    )
    return Uploaded(number, public_id(settled.region, number), version + 1, findings)
