"""Errors that people can act on: each has a stable code, a Chinese and an English text, and the facts of the case."""

from __future__ import annotations

from typing import Any, ClassVar

from yijie.kernel.language import Text, spoken

WRITTEN_MAX = 249
"""Characters of each of the two texts that a row keeps."""


class YijieError(Exception):
    """Base of every error this product raises on purpose.

    A subclass is one business error. It sets ``code`` (stable, dotted, never reused) and the texts ``zh`` and
    ``en``, format strings over the facts given to the constructor; a text says what is wrong, where, and what to do.
    A fact that is itself a wording is a :class:`~yijie.kernel.language.Text`.
    """

    code: ClassVar[str] = "yijie.error"
    zh: ClassVar[str] = "系统错误"
    en: ClassVar[str] = "system error"

    by_code: ClassVar[dict[str, type[YijieError]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        holder = YijieError.by_code.setdefault(cls.code, cls)
        if holder is not cls and (holder.__module__, holder.__qualname__) != (
            cls.__module__,
            cls.__qualname__,
        ):
            raise TypeError(f"error code {cls.code} belongs to {holder.__qualname__}, not to {cls.__qualname__}")

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.text('en')} [{self.code}]"

    def text(self, language: str = "") -> str:
        """The message for a person, in Chinese (``zh``) or English (``en``), without the code.

        Without a language it is that of whoever is answered now.
        """
        language = language or spoken()
        facts = {name: fact.say(language) if isinstance(fact, Text) else fact for name, fact in self.facts.items()}
        return (self.zh if language == "zh" else self.en).format(**facts)

    def written(self) -> str:
        """Both texts as a row keeps them, Chinese and English, a line each; :func:`told_in` reads them."""
        return "\n".join(" ".join(self.text(language).split())[:WRITTEN_MAX] for language in ("zh", "en"))


def told_in(written: str, language: str) -> str:
    """One of the texts that :meth:`YijieError.written` wrote; what a person wrote in one line is the same in both."""
    zh, _, en = written.partition("\n")
    return en if en and language == "en" else zh


class BrokenInvariant(YijieError):
    """Something that cannot happen did. The transaction is refused whole; the code names the broken promise."""

    code = "invariant.broken"
    zh = "系统自检未通过（{name}），本次操作已整体撤回，请联系运维：{detail}"
    en = "self-check {name} failed, the operation was taken back whole; tell the operator: {detail}"


def invariant(condition: bool, name: str, **facts: Any) -> None:
    """Refuse to go on when a promise is broken. Unlike ``assert`` it stays on in production."""
    if not condition:
        raise BrokenInvariant(name=name, detail=", ".join(f"{k}={v!r}" for k, v in facts.items()))
