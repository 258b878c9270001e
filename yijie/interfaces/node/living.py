"""What a serving process of a node does besides answering: it delivers, asks, expires and reads, in threads of its own.

Every step may be done by several processes at once: rows are claimed, facts are upserted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connection

from yijie.domain import exchange
from yijie.domain.exchange.outbox import waiting_for
from yijie.kernel.errors import YijieError

from . import feeds, http, rounds

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
READ_SECONDS = 2.0
FORGET_SECONDS = 60.0
_delivering: dict[str, threading.Thread] = {}


def begin() -> None:
    """Start the threads of this process; they end with it."""
    exchange.transport_is(http.carry)
    threading.Thread(target=_for_ever(_deliver, exchange.woken, ROUND_SECONDS), daemon=True).start()
    threading.Thread(target=_for_ever(rounds.once, _pause, ROUND_SECONDS), daemon=True).start()
    threading.Thread(target=_for_ever(exchange.forget_old_answers, _pause, FORGET_SECONDS), daemon=True).start()
    threading.Thread(target=_for_ever(read_everything, _pause, READ_SECONDS), daemon=True).start()


def _pause(seconds: float) -> bool:
    return threading.Event().wait(seconds)


def _for_ever(step: Callable[[], object], wait: Callable[[float], bool], seconds: float) -> Callable[[], None]:
    def work() -> None:
        while True:
            wait(seconds)
            survived(step)

    return work


def survived(step: Callable[[], object]) -> None:
    """Do a step; a failure is logged and the database session given back, so that the next step finds its own."""
    try:
        step()
    except Exception as error:
        log.warning("a round failed: %s", error, exc_info=not isinstance(error, YijieError))
        connection.close()


def _deliver() -> None:
    """Deliver to each receiver in a thread of its own: one that is silent holds up nobody else."""
    for receiver in waiting_for():
        running = _delivering.get(receiver)
        if running is None or not running.is_alive():
            _delivering[receiver] = threading.Thread(target=_deliver_to, args=(receiver,), daemon=True)
            _delivering[receiver].start()


def _deliver_to(receiver: str) -> None:
    survived(lambda: exchange.deliver(receiver, rounds.send))
    connection.close()


def read_everything() -> None:
    """Read what others have to tell: of the hub the directory, of every node its facts; the hub also positions."""
    identity = exchange.me()
    if identity is None:
        return
    for peer in exchange.peers():
        survived(lambda peer=peer: _read(peer.code, peer.role))  # type: ignore[misc]


def _read(code: str, role: str) -> None:
    identity = exchange.me()
    try:
        if role == "hub":
            feeds.read_directory(code)
        else:
            while feeds.read_facts(code):
                pass
            if identity is not None and not identity.hub:
                feeds.read_positions(code)
    except YijieError as error:
        rounds.note_failure(code, error)
    else:
        rounds.note_answer(code)
