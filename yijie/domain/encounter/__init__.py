"""Encounter owns what happens at the care side before money is decided: registrations, stays, diagnoses, fee lines.

It promises that an encounter moves only along its states, that every live fee line is graded exactly under the care
region's catalogue of its service date, and that nothing changes under a settlement that lives.
"""

from .bill import Bill, Mark, bills, mark_settled, mark_voided, reopen_for_charges
from .change import Discharge, cancel, change_visit, discharge, require_unsettled, undo_discharge
from .diagnoses import DiagnosisGiven, remove_diagnoses, replace_diagnoses, upsert_diagnoses
from .errors import AlreadySettled, EncounterUnknown, LineUnknown, NothingCharged
from .lines import LineGiven, LineStored, revoke_batch, revoke_lines, revoke_unsettled, upload
from .queries import LineRow, chronic_drug_lines, diagnoses_of, lines_of, of_person, staying
from .record import Record, find, lock, lock_many, read_many
from .register import Arrival, admit, register

__all__ = [
    "AlreadySettled",
    "Arrival",
    "Bill",
    "DiagnosisGiven",
    "Discharge",
    "EncounterUnknown",
    "LineGiven",
    "LineRow",
    "LineStored",
    "LineUnknown",
    "Mark",
    "NothingCharged",
    "Record",
    "admit",
    "bills",
    "cancel",
    "change_visit",
    "chronic_drug_lines",
    "diagnoses_of",
    "discharge",
    "find",
    "lines_of",
    "lock",
    "lock_many",
    "mark_settled",
    "mark_voided",
    "of_person",
    "read_many",
    "register",
    "remove_diagnoses",
    "reopen_for_charges",
    "replace_diagnoses",
    "require_unsettled",
    "revoke_batch",
    "revoke_lines",
    "revoke_unsettled",
    "staying",
    "undo_discharge",
    "upload",
    "upsert_diagnoses",
]
