"""What a layer looks at and takes off the bill, as :meth:`yijie.engines.benefit.run.Run.see` and ``take`` do it."""

from __future__ import annotations

from collections.abc import Callable

from yijie.engines.benefit.compiled.writing import Writing
from yijie.engines.benefit.plan import CoverPlan
from yijie.engines.benefit.words import PARTS

Variable = Callable[[int], str]


def seen(w: Writing, covers: CoverPlan) -> str:
    """The sum a layer looks at, as an expression."""
    part, mark = (w.billed, w.marked) if covers.billed else (w.left, w.mark)
    terms = [_free(w, part, mark, index, covers.without) for index in covers.parts]
    terms += _marked(w, part, mark, covers.buckets)
    if covers.partly is not None:
        some = [part(index) for index in covers.partly.parts] + _marked(w, part, mark, covers.partly.buckets)
        share, of = w.constant(2 * covers.partly.numerator), w.constant(covers.partly.denominator)
        twice = w.constant(2 * covers.partly.denominator)
        terms.append(f"(({' + '.join(some) or '0'}) * {share} + {of}) // {twice}")
    if covers.beyond:
        terms.append(f"min({w.at_first('beyond', '0')}, {w.left(0)})")
    if covers.unpaid:
        terms.append(f"min({w.at_first('unpaid', '0')}, {w.left(0)})")
    return " + ".join(terms) or "0"


def take(w: Writing, covers: CoverPlan, paid: str, *, within: bool) -> None:
    """Take a payment off what it was paid on, and what exceeds that off the rest of the bill in order.

    ``within`` says that the payment is no more than the layer has seen.
    """
    plain = not (covers.billed or covers.buckets or covers.partly or covers.beyond or covers.unpaid)
    if within and plain and len(covers.parts) == 1 and not _inside(w, w.mark, covers.without, covers.parts[0]):
        _shrink(w, covers.parts[0], paid)
        return
    rest = w.let("rest", paid)
    _take_named(w, covers.buckets, rest)
    for index in covers.parts:
        _take_part(w, index, rest, _free(w, w.left, w.mark, index, covers.without))
    if covers.partly is not None:
        _take_named(w, covers.partly.buckets, rest)
        for index in covers.partly.parts:
            _take_part(w, index, rest, w.left(index))
    with w.under(f"if {rest}:"):
        for index in range(len(PARTS)):
            _take_part(w, index, rest, w.left(index))


def _take_named(w: Writing, names: tuple[str, ...], rest: str) -> None:
    for name in names:
        for number, (own, index) in enumerate(w.marks):
            if own == name:
                taken = w.let("taken", f"min({rest}, {w.mark(number)})")
                w.put(f"{w.mark(number)} -= {taken}")
                _shrink(w, index, taken)
                w.put(f"{rest} -= {taken}")


def _take_part(w: Writing, index: int, rest: str, available: str) -> None:
    taken = w.let("taken", f"min({rest}, {available})")
    _shrink(w, index, taken)
    w.put(f"{rest} -= {taken}")


def _shrink(w: Writing, index: int, by: str) -> None:
    """Less is left of a part, and of no named sum inside it more than of the part."""
    left = w.left(index)
    w.put(f"{left} -= {by}")
    for number, (_, part) in enumerate(w.marks):
        if part == index:
            with w.under(f"if {w.mark(number)} > {left}:"):
                w.put(f"{w.mark(number)} = {left}")


def _free(w: Writing, part: Variable, mark: Variable, index: int, without: tuple[str, ...]) -> str:
    """What of a part lies outside the named sums."""
    inside = _inside(w, mark, without, index)
    return f"max(0, {part(index)} - ({inside}))" if inside else part(index)


def _marked(w: Writing, part: Variable, mark: Variable, names: tuple[str, ...]) -> list[str]:
    """What lies inside the named sums, of each part no more than the part."""
    sums = [(index, _inside(w, mark, names, index)) for index in range(len(PARTS))]
    return [f"min({inside}, {part(index)})" for index, inside in sums if inside]


def _inside(w: Writing, mark: Variable, names: tuple[str, ...], index: int) -> str:
    """The named sums of a part."""
    numbers = {own: number for number, (own, part) in enumerate(w.marks) if part == index}
    return " + ".join(mark(numbers[name]) for name in names if name in numbers)
