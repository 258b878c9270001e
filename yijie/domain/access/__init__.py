"""Who may do what where: users, roles per region and institution, the scope of what they see, and who did what.

This app owns users, grants of roles, and the record of what users did. It promises that a page's reads run on a
database connection that shows nothing outside its user's regions and institutions (``scope``, ``connection``),
whatever SQL is asked, and that every look at a person's data and every change is on record: who, when, from where.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
