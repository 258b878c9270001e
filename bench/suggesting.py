"""Suggestions for a page of own items out of 200,000 national ones, against finding as many items by their code."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from bench.place import nation

ITEMS = 200_000
PAGE = 25
"""Own items shown on a page of the mapping."""
TIMES = 5
SYLLABLES = (
    "阿莫西林头孢克洛罗红霉素氨苄美托洛尔硝苯地平格列齐特二甲双胍奥美拉唑布洛芬左氧氟沙星甲硝唑维生替卡格雷伐他汀"
)
FORMS = (
    "片",
    "分散片",
    "缓释片",
    "胶囊",
    "缓释胶囊",
    "注射液",
    "注射用粉针",
    "颗粒",
    "口服溶液",
    "软膏",
    "滴眼液",
    "栓",
)
MAKERS = ("华东", "华北", "恒安", "康泰", "仁和", "百济", "长春", "天江", "山海", "远大")


def _names(count: int) -> list[str]:
    """Names as drugs have them: few endings that very many share, before them what tells them apart."""
    dice = random.Random(7)
    return [f"{''.join(dice.choices(SYLLABLES, k=dice.randint(3, 7)))}{dice.choice(FORMS)}" for _ in range(count)]


def _items(names: list[str]) -> Iterator[object]:
    from yijie.domain.catalogue import ItemRow

    for number, name in enumerate(names):
        maker = f"{MAKERS[number % len(MAKERS)]}制药第{number % 900}厂"
        facts = (name, "101", "09", _strength(number), "", maker, "盒", False, False, False, True)
        yield ItemRow(f"XS{number:021d}", *facts)


def _strength(number: int) -> str:
    return f"0.{number % 9 + 1}g×{number % 24 + 1}"


def _fastest(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def run(*, quick: bool) -> None:
    """Suggesting for a page ÷ finding the page's items by their code."""
    count = 4_000 if quick else ITEMS
    names = _names(count)
    with nation(200):
        from yijie.domain import catalogue
        from yijie.domain.catalogue import Own
        from yijie.domain.transaction import execute, fetch

        catalogue.load_items(_items(names))
        execute("ANALYZE catalogue_item")
        chosen = range(0, count, count // PAGE)
        own = [Own(f"O{n}", f"★{names[n]}", "101", _strength(n), "", None) for n in chosen][:PAGE]
        codes = [f"XS{n:021d}" for n in chosen][:PAGE]
        found = catalogue.suggest(own, "110000")
        alone = _fastest(lambda: fetch("SELECT code, name FROM catalogue_item WHERE code = ANY(%s)", [codes]))
        seconds = _fastest(lambda: catalogue.suggest(own, "110000"))
    right = sum(any(names[n] == one.name for one in some) for n, some in zip(chosen, found, strict=False))
    print(f"  {count:,} items: {PAGE} suggested in {seconds * 1000:.0f} ms, by code in {alone * 1000:.2f} ms")
    assert right == PAGE, f"{PAGE - right} were not found"
    print(f"bench suggesting: ratio {seconds / alone:.1f} against finding them by code")
