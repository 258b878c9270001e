"""Tags of the pages' templates: both languages side by side, money, dates and numbers as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import RequestContext

from yijie.interfaces.desk.language import say as in_language
from yijie.kernel.dates import in_shanghai
from yijie.kernel.identity import masked_name, masked_number
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of

register = template.Library()


@register.simple_tag
def say(zh: str, en: str) -> str:
    """The text in the language of the request."""
    return in_language(zh, en)


@register.filter
def money(fen: int | None) -> str:
    """Fen as yuan with two decimals and grouped thousands: 1234500 → 12,345.00."""
    if fen is None:
        return "–"
    whole, _, cents = yuan(fen).partition(".")
    return f"{int(whole):,}.{cents}" if whole != "-0" else f"-0.{cents}"


@register.filter
def moment(at: datetime | None) -> str:
    """Date and minute in Shanghai: 2026-03-05 14:30."""
    return f"{in_shanghai(at):%Y-%m-%d %H:%M}" if at else "–"


@register.filter
def day(at: date | None) -> str:
    """A date: 2026-03-05."""
    return f"{at:%Y-%m-%d}" if at else "–"


register.filter("region", name_of)
register.filter("masked", masked_name)
register.filter("masked_number", masked_number)


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changed: Any) -> str:
    """This page's address with some of its parameters changed; an empty value takes one away."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"
