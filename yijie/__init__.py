"""Yijie (医结): open settlement for China's medical insurance.

Four layers, each importing only what stands below it: ``interfaces`` (how the world talks to us),
``domain`` (tables and operations), ``engines`` (pure calculation), ``kernel`` (money, dates, regions, errors).
"""

__version__ = "0.1.0"
