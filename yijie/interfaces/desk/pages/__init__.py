"""The pages, one module per desk or subject; importing this package registers all of them."""

from . import audit, dashboard, design, filings, home, hospital, settlements, statement, unknown

__all__ = ["audit", "dashboard", "design", "filings", "home", "hospital", "settlements", "statement", "unknown"]
