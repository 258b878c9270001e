"""The people of the sample nation are plausible, repeatable, and exactly who the stories say."""

from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import islice
from random import Random

import pytest

from yijie.interfaces.sample import AS_OF, cast, people, relations
from yijie.interfaces.sample.institutions import institutions
from yijie.interfaces.sample.nation import citizen_of, everybody
from yijie.interfaces.sample.people import citizens
from yijie.interfaces.sample.pools import BY_CODE, POOLS, counties
from yijie.kernel.codes import Insurance
from yijie.kernel.dates import age_on
from yijie.kernel.identity import birth_of, is_female, is_resident_number, resident_number
from yijie.kernel.ids import moment_of
from yijie.kernel.region import is_region, pool_of

PEOPLE = 4000
DIGEST_OF_500 = "8e2765d8bab1eb9bdb4a881c7e1768f71d33de96657d9af79c7bb6ab5c91ee33"


@pytest.fixture(scope="module")
def nation():
    return list(everybody(PEOPLE, 2026))


def digest(rows):
    return sha256(repr(list(rows)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_people_to_the_byte_and_another_seed_others():
    assert digest(citizens(500, 2026)) == digest(citizens(500, 2026))
    assert digest(citizens(500, 2026)) != digest(citizens(500, 7))


def test_the_people_of_a_seed_never_change_silently():
    """Whoever changes the drawing on purpose renews this digest: data made from a seed elsewhere will differ."""
    assert digest(citizens(500, 2026)) == DIGEST_OF_500


def test_a_person_is_the_same_however_many_are_made():
    assert list(islice(citizens(5000, 2026), 100)) == list(citizens(100, 2026))


def test_every_document_is_well_formed_and_agrees_with_the_person(nation):
    for citizen in nation:
        person = citizen.person
        assert is_resident_number(person.certificate_number)
        assert birth_of(person.certificate_number) == person.birth_date
        assert is_female(person.certificate_number) == (person.sex == "2")
        assert person.certificate_number.startswith(person.region)
        assert person.region in {county.code for county in counties(pool_of(person.region))}
        assert person.sample


def test_numbers_documents_and_cards_name_one_person_each(nation):
    for field in ("number", "certificate_number", "card_number", "card_serial"):
        values = [getattr(citizen.person, field) for citizen in nation]
        assert len(set(values)) == PEOPLE + len(cast.CAST), field
    assert {len(citizen.person.card_serial) for citizen in nation} == {32}
    assert all(citizen.person.number[:6] == pool_of(citizen.person.region) for citizen in nation)


def test_a_document_that_is_taken_is_never_given_again():
    taken = {resident_number("110101", date(1980, 1, 1), serial) for serial in range(1, 901, 2)}
    draw = people.Draw(1, Random(1), set(taken))
    given = [people._document(draw, "110101", "1", date(1980, 1, 1)) for _ in range(20)]
    assert len(set(given)) == 20
    assert not taken & set(given)


def test_every_county_belongs_to_its_pool():
    assert len(POOLS) == 7
    for pool in POOLS:
        assert {pool_of(county.code) for county in counties(pool.code)} == {pool.code}
        assert all(is_region(county.code) for county in counties(pool.code))
        assert pool.care_region == pool.code[:2] + "0000"


def test_people_are_spread_over_the_pools_as_meant(nation):
    lived = Counter(citizen.person.number[:6] for citizen in nation)
    for pool in POOLS:
        assert abs(100 * lived[pool.code] / len(nation) - pool.weight) < 3, pool.city


def test_relations_are_of_known_pools_and_fit_the_ages(nation):
    ages = {
        "11": range(20, 60),
        "12": range(55, 96),
        "1401": range(1),
        "1402": range(1, 6),
        "1403": range(6, 18),
        "1404": range(18, 23),
        "15": range(23, 60),
        "16": range(60, 96),
    }
    for citizen in nation[len(cast.CAST) :]:
        first = citizen.enrolments[0]
        assert age_on(citizen.person.birth_date, AS_OF) in ages[first.category]
        assert (first.insurance == Insurance.EMPLOYEE) == (first.category in ("11", "12"))
        assert first.insurance == Insurance.EMPLOYEE or not first.employer
        for relation in citizen.enrolments:
            assert relation.person_number == citizen.person.number
            assert relation.region in BY_CODE
            assert citizen.person.birth_date <= relation.since < AS_OF
            assert (relation.status == relations.NORMAL) == (relation.paused_on is None)
            assert relation.paused_on is None or relation.since <= relation.paused_on <= AS_OF


def test_the_nation_has_its_exceptions(nation):
    first = [citizen.enrolments[0] for citizen in nation if citizen.enrolments]
    moved = [citizen.enrolments for citizen in nation if len(citizen.enrolments) == 2]
    keys = [(row.person_number, row.insurance, row.region) for rows in moved for row in rows]
    assert len(keys) == len(set(keys)) == 2 * len(moved) > 0
    assert {rows[1].status for rows in moved} == {relations.PAUSED, relations.ENDED}
    assert {relations.NORMAL, relations.PAUSED, relations.ENDED} == {row.status for row in first}
    assert any(row.civil_servant for row in first)
    assert any(row.company_supplement for row in first)
    assert {row.tier for row in first if row.region == "440300" and row.insurance == "310"} == {"一档", "二档"}
    share_in_groups = sum(bool(citizen.groups) for citizen in nation) / len(nation)
    assert 0.01 < share_in_groups < 0.05
    assert {group.group for citizen in nation for group in citizen.groups} == {code for code, _ in relations.GROUPS}
    assert {citizen.person.ethnicity for citizen in nation} > {"01", "03"}


def test_only_employees_have_accounts_and_none_is_overdrawn(nation):
    for citizen in nation:
        if citizen.opening:
            holder = citizen.enrolments[0]
            assert citizen.opening.amount >= 0
            assert citizen.opening.region == holder.region
            assert holder.insurance == Insurance.EMPLOYEE
            assert holder.tier != "二档"
    employed = [c for c in nation if c.enrolments and c.enrolments[0].insurance == Insurance.EMPLOYEE]
    assert sum(bool(citizen.opening) for citizen in employed) > 0.9 * len(employed)


def test_chronic_diseases_and_choices_name_known_people_and_institutions(nation):
    names = {row.code: row.name for row in institutions()}
    chronic = [row for citizen in nation for row in citizen.chronic]
    chosen = [row for citizen in nation for row in citizen.designations]
    known = {citizen.person.number for citizen in nation}
    assert len(chronic) > 100
    assert len(chosen) > 100
    assert {row.person_number for row in [*chronic, *chosen]} <= known
    assert all(names[row.institution] == row.institution_name for row in chosen)
    assert all(pool_of(row.institution[1:7]) == row.person_number[:6] for row in chosen)
    ids = [row.id for row in [*chronic, *chosen]]
    assert len(set(ids)) == len(ids)
    assert {moment_of(number).date() for number in ids} == {AS_OF}


class TestCast:
    """The fixed persons are who their stories say."""

    def test_their_numbers_are_for_ever(self):
        assert cast.CHENGDU_RETIREE.number == "51010000000000000001"
        assert cast.CHENGDU_RETIREE.certificate == "510104195803129021"
        assert [member.serial for member in cast.CAST] == list(range(1, 13))

    @pytest.mark.parametrize("member", cast.CAST, ids=lambda member: member.number)
    def test_each_is_in_the_nation_with_a_story(self, member, nation):
        [found] = [citizen for citizen in nation if citizen.person.number == member.number]
        assert found == citizen_of(member)
        assert found.person.name == member.name
        assert found.person.card_number == member.card_number
        assert pool_of(member.county) == member.pool
        assert member.story

    def test_the_retiree_is_pensioner_with_money_and_hypertension(self):
        citizen = citizen_of(cast.CHENGDU_RETIREE)
        assert citizen.person.birth_date.year == 1958
        assert citizen.enrolments[0].category == "12"
        assert citizen.opening.amount == 386_050
        assert citizen.chronic[0].disease_name == "高血压"

    def test_the_others_are_insured_as_told(self):
        first = {member.name: citizen_of(member).enrolments[0] for member in cast.CAST if member.relation}
        assert first[cast.HANGZHOU_RESIDENT.name].insurance == "390"
        assert first[cast.SHENZHEN_EMPLOYEE.name].tier == "一档"
        assert first[cast.CHILD.name].category == "1403"
        for member in (cast.SHANGHAI_EMPLOYEE, cast.GUANGZHOU_EMPLOYEE, cast.WUHAN_EMPLOYEE, cast.BEIJING_EMPLOYEE):
            assert (first[member.name].insurance, first[member.name].category) == ("310", "11")
        assert first[cast.CHENGDU_EMPLOYEE.name].region == "510100"
        assert age_on(cast.CHILD.birth, AS_OF) < 18

    def test_the_error_paths_have_their_persons(self):
        paused = citizen_of(cast.PAUSED).enrolments[0]
        assert (paused.status, str(paused.paused_on)) == ("2", "2025-07-01")
        assert citizen_of(cast.NOT_ENROLLED).enrolments == ()
        assert [group.group for group in citizen_of(cast.LOW_INCOME).groups] == ["2303"]
