"""An encounter as other operations need it: found, checked for ownership, locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yijie.domain.partition import month_of
from yijie.domain.transaction import fetch, from_json
from yijie.kernel.dates import in_shanghai
from yijie.kernel.ids import moment_of, parse_public_id, public_id
from yijie.kernel.language import Text

from .errors import EncounterStateUnfit, EncounterUnknown, KindUnfit
from .models import Encounter

COLUMNS = """e.id, e.region, e.institution, e.person_number, e.home_region, e.insurance, e.care, e.medical_type,
e.level, e.stay, e.record_number, e.began_at, e.ended_at, e.emergency, e.trauma, e.third_party, e.disease, e.segment,
e.state, e.settled, e.details, e.discharge"""


@dataclass(frozen=True, slots=True)
class Record:
    """One encounter as stored."""

    id: int
    region: str
    institution: str
    person_number: str
    home_region: str
    insurance: str
    care: str
    medical_type: str
    level: str
    stay: bool
    record_number: str
    began_at: datetime
    ended_at: datetime | None
    emergency: bool
    trauma: bool
    third_party: bool
    disease: str
    segment: int
    state: str
    settled: dict[str, str]
    details: dict[str, Any]
    discharge: dict[str, Any]

    @property
    def number(self) -> str:
        """The encounter's public number (mdtrt_id)."""
        return public_id(self.region, self.id)

    @property
    def month(self) -> date:
        """Month of the partition that holds the encounter's fee lines."""
        return month_of(moment_of(self.id).date())

    @property
    def remote(self) -> bool:
        """Whether the person is insured in another pool than the care region."""
        return self.home_region != self.region

    @property
    def certified(self) -> dict[str, str]:
        """Certificates of failed settlement in force, by batch."""
        certified: dict[str, str] = self.details.get("certified", {})
        return certified

    @property
    def payer(self) -> str:
        """Digest of the identity number of whom an order waits for, or was paid by; empty for what is no order."""
        payer: str = self.details.get("payer", "")
        return payer

    def segment_batch(self) -> str:
        """Name of the batch that a stay's new fee lines belong to: one per settlement interval."""
        return f"stay-{self.segment}"

    def require_kind(self, *, stay: bool) -> None:
        """Refuse a visit where a stay is meant, and a stay where a visit is."""
        if self.stay != stay:
            kind, use = ("住院", "2301–2305、2402–2405") if self.stay else ("门诊", "2202–2208")
            raise KindUnfit(number=self.number, kind=kind, use=use)

    def settled_after(self, batch: str) -> list[str]:
        """Living settlements of a stay's later intervals, newest first; a visit's batches have no order."""
        if not self.stay:
            return []
        later = {_interval(other): number for other, number in self.settled.items()}
        return [later[interval] for interval in sorted(later, reverse=True) if interval > _interval(batch)]

    def require(self, *states: Encounter.State, step: Text, todo: Text) -> None:
        """Refuse unless the encounter is in one of ``states``."""
        if self.state not in states:
            state = Text(Encounter.State(self.state).label, self.state)
            raise EncounterStateUnfit(number=self.number, state=state, step=step, todo=todo)


def _interval(batch: str) -> int:
    """Which settlement interval of a stay a batch is; see :meth:`Record.segment_batch`."""
    return int(batch.removeprefix("stay-"))


def as_record(row: tuple[Any, ...]) -> Record:
    """A stored encounter, from a row of ``COLUMNS``."""
    began, ended = in_shanghai(row[11]), row[12] and in_shanghai(row[12])
    return Record(*row[:11], began, ended, *row[13:-3], *(from_json(text) for text in row[-3:]))


def lock(number: str, institution: str, person_number: str) -> Record:
    """The encounter with a public number, locked for change; it must be this institution's and this person's."""
    return _one(number, institution, person_number, "FOR NO KEY UPDATE OF e")


def find(number: str, institution: str, person_number: str) -> Record:
    """The encounter with a public number, unlocked; it must be this institution's and this person's."""
    return _one(number, institution, person_number, "")


def _one(number: str, institution: str, person_number: str, locking: str) -> Record:
    named = parse_public_id(number)
    rows = named and fetch(
        f"SELECT {COLUMNS} FROM encounter_encounter e WHERE e.id = %s AND e.region = %s AND e.institution = %s"
        f" AND e.person_number = %s {locking}",
        [named[1], named[0], institution, person_number],
    )
    if not rows:
        raise EncounterUnknown(number=number)
    return as_record(rows[0])


def lock_many(ids: Sequence[int]) -> dict[int, Record]:
    """Encounters by id, locked in the order of their ids; absent ones are missing from the answer."""
    rows = fetch(
        f"SELECT {COLUMNS} FROM encounter_encounter e WHERE e.id = ANY(%s) ORDER BY e.id FOR NO KEY UPDATE OF e",
        [sorted(ids)],
    )
    return {row[0]: as_record(row) for row in rows}


def read_many(ids: Sequence[int]) -> dict[int, Record]:
    """Encounters by id, unlocked."""
    rows = fetch(f"SELECT {COLUMNS} FROM encounter_encounter e WHERE e.id = ANY(%s)", [sorted(ids)])
    return {row[0]: as_record(row) for row in rows}
