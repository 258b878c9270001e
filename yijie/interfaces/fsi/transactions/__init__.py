"""What each transaction does, one module per family. Importing this package makes them all known."""

from . import (
    catalogue,
    file_transfer,
    filings,
    inpatient,
    institution,
    lost_answer,
    outpatient,
    person,
    query,
    reconcile,
    reverse,
    settling,
    sign_in,
)

__all__ = [
    "catalogue",
    "file_transfer",
    "filings",
    "inpatient",
    "institution",
    "lost_answer",
    "outpatient",
    "person",
    "query",
    "reconcile",
    "reverse",
    "settling",
    "sign_in",
]
