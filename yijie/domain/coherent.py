"""Asks the one question that proves the books: ``coherent_state.sql``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from django.db import connection

from yijie.domain import exchange


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A promise that does not hold: which, for what key, and what is seen there."""

    promise: str
    key: str
    seen: str


def disagreements() -> list[Disagreement]:
    """Every place where books of this node disagree; empty when the state is coherent."""
    question = files("yijie.domain").joinpath("coherent_state.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute(question, {"node": getattr(exchange.me(), "code", "")})
        return [Disagreement(*row) for row in cursor.fetchall()]
