"""The menu of a page: what the user's roles open, in the order of the work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yijie import __version__
from yijie.domain.access import Scope, scope_of

from .language import language, say
from .page import PAGES

ENTRIES = (
    ("home", "工作台", "Home"),
    ("hospital", "收费窗口", "Desk"),
    ("mapping", "目录对照", "Mapping"),
    ("deadlines", "期限", "Deadlines"),
    ("settlements", "结算", "Settlements"),
    ("unknown", "结果未知", "Unknown outcomes"),
    ("filings", "异地备案", "Filings"),
    ("again", "重新结算", "Settle again"),
    ("trauma", "外伤", "Trauma"),
    ("people", "人员", "People"),
    ("policies", "政策", "Policies"),
    ("catalogue", "目录", "Catalogue"),
    ("users", "用户", "Users"),
    ("reference", "基础数据", "Reference data"),
    ("dashboard", "概览", "Overview"),
    ("nodes", "节点", "Nodes"),
    ("audit", "操作记录", "Records"),
)


def for_page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: menu, language, version."""
    scope = getattr(request, "scope", None) or _scope(request)
    shown = [
        {"name": name, "label": say(zh, en), "here": _here(request, name)}
        for name, zh, en in ENTRIES
        if scope and scope.may(*PAGES[name].roles)
    ]
    return {"menu": shown, "lang": language(), "version": __version__}


def _scope(request: HttpRequest) -> Scope | None:
    """The scope on pages that are not ours, such as those of the account."""
    user = getattr(request, "user", None)
    return scope_of(user) if user and user.is_authenticated else None


def _here(request: HttpRequest, name: str) -> bool:
    match = request.resolver_match
    return bool(match and match.url_name and match.url_name.split("_")[0] == name)
