"""Loading the nation: what comes in, that it comes in twice the same, and what it never overwrites."""

from datetime import date
from decimal import Decimal

import pytest

from yijie.domain import catalogue, enrolment, ledger
from yijie.domain.bulk import RowsRefused
from yijie.interfaces.sample import OPENED_AT, cast, load, shelf
from yijie.interfaces.sample.catalogue import items
from yijie.interfaces.sample.institutions import institutions
from yijie.interfaces.sample.nation import citizen_of, everybody
from yijie.interfaces.sample.terms import terms

PEOPLE = 300
SEED = 2026

CONTENT = {
    "institutions": "SELECT * FROM institution_institution",
    "items": "SELECT * FROM catalogue_item",
    "terms": f"SELECT {', '.join(catalogue.TermRow._fields)} FROM catalogue_term",
    "persons": f"SELECT {', '.join(enrolment.PersonRow._fields)} FROM enrolment_person",
    "relations": "SELECT p.number, e.region, e.insurance, e.category, e.status, e.since, e.paused_on, e.civil_servant,"
    " e.tier, e.employer FROM enrolment_enrolment e JOIN enrolment_person p ON p.id = e.person_id",
    "groups": 'SELECT p.number, g."group", g.since FROM enrolment_specialgroup g'
    " JOIN enrolment_person p ON p.id = g.person_id",
    "chronic": "SELECT * FROM filing_chronicfiling",
    "designations": "SELECT * FROM filing_designation",
    "postings": "SELECT * FROM ledger_posting",
    "balances": "SELECT * FROM ledger_balance",
}

PERSON = citizen_of(cast.BEIJING_EMPLOYEE).person
INCOHERENT = """
SELECT * FROM (SELECT region, account, owner, sum(amount) AS amount FROM ledger_posting GROUP BY 1, 2, 3) p
FULL JOIN (SELECT region, account, owner, sum(amount) AS amount FROM ledger_balance GROUP BY 1, 2, 3) b
USING (region, account, owner) WHERE coalesce(p.amount, 0) <> coalesce(b.amount, 0)
"""


@pytest.fixture
def digests(query):
    """Digest of the content of every table, without keys that the database makes up."""
    return lambda: {
        what: query(f"SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM ({sql}) t")[0][0]
        for what, sql in CONTENT.items()
    }


def numbers(query, sql):
    return {number for (number,) in query(sql)}


def test_everything_that_was_made_up_is_in_the_database(db, query):
    told = []
    loaded = load.load(PEOPLE, SEED, tell=lambda what, rows: told.append((what, rows)))
    meant = list(everybody(PEOPLE, SEED))
    counts = {what: query(f"SELECT count(*) FROM ({sql}) t")[0][0] for what, sql in CONTENT.items()}
    assert counts["institutions"] == len(institutions()) == loaded.rows["institutions"]
    assert counts["items"] == len(items())
    assert counts["terms"] == len(list(terms()))
    assert counts["persons"] == PEOPLE + 12
    assert counts["relations"] == sum(len(citizen.enrolments) for citizen in meant)
    assert counts["groups"] == sum(len(citizen.groups) for citizen in meant)
    assert counts["chronic"] == sum(len(citizen.chronic) for citizen in meant)
    assert counts["designations"] == sum(len(citizen.designations) for citizen in meant)
    assert counts["postings"] == 2 * sum(bool(c.opening and c.opening.amount) for c in meant)
    assert dict(told) == loaded.rows
    assert loaded.generated_s >= 0
    assert loaded.stored_s > 0


def test_the_ledger_balances_and_every_account_holds_its_opening(db, query):
    load.load(PEOPLE, SEED)
    assert query("SELECT transaction FROM ledger_posting GROUP BY transaction HAVING sum(amount) <> 0") == []
    assert query(INCOHERENT) == []
    assert query("SELECT DISTINCT template, settlement, at FROM ledger_posting") == [("opening", None, OPENED_AT)]
    held = dict(query("SELECT owner, -amount FROM ledger_balance WHERE account = 'person' AND shard = 0"))
    openings = [citizen.opening for citizen in everybody(PEOPLE, SEED) if citizen.opening]
    assert held == {opening.person_number: opening.amount for opening in openings}


def test_loading_twice_leaves_the_same_data(db, digests):
    load.load(PEOPLE, SEED)
    first = digests()
    load.load(PEOPLE, SEED)
    assert digests() == first
    assert load.is_loaded(PEOPLE, SEED)


def test_another_seed_replaces_the_people_and_only_them(db, query, digests):
    load.load(PEOPLE, SEED)
    before = digests()
    load.load(PEOPLE, 7)
    after = digests()
    unchanged = {what for what in CONTENT if before[what] == after[what]}
    assert unchanged == {"institutions", "items", "terms"}
    persons = numbers(query, "SELECT number FROM enrolment_person")
    assert persons == {citizen.person.number for citizen in everybody(PEOPLE, 7)}
    assert numbers(query, "SELECT person_number FROM filing_chronicfiling") <= persons
    assert query(INCOHERENT) == []
    richer = numbers(query, "SELECT owner FROM ledger_balance WHERE account = 'person' AND amount < 0")
    assert richer <= persons, "the accounts of those who left are empty"


def test_going_back_to_a_seed_brings_its_balances_back(db, query):
    load.load(PEOPLE, SEED)
    held = query("SELECT * FROM ledger_balance WHERE amount < 0 ORDER BY owner")
    load.load(50, 7)
    load.load(PEOPLE, SEED)
    assert query("SELECT * FROM ledger_balance WHERE amount < 0 ORDER BY owner") == held
    assert query(INCOHERENT) == []


def test_fewer_people_of_the_same_seed(db, query):
    load.load(PEOPLE, SEED)
    load.load(10, SEED)
    assert query("SELECT count(*) FROM enrolment_person") == [(22,)]
    assert not load.is_loaded(PEOPLE, SEED)


def test_ensure_loads_once(db, query):
    assert load.ensure(20, SEED) is not None
    ids = numbers(query, "SELECT id FROM enrolment_person")
    assert load.ensure(20, SEED) is None
    assert numbers(query, "SELECT id FROM enrolment_person") == ids
    assert load.ensure(20, 7) is not None


def test_people_come_in_batches(db, query, monkeypatch):
    monkeypatch.setattr(load, "BATCH", 7)
    load.load(30, SEED)
    assert query("SELECT count(*) FROM enrolment_person") == [(42,)]
    assert query(INCOHERENT) == []


def real_person():
    enrolment.load_persons([PERSON._replace(number="11000099990000000001", sample=False)])


def settlement():
    from yijie.domain.settlement.models import FUNDS, MONEY, Settlement  # noqa: PLC0415  wants Django started

    texts = ("region", "institution", "batch", "person_number", "home_region", "insurance", "category", "care")
    Settlement.objects.create(
        id=1, encounter=1, year=2026, state="settled", settled_at=OPENED_AT, **dict.fromkeys([*MONEY, *FUNDS], 0),
        **dict.fromkeys(texts, "1"),
    )  # fmt: skip


def other_catalogue():
    catalogue.load_items([items()[0].row._replace(code="ZREAL", sample=False)])


@pytest.mark.parametrize("disturb", [real_person, settlement, other_catalogue])
def test_a_database_that_holds_more_than_a_sample_is_left_alone(db, digests, disturb):
    disturb()
    before = digests()
    with pytest.raises(load.NotOnlySample) as refused:
        load.load(10, SEED)
    assert digests() == before
    assert sorted(refused.value.facts.values()) == [0, 0, 1]
    assert "未作任何改动" in refused.value.text("zh")


def test_told_so_it_goes_on_beside_what_is_there(db, query):
    load.load(30, SEED)
    settlement()
    enrolment.load_persons(
        [PERSON._replace(number="11000099990000000001", certificate_number="110101199001010015", sample=False)]
    )
    load.load(20, 7, anyway=True)
    kept = numbers(query, "SELECT number FROM enrolment_person")
    of_both_seeds = {citizen.person.number for seed, n in ((SEED, 30), (7, 20)) for citizen in everybody(n, seed)}
    assert kept == of_both_seeds | {"11000099990000000001"}
    assert query("SELECT count(*) FROM settlement_settlement") == [(1,)]
    assert query(INCOHERENT) == []


def test_beside_another_catalogue_only_items_marked_sample_come_in(db, query):
    real = next(item.row for item in items() if not item.row.sample)
    other_catalogue()
    catalogue.load_items([real._replace(maker="某药厂")])
    load.load(5, SEED, anyway=True)
    assert query("SELECT maker FROM catalogue_item WHERE code = %s", real.code) == [("某药厂",)]
    assert query("SELECT count(*) FROM catalogue_item WHERE NOT sample") == [(2,)]
    assert query("SELECT count(*) FROM catalogue_term WHERE item_id = %s", shelf.DRUG_A.code) == [(6,)]
    assert query("SELECT count(*) FROM catalogue_term WHERE item_id = %s", real.code) == [(0,)]


class TestBulk:
    """The load operations of the domain, as importers use them."""

    def test_a_taken_number_refuses_all_rows(self, db, query):
        enrolment.load_persons([PERSON])
        another = PERSON._replace(number="1", certificate_number="1")
        with pytest.raises(RowsRefused) as refused:
            enrolment.load_persons([another, PERSON])
        assert PERSON.number in refused.value.text("zh")
        assert query("SELECT count(*) FROM enrolment_person") == [(1,)]

    def test_a_value_too_long_is_refused_too(self, db):
        with pytest.raises(RowsRefused, match="too long"):
            enrolment.load_persons([PERSON._replace(sex="12")])

    def test_rows_of_unknown_persons_are_named(self, db, query):
        relation = citizen_of(cast.BEIJING_EMPLOYEE).enrolments[0]
        enrolment.load_persons([PERSON])
        with pytest.raises(enrolment.PersonsMissing) as refused:
            enrolment.load_enrolments([relation, relation._replace(person_number="nobody")])
        assert refused.value.facts == {"count": 1, "number": "nobody"}
        assert query("SELECT count(*) FROM enrolment_enrolment") == [(0,)]
        assert enrolment.load_enrolments([relation]) == 1

    def test_only_sample_persons_can_be_removed(self, db, query):
        enrolment.load_persons([PERSON._replace(sample=False)])
        assert enrolment.remove_sample_persons([PERSON.number]) == 0
        assert query("SELECT count(*) FROM enrolment_person") == [(1,)]

    def test_terms_that_overlap_are_refused(self, db, query):
        term = next(terms())._replace(item_id="X1", since=date(2024, 1, 1), until=None)
        later = term._replace(since=date(2025, 1, 1), first_self_pay=Decimal("0.3"))
        with pytest.raises(catalogue.TermsOverlap) as refused:
            catalogue.load_terms([term, later])
        assert refused.value.facts["item"] == "X1"
        assert query("SELECT count(*) FROM catalogue_term") == [(0,)]
        assert catalogue.load_terms([term._replace(until=date(2024, 12, 31)), later]) == 2

    def test_an_opening_is_posted_once_and_its_correction_as_a_difference(self, db, query):
        account = ledger.OpeningRow("110000", "P1", 500)
        assert ledger.load_openings([account], OPENED_AT) == 1
        assert ledger.load_openings([account], OPENED_AT) == 0
        assert ledger.load_openings([account._replace(amount=800)], OPENED_AT) == 1
        posted = query("SELECT amount FROM ledger_posting WHERE account = 'person' ORDER BY transaction")
        assert posted == [(-500,), (-300,)]
        assert query("SELECT amount FROM ledger_balance WHERE owner = 'P1'") == [(-800,)]
        assert query(INCOHERENT) == []

    def test_money_that_was_spent_cannot_be_taken_back(self, db, query):
        ledger.load_openings([ledger.OpeningRow("110000", "P1", 500)], OPENED_AT)
        query("UPDATE ledger_balance SET amount = amount + 400 WHERE owner = 'P1' RETURNING 1")
        with pytest.raises(RowsRefused, match="ledger_balance"):
            ledger.load_openings([ledger.OpeningRow("110000", "P1", 0)], OPENED_AT)
        assert query("SELECT count(*) FROM ledger_posting") == [(2,)]

    def test_an_account_opened_with_nothing_has_a_row_to_lock(self, db, query):
        assert ledger.load_openings([ledger.OpeningRow("110000", "P1", 0)], OPENED_AT) == 0
        assert query("SELECT amount FROM ledger_balance WHERE owner = 'P1'") == [(0,)]
