"""Enrolment owns who is insured: persons, their insurance relations, special groups and electronic credentials.

It promises that a person number names one person for ever, that a person holds at most one relation of each insurance
in one region, and that a credential opens one person's record at one institution only.
"""

from .errors import EnrolmentInactive
from .identify import by_card, by_certificate, by_credential, issue_credential
from .insured import Insured, Relation, insured, relations_of, require_insured, why_missing
from .shown import NOTHING_SHOWN, Shown, require_same_person, tokens_of

__all__ = [
    "NOTHING_SHOWN",
    "EnrolmentInactive",
    "Insured",
    "Relation",
    "Shown",
    "by_card",
    "by_certificate",
    "by_credential",
    "insured",
    "issue_credential",
    "relations_of",
    "require_insured",
    "require_same_person",
    "tokens_of",
    "why_missing",
]
