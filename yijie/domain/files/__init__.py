"""Files owns what institutions upload and what the platform hands out as files, in pieces, with size and hash.

It promises that a file is there whole or not at all, that its size and hash are those of its pieces, that only the
institution it belongs to may fetch it (those of the owner ``plc`` everybody), and that no file is held in memory whole.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
