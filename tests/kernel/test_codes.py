"""Finer national codes find the category or group that policies speak of."""

import pytest

from yijie.kernel.codes import PersonCategory, SpecialGroup


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("11", PersonCategory.WORKING),
        ("116003", PersonCategory.WORKING),
        ("1204", PersonCategory.RETIRED),
        ("1403", PersonCategory.CHILD),
        ("1404", PersonCategory.COLLEGE_STUDENT),
        ("151", PersonCategory.ADULT),
        ("99", None),
    ],
)
def test_a_national_person_type_has_one_category(code, category):
    assert PersonCategory.of(code) is category


@pytest.mark.parametrize(
    ("code", "group"), [("2303", SpecialGroup.SUBSISTENCE), ("2104", SpecialGroup.PREFERENTIAL), ("6004", None)]
)
def test_a_national_identity_code_has_at_most_one_group(code, group):
    assert SpecialGroup.of(code) is group
