"""Wordings in Chinese and English, and in which of the two whoever waits is answered: Chinese unless they ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_spoken: ContextVar[str] = ContextVar("spoken", default="zh")


@dataclass(frozen=True, slots=True)
class Text:
    """A wording for people in both languages."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The wording in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


def spoken() -> str:
    """``zh`` or ``en``: the language of texts that are made now for somebody who waits for them."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block whoever waits is answered in this language; any other than ``en`` is Chinese."""
    before = _spoken.set("en" if language == "en" else "zh")
    try:
        yield
    finally:
        _spoken.reset(before)
