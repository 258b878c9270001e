"""Bulk import of approved chronic diseases and designated institutions.

Remote-care filings are not imported here: they move along their states with a recorded step each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from yijie.domain.bulk import copy_rows, raw_cursor


class ChronicRow(NamedTuple):
    """An approved chronic or special disease; the fields are those of the model ``ChronicFiling``."""

    id: int
    person_number: str
    insurance: str
    disease: str
    disease_name: str
    since: date
    until: date | None
    withdrawn_at: datetime | None


class DesignationRow(NamedTuple):
    """A designated institution; the fields are those of the model ``Designation``, ``details`` as JSON text."""

    id: int
    person_number: str
    insurance: str
    business: str
    rank: str
    institution: str
    institution_name: str
    since: date
    until: date | None
    withdrawn_at: datetime | None
    note: str
    details: str


def load_chronic(rows: Iterable[ChronicRow]) -> int:
    """Add approved chronic diseases. Returns how many were added."""
    return copy_rows("filing_chronicfiling", ChronicRow._fields, rows)


def load_designations(rows: Iterable[DesignationRow]) -> int:
    """Add designated institutions; a rank that is taken refuses them all. Returns how many were added."""
    return copy_rows("filing_designation", DesignationRow._fields, rows)


def remove_choices_of(numbers: Collection[str]) -> int:
    """Remove the chronic diseases and designations of persons who leave the register as samples."""
    removed = 0
    with raw_cursor() as cursor:
        for table in ("filing_chronicfiling", "filing_designation"):
            cursor.execute(f"DELETE FROM {table} WHERE person_number = ANY(%s)", [list(numbers)])
            removed += cursor.rowcount
    return removed
