"""The facts about insured persons that benefits depend on, read for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yijie.domain.transaction import fetch, json_text
from yijie.kernel.identity import masked_name
from yijie.kernel.language import Text
from yijie.kernel.region import name_of

from .errors import EnrolmentInactive, NotInsured, PersonUnknown
from .models import Enrolment

Relation = tuple[str, str, str]
"""(person number, insurance, home region)"""


@dataclass(frozen=True, slots=True)
class Insured:
    """A person under one insurance relation, as known on the day asked for."""

    person_number: str
    insurance: str
    home_region: str
    name: str
    sex: str
    birth_date: date
    ethnicity: str
    certificate_type: str
    certificate_number: str
    card_number: str
    category: str
    status: str
    since: date
    paused_on: date | None
    civil_servant: bool
    company_supplement: bool
    tier: str
    employer: str
    groups: tuple[str, ...]

    def require_active(self, day: date) -> None:
        """Refuse a relation that does not pay on ``day``; a paused one still pays for days before the pause."""
        if day < self.since:
            self._refuse(self.since, "才生效")
        if self.status != Enrolment.Status.NORMAL and (self.paused_on is None or day >= self.paused_on):
            self._refuse(self.paused_on or self.since, Enrolment.Status(self.status).label)

    def _refuse(self, day: date, status: str) -> None:
        raise EnrolmentInactive(
            person=masked_name(self.name),
            insurance=self.insurance,
            day=day.isoformat(),
            status=status,
            region=name_of(self.home_region),
        )


SELECT = """
SELECT p.number, e.insurance, e.region, p.name, p.sex, p.birth_date, p.ethnicity, p.certificate_type,
       p.certificate_number, p.card_number, e.category, e.status, e.since, e.paused_on, e.civil_servant,
       e.company_supplement, e.tier, e.employer,
       ARRAY(SELECT g."group" FROM enrolment_specialgroup g
             WHERE g.person_id = p.id AND g.since <= k.day AND coalesce(g.until >= k.day, true) ORDER BY 1)
FROM json_to_recordset(%s::json) AS k (number text, insurance text, region text, day date)
JOIN enrolment_person p ON p.number = k.number
LEFT JOIN enrolment_enrolment e ON e.person_id = p.id AND e.insurance = k.insurance AND e.region = k.region
"""


def insured(asked: Sequence[tuple[Relation, date]]) -> dict[Relation, Insured]:
    """Insured facts by relation, in one statement, with the special groups valid on the day asked for each.

    Relations that do not exist are absent from the answer.
    """
    wanted = [
        {"number": number, "insurance": insurance, "region": region, "day": day}
        for (number, insurance, region), day in asked
    ]
    rows = fetch(SELECT, [json_text(wanted)])
    return {(row[0], row[1], row[2]): Insured(*row[:-1], tuple(row[-1])) for row in rows if row[1] is not None}


def relations_of(person_number: str, day: date) -> list[Insured]:
    """All insurance relations of a person, the active ones first."""
    keys = fetch(
        "SELECT p.number, e.insurance, e.region FROM enrolment_enrolment e"
        " JOIN enrolment_person p ON p.id = e.person_id WHERE p.number = %s ORDER BY e.status, e.insurance, e.region",
        [person_number],
    )
    found = insured([((number, insurance, region), day) for number, insurance, region in keys]) if keys else {}
    return [found[number, insurance, region] for number, insurance, region in keys]


def require_insured(relation: Relation, day: date) -> Insured:
    """The facts of one relation; refuses unknown persons and persons without the relation, each by its own error."""
    found = insured([(relation, day)]).get(relation)
    if found is None:
        raise why_missing(relation)
    return found


def require_person(number: str) -> None:
    """Refuse a person number that nobody is registered under."""
    if not fetch("SELECT 1 FROM enrolment_person WHERE number = %s", [number]):
        raise PersonUnknown(what=Text("人员编号", "person number"), number=number)


def why_missing(relation: Relation) -> PersonUnknown | NotInsured:
    """The error that says why a relation was not found."""
    number, insurance, region = relation
    known = fetch("SELECT name FROM enrolment_person WHERE number = %s", [number])
    if not known:
        return PersonUnknown(what=Text("人员编号", "person number"), number=number)
    return NotInsured(person=masked_name(known[0][0]), region=name_of(region), insurance=insurance)
