"""Exchange owns what nodes say to each other: who the nodes are, signed messages, what waits to be sent, what came.

It promises that a message takes effect once however often it comes, that what a transaction wants to say is said when
and only when it commits, and that nothing is taken from somebody who is not in the directory.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
