"""One stay at once: a record number names one admission that is not settled, a person is in one bed of a hospital."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from yijie.domain.transaction import fetch
from yijie.kernel.ids import public_id
from yijie.kernel.language import Text

from .errors import AlreadyAdmitted


def require_not_staying(
    institution: str, *, record_number: str = "", person_number: str = "", besides: int = 0
) -> None:
    """Refuse when another admission under the record number is not settled, or the person is in hospital there."""
    staying = fetch(
        "SELECT region, id FROM encounter_encounter WHERE stay AND institution = %s AND id <> %s"
        " AND (record_number = %s AND state IN ('open', 'discharged') OR person_number = %s AND state = 'open')",
        [institution, besides, record_number, person_number],
    )
    if staying:
        raise AlreadyAdmitted(
            what=Text(
                "该住院号已登记，或患者仍在本院住院",
                "the record number is admitted, or the patient is in this hospital",
            ),
            number=public_id(*staying[0]),
        )


@contextmanager
def one_stay_at_once() -> Iterator[None]:
    """Within the block the database's refusal of a second stay, begun by another desk meanwhile, is told as ours.

    Two ids that met are none of it: the transaction is tried again.
    """
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        if (error.diag.constraint_name or "").endswith("_pkey"):
            raise
        raise AlreadyAdmitted(
            what=Text("该患者的入院正由另一窗口办理", "another desk is admitting the patient"),
            number=Text("（办理中）", "(being made)"),
        ) from error
