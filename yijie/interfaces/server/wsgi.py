"""The WSGI application that granian serves."""

import ctypes
import os

from django.core.wsgi import get_wsgi_application

ARENA_MAX_PARAMETER, ARENAS_MAX = -8, 2
"""glibc's M_ARENA_MAX: with an arena for every few threads, memory freed by one is not used by the others and grows."""

libc = ctypes.CDLL(None)
if hasattr(libc, "mallopt"):
    libc.mallopt(ARENA_MAX_PARAMETER, ARENAS_MAX)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
application = get_wsgi_application()

if os.environ.get("YIJIE_NODE"):
    from yijie.interfaces.node.living import begin

    begin()
