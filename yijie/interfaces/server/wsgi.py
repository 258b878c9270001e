"""The WSGI application that granian serves: pages with sessions and the rest of it, machines' messages without."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijie.settings")
django.setup(set_prefix=False)

PAGES = "/desk/"


class MachineHandler(WSGIHandler):
    """Answers machines: no session, no cookie, no middleware of any kind on the way to the interface."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Django's handler with an empty list of middleware."""
        assert not is_async  # noqa: S101  granian calls us by WSGI
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)


_pages, _machines = WSGIHandler(), MachineHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, to the pages or to the machines."""
    handler = _pages if environ["PATH_INFO"].startswith(PAGES) else _machines
    return handler(environ, start_response)
