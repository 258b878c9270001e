"""Loading the sample nation: in one transaction, by COPY, replacing a sample that is there and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import monotonic
from typing import NamedTuple

from django.apps import apps
from django.db import connection, transaction

from yijie.domain import catalogue, enrolment, filing, institution, ledger
from yijie.kernel.errors import YijieError

from . import OPENED_AT, PEOPLE, SEED
from .cast import CAST
from .catalogue import items
from .choices import CHRONIC
from .institutions import institutions
from .nation import everybody
from .people import SEED_DIGITS, Citizen
from .terms import terms

Tell = Callable[[str, int], None]
"""Told what has just been loaded, in plain words, and how many rows of it."""

BATCH = 50_000
"""People held in memory at once."""

TABLES = (
    "institution_institution",
    "catalogue_item",
    "catalogue_term",
    "enrolment_person",
    "enrolment_enrolment",
    "enrolment_specialgroup",
    "filing_chronicfiling",
    "filing_designation",
    "ledger_posting",
    "ledger_balance",
)


class NotOnlySample(YijieError):
    """The database holds more than a sample nation; loading is refused unless the caller says that it may go on."""

    code = "sample.not_only_sample"
    zh = (
        "该数据库中有非样例数据（参保人 {persons}、结算 {settlements}、目录项目 {items}），未作任何改动。"
        "请另建数据库；确需与之并存，请加 --anyway"
    )
    en = (
        "this database holds more than a sample: {persons} other persons, {settlements} settlements, {items} other"
        " catalogue items; nothing was changed. Use a database of its own, or say --anyway to load beside them"
    )


class Loaded(NamedTuple):
    """What was loaded: rows by kind in plain words, and how long it took."""

    rows: dict[str, int]
    generated_s: float
    stored_s: float


def ensure(people: int = PEOPLE, seed: int = SEED) -> Loaded | None:
    """Load the nation unless exactly that many people of that seed are there; None when nothing was to be done."""
    return None if is_loaded(people, seed) else load(people, seed)


def is_loaded(people: int, seed: int) -> bool:
    """Whether the database's sample persons are the cast and that many people of the seed."""
    numbers = enrolment.sample_persons()
    of_seed = sum(number[SEED_DIGITS] == f"{seed:04d}" for number in numbers)
    return of_seed == people and len(numbers) == people + len(CAST)


def load(
    people: int = PEOPLE,
    seed: int = SEED,
    *,
    anyway: bool = False,
    regions: tuple[str, ...] = ("",),
    tell: Tell = lambda _what, _rows: None,
) -> Loaded:
    """Load the cast and that many people of a seed with institutions, catalogue and terms; all or nothing.

    A sample that is there is replaced. Where the database holds other persons, settlements or another catalogue the
    load is refused; with ``anyway`` it goes on beside them and takes away no person whom it does not bring again.
    A node loads its ``regions`` only (prefixes of codes): their people and institutions.
    """
    books = _Books(tell)
    with transaction.atomic():
        _prepare()
        if not anyway:
            _require_only_sample()
        there = set(enrolment.sample_persons())
        leaving = set() if anyway else there
        _load_reference(books, regions)
        filing.remove_choices_of(leaving)
        enrolment.remove_sample_persons(leaving)
        for batch in books.generated(_batches(_of_regions(everybody(people, seed), regions), BATCH)):
            again = {citizen.person.number for citizen in batch} & there if anyway else set()
            filing.remove_choices_of(again)
            enrolment.remove_sample_persons(again)
            _load_people(books, batch)
            leaving.difference_update(citizen.person.number for citizen in batch)
        _close_accounts(leaving)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    return books.closed()


def _prepare() -> None:
    """One load at a time, and no limit on how long a statement may take: a whole nation comes in one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yijie sample nation'))")
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")


def _require_only_sample() -> None:
    persons = enrolment.count_real_persons()
    settlements = apps.get_model("settlement", "Settlement").objects.count()
    other_items = catalogue.count_real_items(_published_codes())
    if persons or settlements or other_items:
        raise NotOnlySample(persons=persons, settlements=settlements, items=other_items)


def _published_codes() -> list[str]:
    return [item.row.code for item in items() if not item.row.sample]


def _of_regions(citizens: Iterator[Citizen], regions: tuple[str, ...]) -> Iterator[Citizen]:
    """Those whose pool, which is written in their number, is one of the regions."""
    return (citizen for citizen in citizens if citizen.person.number.startswith(regions))


def _load_reference(books: _Books, regions: tuple[str, ...]) -> None:
    """Institutions and catalogue; beside another catalogue only the items that are samples by themselves."""
    published = _published_codes()
    replaced = [] if catalogue.count_real_items(published) else published
    chosen = {item.row.code: item.row for item in items() if item.row.sample or replaced}
    institution.remove_sample_institutions()
    books.add(
        "institutions", institution.load_institutions(row for row in institutions() if row.region.startswith(regions))
    )
    books.add("catalogue items", catalogue.replace_sample_items(replaced, chosen.values()))
    if replaced:
        catalogue.publish_concepts(
            "chronic_disease", (catalogue.ConceptRow(code, name, []) for code, name, _ in CHRONIC)
        )
    books.add("terms of the care regions", catalogue.load_terms(term for term in terms() if term.item_id in chosen))


def _load_people(books: _Books, batch: list[Citizen]) -> None:
    books.add("people", enrolment.load_persons(citizen.person for citizen in batch))
    books.add("insurance relations", enrolment.load_enrolments(row for citizen in batch for row in citizen.enrolments))
    books.add("special groups", enrolment.load_groups(row for citizen in batch for row in citizen.groups))
    books.add("chronic diseases", filing.load_chronic(row for citizen in batch for row in citizen.chronic))
    books.add("chosen institutions", filing.load_designations(row for citizen in batch for row in citizen.designations))
    openings = [citizen.opening for citizen in batch if citizen.opening]
    ledger.load_openings(openings, OPENED_AT)
    books.add("personal accounts", len(openings))


def _close_accounts(numbers: Iterable[str]) -> None:
    """Take back the openings of those who left; the pool of an account is written in its owner's number."""
    ledger.load_openings((ledger.OpeningRow(number[:6], number, 0) for number in sorted(numbers)), OPENED_AT)


def _batches(citizens: Iterator[Citizen], size: int) -> Iterator[list[Citizen]]:
    while batch := list(islice(citizens, size)):
        yield batch


class _Books:
    """Counts what was loaded and which part of the time went into making the people up."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.rows: Counter[str] = Counter()
        self.began = monotonic()
        self.generating_s = 0.0

    def add(self, what: str, rows: int) -> None:
        self.rows[what] += rows
        self.tell(what, self.rows[what])

    def generated(self, batches: Iterator[list[Citizen]]) -> Iterator[list[Citizen]]:
        began = monotonic()
        for batch in batches:
            self.generating_s += monotonic() - began
            yield batch
            began = monotonic()

    def closed(self) -> Loaded:
        return Loaded(dict(self.rows), self.generating_s, monotonic() - self.began - self.generating_s)
