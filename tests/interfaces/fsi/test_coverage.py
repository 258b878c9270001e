"""Every transaction is handled, stored or refused with a reason; the page says so, and what must be served is."""

import re

import pytest
from desks import Desk

from yijie.interfaces.fsi.coverage import PAGE, Served, coverage, page
from yijie.interfaces.fsi.refused import ELSEWHERE, FAMILIES, family_of
from yijie.interfaces.sample import institutions

EVERY = coverage()
REFUSED = [one.transaction.infno for one in EVERY if one.served is Served.REFUSED]
LATER = r"310[123]|320[34]|326[012]|36\d\d|37\d\d|6\d{3}|7\d{3}|D00\d|960\d"
"""Not built yet: audit, clearing, case-mix, objections, mobile payment, e-prescriptions, bed checks."""


def test_the_page_says_what_the_code_does():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make his-coverage"


def test_what_acceptance_demands_is_served_unless_its_whole_family_comes_later():
    demanded = [one for one in EVERY if "Y" in one.transaction.acceptance]
    missing = [one.transaction.infno for one in demanded if one.served is Served.REFUSED]
    assert [infno for infno in missing if not re.fullmatch(LATER, infno)] == []


@pytest.mark.parametrize(
    "family",
    [
        r"1[239]\d\d[AB]?",
        r"116[02]",
        r"2[0-6]0\d[AB]?",
        r"21[678]\d",
        r"226[01]",
        r"320[12]",
        r"330[12]",
        r"340\d[AB]?",
        r"35\d\d[AB]?",
        r"410[1-5]",
        r"426[1-3]",
        r"430[12]",
        r"440[12]A?",
        r"45\d\d",
        r"460[12]",
        r"4701",
        r"490[125]",
        r"5[1-4]0\d",
        r"5163",
        r"526[01]",
        r"5501",
        r"90\d\d|91\d\d",
        r"100001",
    ],
)
def test_whole_families_are_served(family):
    found = [one for one in EVERY if re.fullmatch(family, one.transaction.infno)]
    assert found
    assert [one.transaction.infno for one in found if one.served is Served.REFUSED] == []


def test_later_families_are_refused_and_no_family_is_refused_that_is_served():
    served = {one.transaction.infno for one in EVERY if one.served is not Served.REFUSED}
    assert not [infno for infno in served if re.fullmatch(LATER, infno)]
    for family in FAMILIES:
        covered = [one.transaction.infno for one in EVERY if re.fullmatch(family.numbers, one.transaction.infno)]
        assert covered, family.numbers
        assert not served & set(covered), family.numbers


@pytest.mark.parametrize("infno", REFUSED)
def test_a_refusal_says_why(sample_nation, infno):
    code, text = Desk(institutions.BEIJING_TERTIARY).refused(infno, {"data": {}})
    assert code == "fsi.not_offered"
    assert family_of(infno).why.zh in text
    assert family_of(infno) is not ELSEWHERE
