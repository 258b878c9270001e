"""Encounter owns what happens at the care side before money is decided: registrations, stays, diagnoses, fee lines.

It promises that an encounter moves only along its states, that every live fee line is graded exactly under the care
region's catalogue of its service date, and that nothing changes under a settlement that lives.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
