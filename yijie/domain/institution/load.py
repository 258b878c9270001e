"""Bulk import of institutions, and the removal of those that were only a sample."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from yijie.domain.bulk import copy_rows, raw_cursor, refusing

from .models import Institution


class InstitutionRow(NamedTuple):
    """An institution under agreement; the fields are those of the model ``Institution``."""

    code: str
    name: str
    region: str
    kind: str
    grade: str
    level: str
    credit_code: str
    agreement_since: date
    agreement_until: date | None
    suspended: bool
    remote_inpatient: bool
    remote_outpatient: bool
    sample: bool


def load_institutions(rows: Iterable[InstitutionRow]) -> int:
    """Add institutions; a code that is taken refuses them all. Returns how many were added."""
    return copy_rows("institution_institution", InstitutionRow._fields, rows)


def put_institutions(rows: Iterable[InstitutionRow]) -> int:
    """Add institutions, or put new facts in place of those under the same code. Returns how many."""
    given = [Institution(**row._asdict()) for row in rows]
    fields = [name for name in InstitutionRow._fields if name != "code"]
    with refusing("institution_institution"):
        Institution.objects.bulk_create(
            given, batch_size=1000, update_conflicts=True, unique_fields=["code"], update_fields=fields
        )
    return len(given)


def remove_sample_institutions() -> int:
    """Remove the institutions that are sample data. Returns how many there were."""
    with raw_cursor() as cursor:
        cursor.execute("DELETE FROM institution_institution WHERE sample")
        return cursor.rowcount
