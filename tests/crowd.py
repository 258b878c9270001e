"""Many clients at once: each a thread with its own raw connection, all let go at the same moment."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import urlsplit

import msgspec
from desks import Reply, _Output

ADDRESS = "/fsi/api/rsfComIfsService/callService"
ANSWER_SECONDS_MAX = 60
ASKED_AGAIN_MAX = 40


def all_at_once(address, messages):
    """Send (infno, body) each from its own client at one moment; the answers in order.

    A client that is told to ask again does so with the same message, as the answer says.
    """
    starting = threading.Barrier(len(messages))

    def client(message):
        infno, body = message
        with connected(address) as connection:
            starting.wait()
            for _ in range(ASKED_AGAIN_MAX):
                reply = asked(connection, infno, body)
                if reply.code != "busy.ask_again":
                    return reply
            return reply

    with ThreadPoolExecutor(len(messages)) as clients:
        return list(clients.map(client, messages))


class connected:  # noqa: N801  reads as a word in a with statement
    """A raw connection to a server, open before anything is sent."""

    def __init__(self, address):
        parts = urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=ANSWER_SECONDS_MAX)

    def __enter__(self):
        self.connection.connect()
        return self.connection

    def __exit__(self, *_):
        self.connection.close()


def asked(connection, infno, body):
    """One message and its answer over an open connection; anything but HTTP 200 fails."""
    connection.request("POST", ADDRESS, body, {"content-type": "application/json"})
    response = connection.getresponse()
    raw = response.read()
    assert response.status == 200, raw[:300]
    return Reply(infno, json.loads(raw, parse_float=Decimal), bytes(msgspec.json.decode(raw, type=_Output).output))
