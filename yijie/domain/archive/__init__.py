"""Archive owns what institutions report and the platform keeps as it came: departments, stock, clinical records …

It promises that a record is known by its institution, kind and key, that nothing is overwritten (a change is a new
version, a withdrawal ends the current one), that versions have no gaps, and that at most the newest is current.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
