"""The WSGI application that granian serves: pages with sessions and the rest of it, machines' messages without."""

import ctypes
import os
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import django
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler

ARENA_MAX_PARAMETER, ARENAS_MAX = -8, 2
"""glibc's M_ARENA_MAX: with an arena for every few threads, memory freed by one is not used by the others and grows."""

libc = ctypes.CDLL(None)
if hasattr(libc, "mallopt"):
    libc.mallopt(ARENA_MAX_PARAMETER, ARENAS_MAX)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
django.setup(set_prefix=False)

from yijie.domain.transaction import ask_after_session  # noqa: E402  wants Django started
from yijie.interfaces.fsi import tally  # noqa: E402  wants Django started
from yijie.interfaces.fsi.door import Door, TooManyWaiting  # noqa: E402  wants Django started
from yijie.interfaces.fsi.views import FORM, FORM_BYTES_MAX  # noqa: E402  wants Django started

PAGES = "/desk/"
READ_BYTES = 256 * 1024


class MachineHandler(WSGIHandler):
    """Answers machines: no session, no cookie, no middleware of any kind on the way to the interface."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Django's handler with an empty list of middleware."""
        assert not is_async  # noqa: S101  granian calls us by WSGI
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)


tally.carry_now_and_then()
_pages, _machines = WSGIHandler(), MachineHandler()
_page_door = Door(settings.PAGES, settings.WAITING_MAX)
"""Pages have desks of their own: a thread of the web server keeps no session, and no page waits behind settlements."""

BUSY = (
    "<!DOCTYPE html><meta charset=utf-8><title>503</title><p>系统正忙，请稍后刷新。 Too busy; reload in a moment.</p>"
)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, to the pages or to the machines."""
    if not environ["PATH_INFO"].startswith(PAGES):
        return _machines(_measured(environ), start_response)
    try:
        return _page_door.through(partial(_whole_page, environ, start_response))
    except TooManyWaiting:
        start_response("503 Service Unavailable", [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "5")])
        return [BUSY.encode()]


def _measured(environ: dict[str, Any]) -> dict[str, Any]:
    """A request sent in chunks, of a length that nobody said, is set aside and measured: Django reads no other.

    Of one that is too large so much is kept as tells that it is.
    """
    if environ.get("CONTENT_LENGTH") or not environ.get("HTTP_TRANSFER_ENCODING"):
        return environ
    form = environ.get("CONTENT_TYPE", "").startswith(FORM)
    most = FORM_BYTES_MAX if form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    whole = tempfile.SpooledTemporaryFile(max_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115  ends with the request
    while whole.tell() <= most and (piece := environ["wsgi.input"].read(READ_BYTES)):
        whole.write(piece)
    size = whole.tell()
    whole.seek(0)
    return environ | {"wsgi.input": whole, "CONTENT_LENGTH": str(size)}


def _whole_page(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """A page, finished before its desk is left."""
    ask_after_session()
    response = _pages(environ, start_response)
    try:
        return list(response)
    finally:
        if hasattr(response, "close"):
            response.close()


if os.environ.get("YIJIE_NODE"):
    from yijie.interfaces.node.living import begin

    begin()
