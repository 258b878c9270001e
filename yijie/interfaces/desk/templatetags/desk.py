"""Tags of the pages' templates: both languages side by side, money, dates and numbers as people write them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yijie.interfaces.desk.language import language, say as in_language
from yijie.kernel.dates import in_shanghai
from yijie.kernel.errors import told_in
from yijie.kernel.identity import masked_name, masked_number
from yijie.kernel.money import yuan
from yijie.kernel.region import name_of

register = template.Library()


@register.simple_tag
def say(zh: str, en: str) -> str:
    """The text in the language of the request."""
    return in_language(zh, en)


AGREEMENTS = {
    "name": ("名称", "name"),
    "specification": ("规格", "specification"),
    "maker": ("企业", "maker"),
    "price": ("价格", "price"),
}


@register.simple_tag
def agreement(what: str) -> str:
    """In what a suggestion agrees."""
    return in_language(*AGREEMENTS[what])


@register.filter
def money(fen: int | None) -> str:
    """Fen as yuan with two decimals and grouped thousands: 1234500 → 12,345.00."""
    if fen is None:
        return "–"
    whole, _, cents = yuan(fen).partition(".")
    return f"{int(whole):,}.{cents}" if whole != "-0" else f"-0.{cents}"


@register.filter
def price(yuan_each: Decimal | None) -> str:
    """A price in yuan with at least two decimals: 14 → 14.00, 0.1234 → 0.1234."""
    if yuan_each is None:
        return "–"
    plain = yuan_each.normalize()
    return f"{plain:f}" if int(plain.as_tuple().exponent) < -2 else f"{plain:.2f}"


@register.filter
def share(ratio: Decimal) -> str:
    """A share as per cent: 0.0500 → 5%."""
    return f"{(ratio * 100).normalize():f}%"


@register.filter
def moment(at: datetime | None) -> str:
    """Date and minute in Shanghai: 2026-03-05 14:30."""
    return f"{in_shanghai(at):%Y-%m-%d %H:%M}" if at else "–"


@register.filter
def moment_exact(at: datetime | None) -> str:
    """Date and second in Shanghai, for operators: 2026-03-05 14:30:07."""
    return f"{in_shanghai(at):%Y-%m-%d %H:%M:%S}" if at else "–"


@register.filter
def day(at: date | None) -> str:
    """A date: 2026-03-05."""
    return f"{at:%Y-%m-%d}" if at else "–"


@register.filter
def told(written: str) -> str:
    """A refusal kept in a row, in the language of the request."""
    return told_in(written, language())


@register.filter
def region(code: str) -> str:
    """A region's name in the language of the request."""
    return name_of(code, language())


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


@register.simple_tag
def field(
    name: str,
    zh: str,
    en: str,
    *,
    kind: str = "text",
    most: int = 60,
    value: Any = "",
    hint: str = "",
    empty: bool = False,
) -> SafeString:
    """A labelled input; required unless it may be ``empty``. ``hint`` stands between label and input."""
    return format_html(
        '<div class="field"><label for="{0}">{1}{2}</label>'
        '<input id="{0}" name="{0}" type="{3}" maxlength="{4}" value="{5}"{6}></div>',
        name,
        in_language(zh, en),
        format_html('<span class="hint">{}</span>', hint) if hint else "",
        kind,
        most,
        f"{value:%Y-%m-%d}" if isinstance(value, date) else value,
        "" if empty else SafeString(" required"),
    )


@register.simple_tag(takes_context=True)
def asked(context: RequestContext, name: str, zh: str, en: str, *, kind: str = "search") -> SafeString:
    """An input of a filter: holds what the address asks for."""
    return field(name, zh, en, kind=kind, value=context["request"].GET.get(name, ""), empty=True)


@register.simple_tag(takes_context=True)
def asked_of(context: RequestContext, name: str, zh: str, en: str, choices: list[tuple[str, str]]) -> SafeString:
    """A choice of a filter; "all" first."""
    return chosen_of(name, zh, en, [("", in_language("全部", "all")), *choices], context["request"].GET.get(name, ""))


@register.simple_tag(takes_context=True)
def kept_sort(context: RequestContext) -> SafeString:
    """How the table is sorted, so that filtering it anew keeps that."""
    sort = context["request"].GET.get("sort", "")
    return format_html('<input type="hidden" name="sort" value="{}">', sort) if sort else SafeString("")


@register.simple_tag
def chosen_of(name: str, zh: str, en: str, choices: list[tuple[str, str]], value: str = "") -> SafeString:
    """A labelled choice."""
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if str(code) == value else "", text) for code, text in choices),
    )
    return format_html(
        '<div class="field"><label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select></div>',
        name,
        in_language(zh, en),
        options,
    )


@register.simple_tag(takes_context=True)
def head(context: RequestContext, zh: str, en: str, sort: str = "", *, num: bool = False) -> SafeString:
    """A table's head; with ``sort`` a link that sorts by it, and the other way round when it already does."""
    css = SafeString(' class="num"') if num else ""
    if not sort:
        return format_html('<th scope="col"{}>{}</th>', css, in_language(zh, en))
    now_by = context["listing"].sort
    said = {sort: SafeString(' aria-sort="ascending"'), f"-{sort}": SafeString(' aria-sort="descending"')}
    other = sort if now_by == f"-{sort}" else f"-{sort}"
    address = with_query(context, sort=other, page="")
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}</a></th>', css, said.get(now_by, ""), address, in_language(zh, en)
    )
