"""Filing owns permissions that change how care is paid: remote-care filings, designated institutions, chronic diseases.

It promises that on every day a person has at most one effective remote-care filing per insurance and care region, that
each moves only along its listed states, and that every step is recorded with who and when.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
