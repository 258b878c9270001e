"""The whole nation as typed rows, ready to be loaded: reference data, the cast, and the people of a seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from yijie.domain.enrolment import EnrolmentRow, GroupRow, PersonRow
from yijie.domain.ledger import OpeningRow

from .cast import CAST, Member
from .choices import chronic_row, sample_id
from .people import Citizen, citizens

SPECIAL_SINCE = date(2024, 1, 1)
"""From when the cast's special identities and chronic diseases hold."""


def everybody(people: int, seed: int) -> Iterator[Citizen]:
    """The cast, then that many generated people."""
    yield from map(citizen_of, CAST)
    yield from citizens(people, seed)


def citizen_of(member: Member) -> Citizen:
    """A member of the cast with the rows that tell the story."""
    enrolments = _relation(member)
    chronic = member.chronic and chronic_row(sample_id(member.serial, 0), enrolments[0], member.chronic, SPECIAL_SINCE)
    return Citizen(
        person=_person(member),
        enrolments=enrolments,
        groups=(GroupRow(member.number, member.group, "", SPECIAL_SINCE, None, "样例"),) if member.group else (),
        chronic=(chronic,) if chronic else (),
        opening=None if member.account is None else OpeningRow(member.pool, member.number, member.account),
    )


def _person(member: Member) -> PersonRow:
    return PersonRow(
        number=member.number,
        region=member.county,
        name=member.name,
        sex=member.sex,
        birth_date=member.birth,
        ethnicity=member.ethnicity,
        certificate_type="01",
        certificate_number=member.certificate,
        card_number=member.card_number,
        card_serial=member.card_serial,
        sample=True,
    )


def _relation(member: Member) -> tuple[EnrolmentRow, ...]:
    relation = member.relation
    if relation is None:
        return ()
    row = EnrolmentRow(
        person_number=member.number,
        region=member.pool,
        insurance=relation.insurance.value,
        category=relation.category,
        status=relation.status,
        since=relation.since,
        paused_on=relation.paused_on,
        civil_servant=relation.civil_servant,
        company_supplement=False,
        tier=relation.tier,
        employer=relation.employer,
    )
    return (row,)
