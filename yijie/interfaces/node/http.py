"""Messages between nodes over HTTP: one address, bytes in, bytes out; mutual TLS where certificates are configured."""

from __future__ import annotations

import ssl
import threading
from functools import partial

import httpx
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yijie.domain import exchange
from yijie.domain.exchange import PeerSilent
from yijie.domain.exchange.envelope import peeked
from yijie.domain.exchange.kinds import BODY_BYTES_MAX
from yijie.interfaces.fsi.door import Door, TooManyWaiting
from yijie.kernel.errors import YijieError

from .handlers import receive

ADDRESS = "/node/messages"
CONNECT_SECONDS_MAX = 2.0
CONNECTIONS_MAX = 64
DESKS = 16
WAITING_MAX = 256
_through = Door(DESKS, WAITING_MAX).through
"""Not the hospitals' door: while their messages wait for another node, its messages must find a desk here."""
OK = 200

_client: list[httpx.Client] = []
_making = threading.Lock()


def carry(address: str, wire: bytes, seconds: float) -> bytes:
    """The transport of a running node. Raises :class:`PeerSilent` when no answer came in time."""
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS_MAX))
    try:
        response = _shared().post(address + ADDRESS, content=wire, timeout=timeout)
    except httpx.HTTPError as error:
        raise PeerSilent(node=address, why=f"{type(error).__name__}") from error
    if response.status_code != OK:
        raise PeerSilent(node=address, why=f"HTTP {response.status_code}")
    return response.content


def _shared() -> httpx.Client:
    with _making:
        if not _client:
            limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX)
            _client.append(httpx.Client(trust_env=False, limits=limits, verify=_tls()))
        return _client[0]


def _tls() -> ssl.SSLContext | bool:
    """Trust only the network's own authority and show our certificate, where there are certificates."""
    identity = exchange.me()
    if identity is None or not identity.authority:
        return True
    context = ssl.create_default_context(cafile=identity.authority)
    context.load_cert_chain(identity.certificate, identity.certificate_key)
    return context


@csrf_exempt
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """Answer a message; a hub hands one for another node on to it, unread."""
    body = request.body
    if len(body) > BODY_BYTES_MAX:
        return HttpResponse(status=413)
    try:
        said = _routed(body)
    except TooManyWaiting:
        return HttpResponse(status=503)
    return HttpResponse(said, content_type="application/json; charset=utf-8")


def _routed(wire: bytes) -> bytes:
    identity = exchange.me()
    if identity is None or identity.hub:
        return _through(partial(receive, wire))
    try:
        receiver = peeked(wire).receiver
        if receiver != identity.code:
            address = _through(lambda: exchange.peer(receiver).address)
            return carry(address, wire, exchange.KINDS["his.hand_on"].seconds_max)
    except TooManyWaiting:
        raise
    except YijieError:
        pass  # what cannot be handed on is answered here: the refusal is signed, and recorded
    return _through(partial(receive, wire))


urlpatterns = [path(ADDRESS.removeprefix("/"), messages)]
