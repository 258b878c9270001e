"""Settling under load: what waits is settled together in one transaction, each request answered by itself.

A request that comes alone is settled at once by its own thread. What comes meanwhile gathers, and a thread of the
committer settles gathering after gathering until none is left. So the number in a batch follows the load, nothing waits
for a timer, and under load one session of the database, whose plans are made, does what all desks' sessions would do
in turn. Requests that must keep apart never share a batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.conf import settings

from yijie.domain.transaction import give_up_lost_session

from . import measures

Work = TypeVar("Work")
Answer = TypeVar("Answer")

BATCH_MAX = 32
BATCHES_AT_ONCE_MAX = 1
"""While one waits for its commit the next gathers; two would halve each other, and every statement is paid per batch.
The other serving processes work meanwhile."""
WAIT_SECONDS_MAX = 60.0


class WaitedTooLong(Exception):
    """A gathering was not taken up in time; the caller's request may still be settled, its message id will tell."""


@dataclass(eq=False)
class _Ticket(Generic[Work, Answer]):
    """One request and, once it is ready, what became of it."""

    work: Work
    apart: frozenset[Hashable]
    ready: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    failure: BaseException | None = None


class Committer(Generic[Work, Answer]):
    """Runs ``settle_together`` over what waits, ``batches_at_once_max`` batches at a time.

    ``settle_together`` answers each request in order, by value; it must not raise for one bad member. Where it raises
    all the same (the database refused the batch), each member is run alone. Committers that share ``threads`` share
    their sessions of the database; one of its own has as many as it has batches at once.
    """

    def __init__(
        self,
        settle_together: Callable[[Sequence[Work]], list[Answer]],
        *,
        batch_max: int = BATCH_MAX,
        batches_at_once_max: int = BATCHES_AT_ONCE_MAX,
        threads: ThreadPoolExecutor | None = None,
    ) -> None:
        self._settle_together = settle_together
        self._batch_max = batch_max
        self._idle = batches_at_once_max
        self._threads = threads or ThreadPoolExecutor(batches_at_once_max, thread_name_prefix="settling")
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[Work, Answer]] = []
        self._running: set[Hashable] = set()

    def submit(self, work: Work, *, apart: frozenset[Hashable]) -> Answer:
        """Settle one request, possibly together with others, and return its answer.

        Two requests that share a member of ``apart`` (a person, a message id) are never under way at once.
        """
        if not settings.SETTLE_TOGETHER:
            [answer] = self._settle_together([work])
            return answer
        ticket: _Ticket[Work, Answer] = _Ticket(work, apart)
        if self._begins(ticket):
            self._settle([ticket])
        elif not ticket.ready.wait(WAIT_SECONDS_MAX):
            self._give_up(ticket)
        if ticket.failure is not None:
            raise ticket.failure
        return ticket.answer  # type: ignore[return-value]

    def _begins(self, ticket: _Ticket[Work, Answer]) -> bool:
        """Whether the request may be settled at once; else it is among those that wait."""
        with self._lock:
            if self._idle and self._running.isdisjoint(ticket.apart):
                self._idle -= 1
                self._running |= ticket.apart
                return True
            self._waiting.append(ticket)
            return False

    def _settle(self, batch: list[_Ticket[Work, Answer]]) -> None:
        try:
            self._run(batch)
        finally:
            self._ended(batch)

    def _ended(self, batch: list[_Ticket[Work, Answer]]) -> None:
        """Let those who waited for a batch go on, on a thread of the committer."""
        with self._lock:
            self._running.difference_update(*(ticket.apart for ticket in batch))
            if gathered := self._gathered():
                self._threads.submit(self._settle, gathered)
            else:
                self._idle += 1

    def _gathered(self) -> list[_Ticket[Work, Answer]]:
        """Take from what waits, in order, whoever may be settled together now."""
        batch: list[_Ticket[Work, Answer]] = []
        left: list[_Ticket[Work, Answer]] = []
        taken = set(self._running)
        for ticket in self._waiting:
            fits = len(batch) < self._batch_max and taken.isdisjoint(ticket.apart)
            (batch if fits else left).append(ticket)
            taken |= ticket.apart
        self._waiting = left
        self._running.update(*(ticket.apart for ticket in batch))
        return batch

    def _run(self, batch: Sequence[_Ticket[Work, Answer]]) -> None:
        measures.BATCH.observe(len(batch))
        try:
            give_up_lost_session()
            answers = self._settle_together([ticket.work for ticket in batch])
        except BaseException as failure:  # noqa: BLE001  every waiting request must be answered or told why
            if len(batch) == 1:
                batch[0].failure = failure
                batch[0].ready.set()
                return
            for ticket in batch:
                self._run([ticket])
            return
        for ticket, answer in zip(batch, answers, strict=True):
            ticket.answer = answer
            ticket.ready.set()

    def _give_up(self, ticket: _Ticket[Work, Answer]) -> None:
        """Stop waiting; a request that is being settled at this moment has an outcome its message id will tell."""
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                raise WaitedTooLong
        if not ticket.ready.wait(WAIT_SECONDS_MAX):
            raise WaitedTooLong
