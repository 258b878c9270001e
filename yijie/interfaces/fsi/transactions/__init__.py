"""What each transaction does, one module per family. Importing this package makes them all known."""

from . import (
    catalogue,
    establishment,
    file_transfer,
    filings,
    goods,
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
    "establishment",
    "file_transfer",
    "filings",
    "goods",
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
