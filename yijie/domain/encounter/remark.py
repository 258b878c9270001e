"""Remarks on fee lines: they say something and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from yijie.domain.transaction import fetch, json_text

from .errors import LineUnknown
from .record import Record


class Remark(NamedTuple):
    """A new remark on a live line, named by serial and item."""

    serial: str
    item: str
    memo: str


def remark(encounter: Record, remarks: Sequence[Remark]) -> None:
    """Replace the remarks of live lines of a locked encounter; a line that is not there is named."""
    changed = fetch(
        """UPDATE encounter_fee_line l SET details = l.details || jsonb_build_object('memo', r.memo)
           FROM json_to_recordset(%s::json) AS r (serial text, item text, memo text)
           WHERE l.month = %s AND l.encounter_id = %s AND l.serial = r.serial AND l.item = r.item
             AND l.revoked_at IS NULL RETURNING l.serial""",
        [json_text([one._asdict() for one in remarks]), encounter.month, encounter.id],
    )
    found = {serial for (serial,) in changed}
    for one in remarks:
        if one.serial not in found:
            raise LineUnknown(serial=one.serial, field="bkkp_sn")
