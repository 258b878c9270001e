"""The people: each with a document, relations, perhaps a special group, an account, a chronic disease, a designation.

Person *n* of a seed is the same however many people are generated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from yijie.domain.enrolment import EnrolmentRow, GroupRow, PersonRow
from yijie.domain.filing import ChronicRow, DesignationRow
from yijie.domain.ledger import OpeningRow
from yijie.kernel.codes import Insurance
from yijie.kernel.identity import resident_number

from . import AS_OF
from .cast import CAST
from .choices import chronic_of, designations_of
from .names import person_name
from .pools import HAN, POOLS, Pool, counties
from .relations import Stage, groups_of, opening_of, relations_of

STAGES = (
    Stage(400, Insurance.EMPLOYEE, "11", 20, 59),
    Stage(165, Insurance.EMPLOYEE, "12", 55, 95),
    Stage(6, Insurance.RESIDENT, "1401", 0, 0),
    Stage(34, Insurance.RESIDENT, "1402", 1, 5),
    Stage(110, Insurance.RESIDENT, "1403", 6, 17),
    Stage(40, Insurance.RESIDENT, "1404", 18, 22),
    Stage(140, Insurance.RESIDENT, "15", 23, 59),
    Stage(105, Insurance.RESIDENT, "16", 60, 95),
)
"""Stages of life with their shares of the people in per mille."""

WOMEN_RETIRE_AT, MEN_RETIRE_AT = 55, 60
FIRST_SERIAL = 100_001
"""Serial of the first generated person; the cast has the ones below."""

SEED_DIGITS = slice(6, 10)
"""Where the seed stands in a person number."""

DOCUMENT_TRIES_MAX = 100


class Citizen(NamedTuple):
    """A person with everything the sample nation holds about them."""

    person: PersonRow
    enrolments: tuple[EnrolmentRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    chronic: tuple[ChronicRow, ...] = ()
    designations: tuple[DesignationRow, ...] = ()
    opening: OpeningRow | None = None


def person_number(pool: str, seed: int, serial: int) -> str:
    """A person number: pool, seed in four digits (0000 for the cast), ten digits of a serial."""
    return f"{pool}{seed:04d}{serial:010d}"


def card_of(pool: Pool, serial: int, secret: int) -> tuple[str, str]:
    """Number and identification code (卡识别码, 32 characters) of a social-security card."""
    return f"{pool.card_letter}{serial:08d}", f"{pool.code}D156000005{secret:016X}"


@dataclass(slots=True)
class Draw:
    """The state of a drawing: the seed, its random numbers and the documents given out so far."""

    seed: int
    rnd: Random
    documents: set[str]


def citizens(people: int, seed: int) -> Iterator[Citizen]:
    """That many generated people of a seed, without the cast."""
    rnd = Random(f"yijie sample nation {seed}")  # noqa: S311  a repeatable draw is the purpose
    draw = Draw(seed, rnd, {member.certificate for member in CAST})
    for serial in range(FIRST_SERIAL, FIRST_SERIAL + people):
        yield _citizen(draw, serial)


def _citizen(draw: Draw, serial: int) -> Citizen:
    rnd = draw.rnd
    pool = rnd.choices(POOLS, weights=[pool.weight for pool in POOLS])[0]
    stage = rnd.choices(STAGES, weights=[stage.weight for stage in STAGES])[0]
    sex = rnd.choice("12")
    person = _person(draw, pool, serial, sex, _birth(rnd, stage, sex))
    enrolments = relations_of(rnd, person, pool, stage)
    return Citizen(
        person,
        enrolments,
        groups_of(rnd, person, stage),
        chronic_of(rnd, person, enrolments[0], serial),
        designations_of(rnd, person, enrolments[0], serial),
        opening_of(rnd, enrolments[0]),
    )


def _birth(rnd: Random, stage: Stage, sex: str) -> date:
    """A birth date that gives an age of the stage on the day of description; high ages are rarer."""
    youngest, oldest = stage.youngest, stage.oldest
    if stage.category == "12":
        youngest = WOMEN_RETIRE_AT if sex == "2" else MEN_RETIRE_AT
    elif stage.category == "11" and sex == "2":
        oldest = WOMEN_RETIRE_AT - 1
    span = oldest - youngest + 1
    years = rnd.randrange(span)
    if oldest > MEN_RETIRE_AT:
        years = min(years, rnd.randrange(span))
    return date(AS_OF.year - 1 - youngest - years, 1, 2) + timedelta(days=rnd.randrange(363))


def _person(draw: Draw, pool: Pool, serial: int, sex: str, birth: date) -> PersonRow:
    rnd = draw.rnd
    county = rnd.choice(counties(pool.code)).code
    document = _document(draw, county, sex, birth)
    card, card_serial = card_of(pool, serial, rnd.getrandbits(64))
    return PersonRow(
        number=person_number(pool.code, draw.seed, serial),
        region=county,
        name=person_name(rnd, sex, birth.year),
        sex=sex,
        birth_date=birth,
        ethnicity=HAN if rnd.random() < 0.95 else rnd.choice(pool.minorities),
        certificate_type="01",
        certificate_number=document,
        card_number=card,
        card_serial=card_serial,
        sample=True,
    )


def _document(draw: Draw, county: str, sex: str, birth: date) -> str:
    """An identity number that nobody in the nation has yet; where a day is full the database refuses the last one."""
    for _ in range(DOCUMENT_TRIES_MAX):
        document = resident_number(county, birth, 2 * draw.rnd.randrange(1, 500) - (sex == "1"))
        if document not in draw.documents:
            break
    draw.documents.add(document)
    return document
