"""Policies as programs: the same answers as :func:`yijie.engines.benefit.evaluate` gives, without the trace, for speed.

A plan is written out as a few dozen lines of Python over whole numbers, in which nothing is decided that the plan has
decided already. The text is made of this package's own words only: figures and names of a policy never enter it, they
stand beside it as constants. ``paying.py`` mirrors :mod:`yijie.engines.benefit.paying` step by step; tests compare
every answer and every refusal of the two.
"""

from yijie.engines.benefit.compiled.programs import Programs

__all__ = ["Programs"]
