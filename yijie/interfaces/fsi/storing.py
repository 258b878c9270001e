"""Placeholder replaced in the next step."""

STORED: dict[str, object] = {}
