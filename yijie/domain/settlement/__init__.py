"""Settlement is the care region's side: it alone decides whether an encounter is settled, and it keeps the answer.

It promises that a charge is settled at most once while a settlement lives, that the parts of every settlement add up to
the fen, and that a void mirrors its original exactly.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
