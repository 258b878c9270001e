"""Decision is the home region's side of a settlement: benefit quotes, held and confirmed decisions, accumulators.

It promises that the accumulators of a person, insurance and year are changed one decision at a time and always equal
the sum of the held and confirmed decisions, and that every decision can be explained and recomputed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
