"""What each transaction does, one module per family. Importing this package makes them all known."""

from . import (
    catalogue,
    file_transfer,
    filings,
    inpatient,
    institution,
    outpatient,
    person,
    query,
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
    "outpatient",
    "person",
    "query",
    "reverse",
    "settling",
    "sign_in",
]
