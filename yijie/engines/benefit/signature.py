"""How a step is described: its parameters with their kinds, its forms, the names it may give."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from yijie.kernel.language import Text


class Kind(StrEnum):
    """What a parameter's figures are, which decides how they are read."""

    AMOUNT = "amount"
    """yuan, kept as fen; or a share of a figure of the pool"""
    SHARE = "share"
    """0 % to 100 %"""
    POINTS = "points"
    """percentage points, -100 % to 100 %"""
    MULTIPLE = "multiple"
    """a factor from 0 up, written 2.5 or 50%"""
    DAYS = "days"
    """whole days, at least 1"""
    UNITS = "units"
    """a number of units with at most two decimals, kept in hundredths"""
    TEXT = "text"
    """a wording in Chinese and English"""
    PARTS = "parts"
    """parts or buckets of the bill"""
    SOME_PARTS = "some_parts"
    """parts and buckets of the bill, of which a share counts"""
    BUCKETS = "buckets"
    """buckets of the bill"""
    BANDS = "bands"
    """bands of cost"""
    PHASES = "phases"
    """phases of a stay, in days or other units"""
    GRAIN = "grain"
    """the smallest sum that is paid: fen, jiao or yuan"""


class Primitive:
    """The signature of a step.

    ``phase`` places it among the others; ``main`` is the parameter that says whether the step is in force;
    ``forms`` are the plain words that choose a form, the first being what holds when none is written;
    of steps with ``one_of`` set only the first whose condition holds is taken.
    """

    phase: ClassVar[int]
    main: ClassVar[str]
    parameters: ClassVar[Mapping[str, Kind]]
    forms: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    must_say: ClassVar[tuple[str, ...]] = ()
    """Forms without a default: published policies differ, so the policy must say."""
    goes_with: ClassVar[Mapping[str, str]] = {}
    """Parameter → form or parameter that must be written with it."""
    one_of: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    """Plain names a step may give: an accumulator shared with other layers, a stated sum, a dimension, a unit."""
    label: ClassVar[Text]


PERIODS = ("year", "quarter", "month", "day", "visit")
GRAINS = {"fen": 1, "jiao": 10, "yuan": 100}
UNIT = "unit"
EACH = "each"
