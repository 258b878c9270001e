"""The door: so many messages are worked on at once, so many may wait, whoever comes on top is told to ask again.

Waiting costs a thread of the web server and nothing of the database: only the desks behind the door hold sessions.
Nobody waits longer than a client's patience: what was not begun in time is turned away, what was begun is answered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, TimeoutError as TookTooLong
from typing import TypeVar

from django.conf import settings

from yijie.domain.transaction import give_up_lost_session
from yijie.kernel.errors import YijieError

from . import measures

Result = TypeVar("Result")

WAIT_SECONDS_MAX = 8.0
"""Clients give up after ten seconds and more (10, 20, 30, 180 s were seen)."""


class TooManyWaiting(YijieError):
    """The platform is loaded beyond what it can answer in time; nothing was done."""

    code = "busy.too_many"
    zh = "平台正忙，排队已满，本次未作任何处理，请稍后用同一报文重试"
    en = "the platform is too busy to take this message; nothing was done, send the same message again shortly"


class Door:
    """``desks`` messages at work, ``waiting_max`` waiting, each for at most ``wait_seconds_max``."""

    def __init__(self, desks: int, waiting_max: int, wait_seconds_max: float = WAIT_SECONDS_MAX) -> None:
        self._desks = ThreadPoolExecutor(desks, thread_name_prefix="desk")
        self._places = threading.BoundedSemaphore(desks + waiting_max)
        self._wait_seconds_max = wait_seconds_max

    def through(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` at a desk and return what it returns; :class:`TooManyWaiting` where it was not begun."""
        if not self._places.acquire(blocking=False):
            raise TooManyWaiting
        try:
            with measures.WAITING.track_inprogress():
                future = self._desks.submit(_at_desk, work)
                if not _begun_in_time(future, self._wait_seconds_max):
                    raise TooManyWaiting
                return future.result()
        finally:
            self._places.release()


def _begun_in_time(future: Future[Result], seconds: float) -> bool:
    """Wait for the end, or cancel what was not even begun after ``seconds``."""
    try:
        future.exception(seconds)
    except TookTooLong:
        return not future.cancel()
    except CancelledError:
        return False
    return True


def _at_desk(work: Callable[[], Result]) -> Result:
    give_up_lost_session()
    with measures.AT_WORK.track_inprogress():
        return work()


_door = Door(settings.DESKS, settings.WAITING_MAX)


def through(work: Callable[[], Result]) -> Result:
    """Run ``work`` through the door of this process."""
    return _door.through(work)
