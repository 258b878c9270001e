"""Fee lines taken back while they are not settled."""

from __future__ import annotations

from collections.abc import Sequence

from yijie.domain.transaction import execute, fetch
from yijie.kernel.dates import now
from yijie.kernel.language import Text

from .errors import AlreadySettled, LineUnknown, RefundUnfit
from .record import Record


def revoke_lines(encounter: Record, serials: Sequence[str]) -> None:
    """Take back unsettled lines of a locked encounter.

    A line goes only together with its refunds, and a refund only together with the later refunds of its original:
    those were graded against what it had left. Lines of an interval whose settlement lives stay.
    """
    moment = now()
    rows = fetch(
        "UPDATE encounter_fee_line SET revoked_at = %s WHERE month = %s AND encounter_id = %s AND serial = ANY(%s)"
        " AND revoked_at IS NULL RETURNING serial, batch",
        [moment, encounter.month, encounter.id, list(serials)],
    )
    revoked = dict(rows)
    for batch in revoked.values():
        if batch in encounter.settled:
            raise AlreadySettled(
                number=encounter.number,
                settlement=encounter.settled[batch],
                step=Text("撤销其明细", "taking its lines back"),
            )
    for serial in serials:
        if serial not in revoked:
            raise LineUnknown(serial=serial, field="feedetl_sn")
    resting = fetch(
        """SELECT later.serial, gone.serial FROM encounter_fee_line later JOIN encounter_fee_line gone
             ON gone.month = later.month AND gone.encounter_id = later.encounter_id AND gone.revoked_at = %s
                AND gone.serial = ANY(%s) AND (later.original = gone.serial
                     OR later.original = gone.original AND gone.quantity < 0 AND later.uploaded_at > gone.uploaded_at)
           WHERE later.month = %s AND later.encounter_id = %s AND later.revoked_at IS NULL AND later.quantity < 0
           LIMIT 1""",
        [moment, list(serials), encounter.month, encounter.id],
    )
    if resting:
        refund, line = resting[0]
        why = Text(f"它依赖的明细 {line} 将被撤销，请一并撤销", f"line {line} would go, take this one back too")
        raise RefundUnfit(position=1, serial=refund, why=why)


def revoke_batch(encounter: Record, batch: str) -> int:
    """Take back all unsettled lines of a charge batch of a locked encounter; returns how many."""
    return execute(
        "UPDATE encounter_fee_line SET revoked_at = %s WHERE month = %s AND encounter_id = %s AND batch = %s"
        " AND revoked_at IS NULL",
        [now(), encounter.month, encounter.id, batch],
    )


def revoke_unsettled(encounter: Record) -> int:
    """Take back every live line of a locked encounter whose batch is not settled; returns how many."""
    return execute(
        "UPDATE encounter_fee_line SET revoked_at = %s WHERE month = %s AND encounter_id = %s AND revoked_at IS NULL"
        " AND batch <> ALL(%s)",
        [now(), encounter.month, encounter.id, list(encounter.settled)],
    )
