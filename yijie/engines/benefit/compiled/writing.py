"""The text of one program in the making, with what is known of its state before it ever runs.

The program is a function ``settle(case, amounts, day, year)``. Its variables: ``left0`` … what is left of the parts of
the bill, ``billed0`` … the parts as they were, ``mark0`` … and ``marked0`` … the same for named sums inside them,
``moved`` the accumulators' movement, ``payer0`` … what each payer pays; the others belong to one layer and carry its
number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from yijie.engines.benefit.accumulators import COUNT
from yijie.engines.benefit.words import PARTS, VISIT

Marked: TypeAlias = tuple[tuple[str, str], ...]
"""The named sums of a bill, each with the part it lies in."""
INDENT = "    "
BODY = 2
"""How deep the program's own lines stand."""


class Writing:
    """Lines, constants and what earlier layers may have done."""

    def __init__(self, marked: Marked) -> None:
        self.marks = tuple((name, PARTS.index(part)) for name, part in marked)
        self.constants: list[object] = []
        self.payers: dict[str, str] = {}
        """The variable of every payer that a layer so far pays from."""
        self.layer = 0
        self.pooled_told = False
        """Whether a layer of the pooled fund has told its share."""
        self._lines: list[str] = []
        self._depth = BODY
        self._begin: dict[str, str] = {}
        self._booked: set[tuple[str, str]] = set()
        self._pending: dict[str, str] | None = {}
        """Movements still to be entered, all at once; None from where some layer looks at what earlier ones moved."""

    # -- lines ---------------------------------------------------------------------------------------------------------

    def put(self, *lines: str) -> None:
        """Add lines where the text stands."""
        self._lines += [INDENT * self._depth + line for line in lines]

    @contextmanager
    def under(self, head: str) -> Iterator[None]:
        """Lines that belong to a condition."""
        self.put(head)
        self._depth += 1
        yield
        self._depth -= 1

    def let(self, name: str, value: str) -> str:
        """Assign to a variable of the layer; its name."""
        own = f"{name}{self.layer}"
        self.put(f"{own} = {value}")
        return own

    def constant(self, value: object) -> str:
        """The name under which the program knows a figure or a name of the plan."""
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def at_first(self, name: str, value: str) -> str:
        """A variable that is set once, before all layers."""
        self._begin[name] = value
        return name

    @property
    def text(self) -> str:
        """A function that takes the constants and returns the program."""
        names = ", ".join(f"k{number}" for number in range(len(self.constants)))
        head = [f"def make({names}):", f"{INDENT}def settle(case, amounts, day, year):"]
        begin = [f"{INDENT * BODY}{name} = {value}" for name, value in self._begin.items()]
        return "\n".join([*head, *begin, *self._lines, f"{INDENT}return settle", ""])

    # -- the bill ------------------------------------------------------------------------------------------------------

    def left(self, index: int) -> str:
        """What is left of a part."""
        return self.at_first(f"left{index}", f"amounts.{PARTS[index]}")

    def billed(self, index: int) -> str:
        """A part as it was billed."""
        return self.at_first(f"billed{index}", f"amounts.{PARTS[index]}")

    def mark(self, number: int) -> str:
        """What is left of a named sum."""
        return self.at_first(f"mark{number}", self._sum(number))

    def marked(self, number: int) -> str:
        """A named sum as it was billed."""
        return self.at_first(f"marked{number}", self._sum(number))

    def _sum(self, number: int) -> str:
        return f"tuple(amounts.buckets.values())[{number}].amount"

    # -- the year ------------------------------------------------------------------------------------------------------

    def used(self, accumulator: str, per: str = "year") -> str:
        """What a period of an accumulator holds by now, as :meth:`yijie.engines.benefit.run.Run.used_per`."""
        name = self._name(accumulator, per)
        before = self._of_stay(name) if per == VISIT else f"{self.at_first('used', 'case.accumulators.get')}({name}, 0)"
        earlier = f" + moved.get({name}, 0)" if self._may_have_moved(accumulator, per) else ""
        return f"{before}{earlier}"

    def of_stay(self, accumulator: str) -> str:
        """What earlier settlements of the same stay have moved."""
        return self._of_stay(self.constant(accumulator))

    def _of_stay(self, name: str) -> str:
        stay = self.at_first("stay", "case.stay.get if case.stay else None")
        return f"({stay}({name}, 0) if {stay} else 0)"

    def book(self, accumulator: str, per: str, amount: str) -> None:
        """Move an accumulator, unless by nothing."""
        name = self._name(accumulator, per)
        earlier = f"moved.get({name}, 0) + " if self._may_have_moved(accumulator, per) else ""
        self._booked.add((accumulator, per))
        if self._pending is not None:
            self._pending[name] = amount
        else:
            self._enter(name, f"{earlier}{amount}", amount)

    def _enter(self, name: str, sum_: str, amount: str) -> None:
        with self.under(f"if {amount}:"):
            self.put(f"moved[{name}] = {sum_}")

    def close_year(self) -> None:
        """Enter what is pending: all of it with the count of visits at once, in the usual case that nothing is zero."""
        if self._pending is None:
            return
        entries = "".join(f", {name}: {amount}" for name, amount in self._pending.items())
        self.put(f"moved = {{COUNT_NAMES[case.care]: 1{entries}}}")
        with self.under("if case.continues:"):
            self.put("del moved[COUNT_NAMES[case.care]]")
        with self.under("elif case.remote is not AT_HOME:"):
            self.put("moved.update(counted(case))")
        if self._pending:
            with self.under(f"if not ({' and '.join(dict.fromkeys(self._pending.values()))}):"):
                self.put("moved = {name: amount for name, amount in moved.items() if amount}")

    def _name(self, accumulator: str, per: str) -> str:
        name = self.constant(accumulator)
        if per in ("year", VISIT):
            return name
        suffix = self.at_first(f"of_{per}", f"period_suffix({per!r}, case.service_to)")
        return f"{name} + {suffix}"

    def _may_have_moved(self, accumulator: str, per: str) -> bool:
        """Whether an earlier layer, or the count of visits, may have moved it in this very case."""
        as_year = "year" if per == VISIT else per
        if (accumulator, as_year) not in self._booked and not accumulator.startswith(COUNT):
            return False
        if self._pending is not None:
            self.at_first("moved", "counted(case)")
            for name, amount in self._pending.items():
                self._enter(name, amount, amount)
            self._pending = None
        return True

    def pay(self, payer: str, amount: str) -> None:
        """Enter a payment under its payer."""
        if payer in self.payers:
            self.put(f"{self.payers[payer]} += {amount}")
        else:
            self.payers[payer] = f"payer{len(self.payers)}"
            self.put(f"{self.payers[payer]} = {amount}")
