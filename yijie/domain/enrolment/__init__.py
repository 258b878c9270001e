"""Enrolment owns who is insured: persons, their insurance relations, special groups and electronic credentials.

It promises that a person number names one person for ever, that a person holds at most one relation of each insurance
in one region, and that a credential opens one person's record at one institution only.
"""

from .load import (
    EnrolmentRow,
    GroupRow,
    PersonRow,
    PersonsMissing,
    count_real_persons,
    load_enrolments,
    load_groups,
    load_persons,
    remove_sample_persons,
    sample_persons,
)

__all__ = [
    "EnrolmentRow",
    "GroupRow",
    "PersonRow",
    "PersonsMissing",
    "count_real_persons",
    "load_enrolments",
    "load_groups",
    "load_persons",
    "remove_sample_persons",
    "sample_persons",
]
