"""A simulated world: real nodes' code on real databases, on a network and a clock of the simulation's own.

One thread, one seed, every choice drawn from it. A node that waits for an answer lets the world go on: other desks
act, messages of others arrive, nodes die and come back, and then the answer comes, or does not. So the code under test
is the code that runs in production, with blocking calls, and a seed plays the same run again.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from django.db import transaction as django_transaction
from nodes.place import Place

from yijie.domain import exchange, transaction
from yijie.domain.exchange import PeerSilent, asking
from yijie.interfaces.fsi import crossing
from yijie.interfaces.fsi.transactions import settling
from yijie.interfaces.node import handlers, homes, rounds
from yijie.kernel import ids
from yijie.kernel.dates import clock_set_to

ROUND_SECONDS = 2.5
HEAL_SECONDS_MAX = 240.0


class Died(BaseException):
    """A node's process ended at this point."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely what is: per message, per transaction, per simulated second."""

    lose: float = 0.15
    double: float = 0.1
    slow: float = 0.15
    die_before_commit: float = 0.01
    die_after_commit: float = 0.01
    cut: float = 0.03


NONE = Faults(0, 0, 0, 0, 0, 0)


class World:
    """Places, a clock, a queue of what will happen, and a dice."""

    def __init__(self, seed: int, places: list[Place], began, faults: Faults = Faults()) -> None:
        self.dice = random.Random(seed)
        self.places = {place.code: place for place in places}
        self.began, self.faults = began, faults
        self.time = 0.0
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.cut: set[tuple[str, str]] = set()
        self.story: list[str] = []
        self.seen: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        for place in places:
            place.skew, place.alive = self.dice.choice((-240.0, 0.0, 240.0)), True

    # time

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen after so many seconds."""
        heapq.heappush(self.queue, (self.time + seconds, next(self.order), what))

    def run_until(self, until: float) -> None:
        """Let everything happen that is due until then."""
        while self.queue and self.queue[0][0] <= until:
            at, _, what = heapq.heappop(self.queue)
            self.time = max(self.time, at)
            what()
        self.time = max(self.time, until)

    def sleep(self, seconds: float) -> None:
        """A node's thread sleeps; it may find itself dead afterwards."""
        with self.surviving():
            self.run_until(self.time + seconds)

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self.time

    # nodes

    def acting(self) -> Place:
        """The node whose code runs now."""
        identity = exchange.me()
        return self.places[identity.code]

    @contextmanager
    def surviving(self):
        """What a thread of a node waits for: if its process died meanwhile, it is not there any more."""
        place = self.acting()
        epoch = place.epoch
        yield
        if place.epoch != epoch:
            raise Died

    @contextmanager
    def at(self, place: Place):
        """Act as a node, by its clock."""
        with place.acting(), clock_set_to(lambda: self.began + timedelta(seconds=self.time + place.skew)):
            yield

    def kill(self, place: Place) -> None:
        """End a node's process; it is started again some seconds later."""
        place.epoch += 1
        place.alive = False
        self.note(f"{place.code} dies")
        self.later(self.dice.uniform(0.5, 15.0), lambda: self._restart(place))

    def _restart(self, place: Place) -> None:
        if not place.alive:
            place.alive = True
            self.note(f"{place.code} is back")

    def note(self, what: str) -> None:
        """Add to the story of this run."""
        self.story.append(f"{self.time:8.3f} {what}")
        self.seen[what.rsplit(maxsplit=1)[-1]] += 1

    # network

    def carry(self, address: str, wire: bytes, seconds: float) -> bytes:
        """The transport of every node: lose, double, slow, cut."""
        sender, receiver = self.acting(), self.places[address.removeprefix("sim://")]
        started = self.time
        with self.surviving():
            answer = self._carried(sender, receiver, wire, started + seconds)
        if answer is None:
            raise PeerSilent(node=receiver.code, why="超时")
        return answer

    def _carried(self, sender: Place, receiver: Place, wire: bytes, until: float) -> bytes | None:
        if self._lost(sender, receiver):
            self.run_until(until)
            return None
        delay = self._delay()
        if self.time + delay > until:
            self.later(delay, lambda: self._arrive(receiver, wire))
            self.run_until(until)
            return None
        if self.dice.random() < self.faults.double:
            self.note("a message doubled")
            self.later(self.dice.uniform(0, 30), lambda: self._arrive(receiver, wire))
        self.run_until(self.time + delay)
        answer = self._arrive(receiver, wire)
        if answer is None or self._lost(receiver, sender):
            self.run_until(max(until, self.time))
            return None
        self.run_until(self.time + self._delay())
        return answer if self.time <= until else None

    def _lost(self, sender: Place, receiver: Place) -> bool:
        lost = (sender.code, receiver.code) in self.cut or self.dice.random() < self.faults.lose
        if lost:
            self.note("a message lost")
        return lost

    def _delay(self) -> float:
        return self.dice.uniform(5, 40) if self.dice.random() < self.faults.slow else self.dice.uniform(0.002, 0.3)

    def _arrive(self, receiver: Place, wire: bytes) -> bytes | None:
        if not receiver.alive:
            return None
        try:
            with self.at(receiver):
                return handlers.receive(wire)
        except Died:
            return None

    def commit(self, work: Callable):
        """A transaction of a node, in or after which the process may die."""
        place = self.acting()
        with django_transaction.atomic():
            result = work()
            if self.dice.random() < self.faults.die_before_commit:
                self.kill(place)
                raise Died
        if self.dice.random() < self.faults.die_after_commit:
            self.kill(place)
            raise Died
        return result

    # rounds

    def every_round(self) -> None:
        """Each node makes its rounds once a second, and now and then a line is cut or mended."""
        for place in self.places.values():
            self._round(place)
        codes = sorted(self.places)
        if self.dice.random() < self.faults.cut:
            self.cut.add(tuple(self.dice.sample(codes, 2)))
            self.note("a line cut")
        elif self.cut and self.dice.random() < 0.2:
            self.cut.pop() if self.faults is NONE else self.cut.discard(self.dice.choice(sorted(self.cut)))
        self.later(ROUND_SECONDS, self.every_round)

    def _round(self, place: Place) -> None:
        if not place.alive:
            return
        try:
            with self.at(place):
                rounds.once()
        except Died:
            pass

    def heal(self) -> None:
        """Faults stop; everybody is back."""
        self.faults, self.cut = NONE, set()
        for place in self.places.values():
            place.alive = True

    @contextmanager
    def turning(self):
        """Within the block the product runs in this world."""
        asking.transport_is(self.carry)
        clock = _Clock(self)
        at_once = _AtOnce()
        with (
            patch.object(transaction, "_atomically", self.commit),
            patch.object(homes, "time", clock),
            patch.object(asking, "time", clock),
            patch.object(settling, "time", clock),
            patch.object(crossing, "_committer", at_once),
            patch.object(ids.secrets, "randbits", self.dice.getrandbits),
        ):
            self.later(ROUND_SECONDS, self.every_round)
            yield self


class _Clock:
    """The module ``time`` as far as nodes use it, in the world's time."""

    def __init__(self, world: World) -> None:
        self.monotonic, self.sleep = world.monotonic, world.sleep


class _AtOnce:
    """A committer without threads: whoever comes is settled by himself."""

    def __call__(self, node: str):
        self.node = node
        return _OneByOne(node)


class _OneByOne:
    def __init__(self, node: str) -> None:
        self.node = node

    def submit(self, work, *, apart):
        [answer] = crossing._settle_together(self.node, [work])
        return answer
