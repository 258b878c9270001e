"""Reconcile owns the comparison of an institution's settlements with the platform's, by the platform's settlement time.

It promises that every settlement of either side is in exactly one class (equal, differing, only here, only there), that
the classes explain the difference of the sums to the fen, and that comparing again gives the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
