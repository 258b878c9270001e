"""What must hold among the parts of a value: dates in order, bands that touch, ranges without holes."""

from __future__ import annotations

from datetime import timedelta

from yijie.engines.benefit.dated import Entry
from yijie.engines.benefit.document import Node
from yijie.engines.benefit.policy_errors import (
    BandReversed,
    BandsBeginLate,
    BandsGap,
    BandsOpen,
    BandsOverlap,
    DatesGap,
    DatesOverlap,
    RangesGap,
    RangesOverlap,
    WordTwice,
)
from yijie.engines.benefit.values import Key, Span, Value
from yijie.engines.benefit.words import NUMBER_DIMENSIONS
from yijie.kernel.money import yuan


def check_sequence(before: Entry, after: Entry) -> None:
    """An entry follows the one before it in time, at once where that one names its end."""
    if after.since <= before.since or (before.until is not None and before.until >= after.since):
        raise DatesOverlap(**after.place.facts, since=after.since, until=before.until or before.since)
    if before.until is not None and before.until + timedelta(days=1) < after.since:
        raise DatesGap(**after.place.facts, since=after.since, until=before.until)


def check_band(over: int, to: int | None, before: int | None, node: Node, *, last: bool) -> None:
    """A band or phase begins where the one before ends and ends above its beginning; only the last is open.

    Borders are fen or hundredths of units; ``before`` is where the one before ends, 0 for the first.
    """
    if before == 0 and over > 0:
        raise BandsBeginLate(**node.place.facts, over=_plain(over))
    if before is not None and over > before:
        raise BandsGap(**node.place.facts, over=_plain(over), to=_plain(before))
    if before is not None and over < before:
        raise BandsOverlap(**node.place.facts, over=_plain(over), to=_plain(before))
    if (to is None) != last:
        raise BandsOpen(**node.place.facts)
    if to is not None and to <= over:
        raise BandReversed(**node.place.facts, over=_plain(over), to=_plain(to))


def _plain(hundredths: int) -> str:
    """A border as people write it: 3000000 → 30000."""
    return yuan(hundredths).rstrip("0").rstrip(".")


def check_branches(dimension: str, branches: list[tuple[Key, Value]], node: Node, *, complete: bool) -> None:
    """No word or number in two branches; numbers covered without holes, or ``else`` (``complete``) takes the rest."""
    seen: set[str] = set()
    spans: list[Span] = []
    for key, _ in branches:
        if isinstance(key, Span):
            spans.append(key)
        else:
            for word in sorted(key & seen):
                raise WordTwice(**node.place.facts, word=word)
            seen |= key
    if spans:
        _check_spans(sorted(spans, key=lambda span: span.low), NUMBER_DIMENSIONS[dimension], node, complete=complete)


def _check_spans(spans: list[Span], least: int, node: Node, *, complete: bool) -> None:
    covered: int | None = least - 1
    for span in spans:
        if covered is None or span.low <= covered:
            raise RangesOverlap(**node.place.facts, key=span.text)
        if span.low > covered + 1 and not complete:
            raise RangesGap(**node.place.facts, missing=Span(covered + 1, span.low - 1).text)
        covered = span.high
    if covered is not None and not complete:
        raise RangesGap(**node.place.facts, missing=f"{covered + 1}+")
