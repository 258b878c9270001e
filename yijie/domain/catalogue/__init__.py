"""Catalogue owns the three catalogues (drugs, service items, consumables): national items and each region's terms.

It promises that on every service date an item has at most one term in a region, that terms are never overwritten, and
that grading a fee line is exact: amount = not covered + over the ceiling + first self-pay + eligible.
"""

from .load import ItemRow, TermRow, TermsOverlap, count_real_items, load_items, load_terms, remove_sample_items

__all__ = ["ItemRow", "TermRow", "TermsOverlap", "count_real_items", "load_items", "load_terms", "remove_sample_items"]
