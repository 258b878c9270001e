"""Which hospital may move a list along which edge; the bureau alone approves and returns."""

from __future__ import annotations

from yijie.domain.transaction import execute
from yijie.kernel.dates import now

from .errors import QualityFailed, StateUnfit
from .models import SettlementList
from .quality import ERROR
from .queries import ListRow

State = SettlementList.State

EDGES = frozenset({(State.DRAFT, State.SUBMITTED), (State.RETURNED, State.DRAFT), (State.RETURNED, State.SUBMITTED)})
"""What a hospital may do (4102)."""
BUREAU_EDGES = frozenset({(State.SUBMITTED, State.APPROVED), (State.SUBMITTED, State.RETURNED)})
"""What the bureau may do."""


def move(row: ListRow, target: str, *, bureau: bool = False) -> None:
    """Move a current list, locked, to another state; a list with errors is not submitted."""
    if (row.state, target) not in (BUREAU_EDGES if bureau else EDGES):
        raise StateUnfit(current=row.state, target=target)
    errors = [finding for finding in row.findings if finding.level == ERROR]
    if target == State.SUBMITTED and errors:
        raise QualityFailed(count=len(errors), field=errors[0].field, why=errors[0].why)
    submitted = now() if target == State.SUBMITTED else None
    execute(
        "UPDATE settlement_list_settlementlist SET state = %s, submitted_at = coalesce(%s, submitted_at) WHERE id = %s",
        [target, submitted, row.id],
    )
