"""Which of the two languages this request is answered in."""

from __future__ import annotations

from django.utils.translation import get_language


def language() -> str:
    """``zh`` or ``en``."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    """The text in the language of the request."""
    return zh if language() == "zh" else en
