"""The pages, one module per desk or subject; importing this package registers all of them."""

from . import (
    audit,
    charging,
    dashboard,
    design,
    filings,
    home,
    hospital,
    mapping,
    settlements,
    settling,
    statement,
    unknown,
)

__all__ = [
    "audit",
    "charging",
    "dashboard",
    "deadlines",
    "design",
    "filings",
    "home",
    "hospital",
    "mapping",
    "settlements",
    "settling",
    "statement",
    "unknown",
]
