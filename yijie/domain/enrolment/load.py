"""Bulk import of persons, their relations and special groups, and the removal of what was only a sample.

Rows that belong to a person name the person by number; the number is looked up once for all rows, after they arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import sql

from yijie.domain.bulk import copy_rows, raw_cursor, refusing
from yijie.kernel.errors import YijieError

OWNED_BY_PERSON = ("enrolment_credential", "enrolment_specialgroup", "enrolment_enrolment")


class PersonsMissing(YijieError):
    """Imported rows name persons who are not registered; nothing of the import was kept."""

    code = "enrolment.persons_missing"
    zh = "导入数据中有 {count} 行的人员编号未登记（例如 {number}），已整体撤回；请先导入人员"
    en = "{count} imported rows name persons who are not registered (such as {number}); import the persons first"


class PersonRow(NamedTuple):
    """A person as registered; the fields are those of :class:`~yijie.domain.enrolment.models.Person`."""

    number: str
    region: str
    name: str
    sex: str
    birth_date: date
    ethnicity: str
    certificate_type: str
    certificate_number: str
    card_number: str
    card_serial: str
    sample: bool


class EnrolmentRow(NamedTuple):
    """One insurance relation of a person; the other fields are those of the model ``Enrolment``."""

    person_number: str
    region: str
    insurance: str
    category: str
    status: str
    since: date
    paused_on: date | None
    civil_servant: bool
    company_supplement: bool
    tier: str
    employer: str


class GroupRow(NamedTuple):
    """A special identity of a person; the other fields are those of the model ``SpecialGroup``."""

    person_number: str
    group: str
    grade: str
    since: date
    until: date | None
    note: str


def load_persons(rows: Iterable[PersonRow]) -> int:
    """Add persons; a number or certificate that is taken refuses them all. Returns how many were added."""
    return copy_rows("enrolment_person", PersonRow._fields, rows)


def load_enrolments(rows: Iterable[EnrolmentRow]) -> int:
    """Add insurance relations of registered persons. Returns how many were added."""
    return _copy_for_persons("enrolment_enrolment", EnrolmentRow._fields, rows)


def load_groups(rows: Iterable[GroupRow]) -> int:
    """Add special identities of registered persons. Returns how many were added."""
    return _copy_for_persons("enrolment_specialgroup", GroupRow._fields, rows)


def _copy_for_persons(table: str, fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Stage the rows, then add them all with their persons' keys; ``fields`` begin with the person's number."""
    columns = sql.SQL(", ").join(map(sql.Identifier, fields[1:]))
    target = sql.Identifier(table)
    stage = sql.Identifier(f"{table}_stage")
    with raw_cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT '' AS person_number, {} FROM {} WITH NO DATA"
            ).format(stage, columns, target)
        )
        count = copy_rows(f"{table}_stage", fields, rows)
        with refusing(table):
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {} (person_id, {}) SELECT p.id, {} FROM {} s"
                    " JOIN enrolment_person p ON p.number = s.person_number"
                ).format(target, columns, sql.SQL(", ").join(sql.Identifier("s", f) for f in fields[1:]), stage)
            )
        if cursor.rowcount < count:
            cursor.execute(
                sql.SQL(
                    "SELECT count(*), min(person_number) FROM {} s"
                    " WHERE NOT EXISTS (SELECT FROM enrolment_person p WHERE p.number = s.person_number)"
                ).format(stage)
            )
            missing, number = cursor.fetchone() or (0, "")
            raise PersonsMissing(count=missing, number=number)
        cursor.execute(sql.SQL("DROP TABLE {}").format(stage))
    return count


def sample_persons() -> list[str]:
    """Numbers of the persons that are sample data, in order."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT number FROM enrolment_person WHERE sample ORDER BY number")
        return [number for (number,) in cursor]


def count_real_persons() -> int:
    """How many persons are registered that are no sample data."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enrolment_person WHERE NOT sample")
        return int((cursor.fetchone() or (0,))[0])


def remove_sample_persons(numbers: Collection[str]) -> int:
    """Remove those of the persons that are sample data, with everything this app holds about them."""
    chosen = "SELECT id FROM enrolment_person WHERE sample AND number = ANY(%s)"
    with raw_cursor() as cursor:
        for table in OWNED_BY_PERSON:
            cursor.execute(f"DELETE FROM {table} WHERE person_id IN ({chosen})", [list(numbers)])
        cursor.execute("DELETE FROM enrolment_person WHERE sample AND number = ANY(%s)", [list(numbers)])
        return cursor.rowcount
