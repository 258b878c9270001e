"""Drawings of figures as shapes for a template: flows between regions, days in a row; they need no exact money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

FLOW_HEIGHT = 320
GAP = 14
LEFT, RIGHT = 150, 550
WIDTH = 700
THIN = 2


@dataclass(slots=True)
class Side:
    """A region on one side of the picture."""

    name: str
    amount: int = 0
    y: int = 0
    height: int = 0
    used: int = 0

    @property
    def text_y(self) -> int:
        """Where its name stands."""
        return self.y + self.height // 2 + 4


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A flow: its middle line, how wide it is, what it says."""

    path: str
    width: int
    said: str
    tone: str


@dataclass(slots=True)
class Flows:
    """A picture of flows."""

    left: list[Side] = field(default_factory=list)
    right: list[Side] = field(default_factory=list)
    ribbons: list[Ribbon] = field(default_factory=list)
    height: int = 0


def flows(amounts: Sequence[tuple[str, str, int, str]]) -> Flows:
    """Flows from (left name, right name, amount, what it says), the largest first, between two columns of names."""
    left: dict[str, Side] = {}
    right: dict[str, Side] = {}
    for here, there, amount, _ in amounts:
        left.setdefault(here, Side(here)).amount += amount
        right.setdefault(there, Side(there)).amount += amount
    total = sum(amount for _, _, amount, _ in amounts) or 1
    made = Flows(list(left.values()), list(right.values()))
    made.height = max(_stacked(made.left, total), _stacked(made.right, total))
    for place, (here, there, amount, said) in enumerate(amounts):
        width = max(THIN, amount * FLOW_HEIGHT // total)
        one, other = left[here], right[there]
        y1, y2 = one.y + one.used + width // 2, other.y + other.used + width // 2
        one.used, other.used = one.used + width, other.used + width
        middle = (LEFT + RIGHT) // 2
        path = f"M{LEFT} {y1}C{middle} {y1} {middle} {y2} {RIGHT} {y2}"
        made.ribbons.append(Ribbon(path, width, said, "abc"[place % 3]))
    return made


def _stacked(sides: list[Side], total: int) -> int:
    y = 0
    for side in sides:
        side.y, side.height = y, max(THIN, side.amount * FLOW_HEIGHT // total)
        y += max(side.height, 2) + GAP
    return y


def columns(values: Sequence[int], height: int = 120) -> list[tuple[int, int, int]]:
    """Columns side by side: x, y and height of each; the largest fills the height."""
    largest = max(values, default=0) or 1
    return [
        (place * 24, height - value * height // largest, value * height // largest)
        for place, value in enumerate(values)
    ]
