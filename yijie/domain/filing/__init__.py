"""Filing owns permissions that change how care is paid: remote-care filings, designated institutions, chronic diseases.

It promises that on every day a person has at most one effective remote-care filing per insurance and care region, that
each moves only along its listed states, and that every step is recorded with who and when.
"""

from .designation import Choice, chronic_diseases, designate, designations, withdraw
from .errors import FilingUnknown
from .remote import KIND_NAMES, Application, Journey, approve, in_force, referrals_of, reject, request, revoke

__all__ = [
    "KIND_NAMES",
    "Application",
    "Choice",
    "FilingUnknown",
    "Journey",
    "approve",
    "chronic_diseases",
    "designate",
    "designations",
    "in_force",
    "referrals_of",
    "reject",
    "request",
    "revoke",
    "withdraw",
]
