"""Catalogue owns the three catalogues (drugs, service items, consumables): national items and each region's terms.

It promises that on every service date an item has at most one term in a region, that terms are never overwritten, and
that grading a fee line is exact: amount = not covered + over the ceiling + first self-pay + eligible.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
