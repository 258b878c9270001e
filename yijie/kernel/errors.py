"""Errors that people can act on: each has a stable code, a Chinese and an English text, and the facts of the case."""

from __future__ import annotations

from typing import Any, ClassVar


class YijieError(Exception):
    """Base of every error this product raises on purpose.

    A subclass is one business error. It sets ``code`` (stable, dotted, never reused) and the texts ``zh`` and
    ``en``, format strings over the facts given to the constructor; a text says what is wrong, where, and what to do.
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
        return f"{self.en.format(**self.facts)} [{self.code}]"

    def text(self, language: str = "zh") -> str:
        """The message for a person, in Chinese (``zh``) or English (``en``), without the code."""
        return (self.zh if language == "zh" else self.en).format(**self.facts)


class BrokenInvariant(YijieError):
    """Something that cannot happen did. The transaction is refused whole; the code names the broken promise."""

    code = "invariant.broken"
    zh = "系统自检未通过（{name}），本次操作已整体撤回，请联系运维：{detail}"
    en = "self-check {name} failed, the operation was taken back whole; tell the operator: {detail}"


def invariant(condition: bool, name: str, **facts: Any) -> None:
    """Refuse to go on when a promise is broken. Unlike ``assert`` it stays on in production."""
    if not condition:
        raise BrokenInvariant(name=name, detail=", ".join(f"{k}={v!r}" for k, v in facts.items()))
