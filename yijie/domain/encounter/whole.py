"""Visits that one message tells whole: many are opened and charged in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yijie.domain import exchange
from yijie.domain.catalogue import ItemTerm, terms
from yijie.domain.enrolment import (
    Insured,
    Relation,
    Shown,
    insured,
    owners_of,
    require_same_person,
    why_missing,
)
from yijie.domain.institution import Standing
from yijie.kernel.errors import YijieError

from .diagnoses import DiagnosisGiven, require_ranks, upsert_many
from .lines import LineGiven, LineStored, Refunded, asked_terms, check, grade_lines, insert
from .models import Diagnosis
from .record import Record
from .register import Arrival, begun, store


@dataclass(frozen=True, slots=True)
class WholeVisit:
    """Who came where for what, what was shown at the desk, what was charged and found."""

    arrival: Arrival
    at: Standing
    shown: Shown
    lines: Sequence[LineGiven]
    diagnoses: Sequence[DiagnosisGiven] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit with its graded lines, as stored."""

    record: Record
    lines: list[LineStored]


def open_whole(visits: Sequence[WholeVisit]) -> list[Opened | YijieError]:
    """Open and charge visits of different persons; of one that is refused nothing is stored, its error is returned.

    Of a person insured at another node the caller has asked that node.
    """
    desks = _desks(visits)
    checked = [_checked(visit, desks) for visit in visits]
    held = _held([one for one in checked if isinstance(one, _Checked)])
    opened = [one if isinstance(one, YijieError) else one.opened(held) for one in checked]
    stand = [(visit, one) for visit, one in zip(visits, opened, strict=True) if isinstance(one, Opened)]
    if stand:
        store([one.record for _, one in stand])
        insert([(one.record, one.lines) for _, one in stand])
        upsert_many(Diagnosis.Phase.ADMISSION, [(one.record.id, visit.diagnoses) for visit, one in stand])
    return opened


@dataclass(frozen=True, slots=True)
class _Desks:
    """The facts of the persons insured here, and whose the electronic credentials are that were shown."""

    persons: Mapping[Relation, Insured]
    owners: Mapping[tuple[Shown, str], str]

    def require(self, visit: WholeVisit) -> None:
        """Refuse a visit whose patient is not the person the message names, or is not insured on the day."""
        relation = _relation(visit)
        if not exchange.is_here(relation[2]):
            return
        person = self.persons.get(relation)
        if person is None:
            raise why_missing(relation)
        require_same_person(visit.shown, person, self.owners.get((visit.shown, visit.at.code)))
        person.require_active(visit.arrival.began_at.date())


def _relation(visit: WholeVisit) -> Relation:
    return visit.arrival.person_number, visit.arrival.insurance, visit.arrival.home_region


def _desks(visits: Sequence[WholeVisit]) -> _Desks:
    here = [visit for visit in visits if exchange.is_here(visit.arrival.home_region)]
    if not here:
        return _Desks({}, {})
    persons = insured([(_relation(visit), visit.arrival.began_at.date()) for visit in here])
    return _Desks(persons, owners_of([(visit.shown, visit.at.code) for visit in here]))


@dataclass(frozen=True, slots=True)
class _Checked:
    """A visit that may be opened if its items are on the list."""

    record: Record
    lines: Sequence[LineGiven]
    before: Refunded

    def opened(self, held: Mapping[str, dict[tuple[str, date], ItemTerm]]) -> Opened | YijieError:
        try:
            return Opened(self.record, grade_lines(self.record, self.lines, self.before, held[self.record.region]))
        except YijieError as refusal:
            return refusal


def _checked(visit: WholeVisit, desks: _Desks) -> _Checked | YijieError:
    try:
        desks.require(visit)
        record = begun(visit.arrival, visit.at, stay=False)
        require_ranks(visit.diagnoses)
        return _Checked(record, visit.lines, check(visit.lines, seen=set(), left={}))
    except YijieError as refusal:
        return refusal


def _held(checked: Sequence[_Checked]) -> dict[str, dict[tuple[str, date], ItemTerm]]:
    """By care region the terms that its visits' lines are graded by."""
    asked: dict[str, list[tuple[str, date]]] = {}
    for one in checked:
        asked.setdefault(one.record.region, []).extend(asked_terms(one.lines, one.before))
    return {region: terms(region, wanted) for region, wanted in asked.items()}
