"""Pages of query answers: which rows a message asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .errors import FsiError

PAGE_ROWS_MAX = 10_000
PAGE_ROWS_USUAL = 100
PAGES_MAX = 1_000_000_000
"""A page beyond this is as empty as the last one; a row number must fit the database."""


class PageTooLarge(FsiError):
    """More rows on one page than are answered at once."""

    code = "fsi.page_too_large"
    zh = "每页条数{size}过大，每页最多{size_max}条，请改小后翻页查询"
    en = "a page of {size} rows is too large, at most {size_max}; ask page by page"


class Page(NamedTuple):
    """Rows to answer: at most ``limit`` after the first ``offset``."""

    limit: int
    offset: int


def page_of(row: Mapping[str, Any]) -> Page:
    """The page a message asks for, pages counted from 1; a size of 0 means the usual one."""
    number = int(row.get("page_num") or row.get("pageNum") or 1)
    size = int(row.get("page_size") or row.get("pageSize") or PAGE_ROWS_USUAL)
    if size > PAGE_ROWS_MAX:
        raise PageTooLarge(size=size, size_max=PAGE_ROWS_MAX)
    size, number = max(size, 1), min(max(number, 1), PAGES_MAX)
    return Page(size, (number - 1) * size)


def place_of(page: Page, size: int, total: int) -> dict[str, int]:
    """Where a page of ``size`` rows stands among ``total``, by the interface's names."""
    return {
        "pageNum": page.offset // page.limit + 1,
        "pageSize": page.limit,
        "size": size,
        "startRow": page.offset + 1 if size else 0,
        "endRow": page.offset + size if size else 0,
        "pages": -(-total // page.limit),
        "recordCounts": total,
    }
