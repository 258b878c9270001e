"""Enrolment owns who is insured: persons, their insurance relations, special groups and electronic credentials.

It promises that a person number names one person for ever, that a person holds at most one relation of each insurance
in one region, and that a credential opens one person's record at one institution only.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
