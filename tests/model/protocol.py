"""The protocol between care node and home node as a model small enough to be searched whole.

One person, one care node, one home node, a network that loses, doubles, delays and reorders. A plan names the attempts:
settlements, or voids of an earlier one. Everything in ``Care`` and ``Home`` is on disk; ``threads`` is what a crash of
the care node forgets. A transaction is one step: a crash inside it is the step not taken, a crash after it is the
answer lost. The home node keeps nothing in memory, so its crash is the loss of what it would have said.

``Rules`` names what the protocol relies on; each can be switched off, which plants a bug that the search must find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SETTLE = -1
"""In a plan: a settlement; any other number is the index of the attempt whose settlement is to be voided."""


class Rules(NamedTuple):
    """What the protocol relies on."""

    tombstones: bool = True
    """A cancel that arrives before its hold is remembered, and the hold then refused."""
    care_decides: bool = True
    """The home node never ends a hold by itself, it asks."""
    abort_recorded: bool = True
    """The care node records an abort before it says so."""
    confirm_with_settlement: bool = True
    """The confirm leaves in the transaction that settles, not before it."""
    one_hold_at_once: bool = True
    """While a hold of a person's year is open, no other decision is made."""
    void_held_too: bool = True
    """A void is decided by the care node after a hold, as a settlement is."""


class Message(NamedTuple):
    """On the wire: what, about which attempt."""

    kind: str
    attempt: int


class State(NamedTuple):
    """Everything that is: each tuple has one entry per attempt."""

    care: tuple[str, ...]
    """planned, received, settled (for a void: done), aborted"""
    threads: tuple[str, ...]
    """no, begun, waiting"""
    outbox: frozenset[Message]
    home: tuple[str, ...]
    """none, held, confirmed, cancelled, tombstone"""
    bases: tuple[frozenset[int], ...]
    """The settlements that counted when a hold was decided."""
    network: frozenset[tuple[Message, int]]
    """Messages under way; the number tells copies apart."""
    resends: int
    doubles: int
    crashes: int


class Bounds(NamedTuple):
    """How much may go wrong; losses, delays and reorderings are not bounded."""

    resends: int = 1
    doubles: int = 1
    crashes: int = 1


class Violation(Exception):
    """A promise of the protocol does not hold in a state that can be reached."""


class Protocol:
    """The steps that care node, home node and network can take under ``rules`` for a ``plan`` of attempts."""

    def __init__(self, plan: tuple[int, ...], rules: Rules = Rules(), bounds: Bounds = Bounds()) -> None:  # noqa: B008
        self.plan, self.rules, self.bounds = plan, rules, bounds

    def start(self) -> State:
        """Nothing has happened."""
        n = len(self.plan)
        return State(
            ("planned",) * n, ("no",) * n, frozenset(), ("none",) * n, (frozenset(),) * n, frozenset(), *self.bounds
        )

    def steps(self, s: State) -> Iterator[tuple[str, State]]:
        """Every step possible in a state, faults included."""
        yield from self._desk(s)
        yield from self._delivery(s)
        for message, copy in s.network:
            yield f"lose {message}", s._replace(network=s.network - {(message, copy)})
            if s.doubles and copy == 0 and (message, 1) not in s.network:
                yield f"double {message}", s._replace(network=s.network | {(message, 1)}, doubles=s.doubles - 1)
        if s.crashes and any(thread != "no" for thread in s.threads):
            yield "crash care", s._replace(threads=("no",) * len(s.threads), crashes=s.crashes - 1)

    def _desk(self, s: State) -> Iterator[tuple[str, State]]:
        for i, target in enumerate(self.plan):
            if s.care[i] == "planned" and (target == SETTLE or s.care[target] == "settled"):
                yield f"begin {i}", s._replace(care=put(s.care, i, "received"), threads=put(s.threads, i, "begun"))
            if s.threads[i] == "begun":
                early = s if self.rules.confirm_with_settlement else self._leave(s, Message("confirm", i))
                yield f"ask hold {i}", send(early._replace(threads=put(s.threads, i, "waiting")), Message("hold", i))
            if s.threads[i] == "waiting" and s.resends and (Message("hold", i), 0) not in s.network:
                yield f"ask hold {i} again", send(s._replace(resends=s.resends - 1), Message("hold", i))
            if s.care[i] == "received" and s.threads[i] != "begun":
                yield f"deadline of {i}", self._abort(s, i)
            if s.home[i] == "held":
                yield from self._old_hold(s, i)
        for message in s.outbox:
            if (message, 0) not in s.network:
                yield f"deliver from outbox {message}", send(s, message)

    def _old_hold(self, s: State, i: int) -> Iterator[tuple[str, State]]:
        if not self.rules.care_decides:
            yield f"home gives up {i}", s._replace(home=put(s.home, i, "cancelled"))
        elif (Message("ask", i), 0) not in s.network:
            yield f"home asks about {i}", send(s, Message("ask", i))

    def _delivery(self, s: State) -> Iterator[tuple[str, State]]:
        for message, copy in s.network:
            taken = s._replace(network=s.network - {(message, copy)})
            handler = getattr(self, f"_on_{message.kind}")
            yield f"{message.kind} {message.attempt} arrives", handler(taken, message.attempt)

    def _abort(self, s: State, i: int) -> State:
        ended = s._replace(care=put(s.care, i, "aborted"), threads=put(s.threads, i, "no"))
        return self._leave(ended, Message("cancel", i))

    @staticmethod
    def _leave(s: State, message: Message) -> State:
        return s._replace(outbox=s.outbox | {message})

    def living(self, s: State) -> frozenset[int]:
        """Settlements that count in the person's year at home: held or confirmed and not voided."""
        voided = {target for i, target in enumerate(self.plan) if target != SETTLE and s.home[i] == "confirmed"}
        return frozenset(
            i for i, t in enumerate(self.plan) if t == SETTLE and s.home[i] in ("held", "confirmed") and i not in voided
        )

    # the home node

    def _on_hold(self, s: State, i: int) -> State:
        state = s.home[i]
        if state in ("held", "confirmed"):
            return send(s, Message("granted", i))
        if state in ("cancelled", "tombstone") or not self._may_hold(s, i):
            return send(s, Message("refused", i))
        basis = self.living(s)
        now = "held" if self.plan[i] == SETTLE or self.rules.void_held_too else "confirmed"
        held = s._replace(home=put(s.home, i, now), bases=put(s.bases, i, basis))
        return send(held, Message("granted", i))

    def _may_hold(self, s: State, i: int) -> bool:
        if self.rules.one_hold_at_once and "held" in s.home:
            return False
        target = self.plan[i]
        return target == SETTLE or (s.home[target] == "confirmed" and max(self.living(s), default=-1) == target)

    def _on_confirm(self, s: State, i: int) -> State:
        if s.home[i] not in ("held", "confirmed"):
            raise Violation(f"confirm of {i} finds {s.home[i]}")
        return send(s._replace(home=put(s.home, i, "confirmed")), Message("confirmed", i))

    def _on_cancel(self, s: State, i: int) -> State:
        if s.home[i] == "confirmed":
            raise Violation(f"cancel of {i} finds it confirmed")
        after = {"held": "cancelled", "none": "tombstone" if self.rules.tombstones else "none"}.get(
            s.home[i], s.home[i]
        )
        return send(s._replace(home=put(s.home, i, after)), Message("cancelled", i))

    def _on_is_settled(self, s: State, i: int) -> State:
        return s if s.home[i] != "held" else s._replace(home=put(s.home, i, "confirmed"))

    def _on_is_aborted(self, s: State, i: int) -> State:
        if s.home[i] == "confirmed":
            raise Violation(f"{i} is confirmed and told to be aborted")
        return s if s.home[i] != "held" else s._replace(home=put(s.home, i, "cancelled"))

    # the care node

    def _on_granted(self, s: State, i: int) -> State:
        if s.care[i] != "received" or s.threads[i] != "waiting":
            return s
        settled = s._replace(care=put(s.care, i, "settled"), threads=put(s.threads, i, "no"))
        return self._leave(settled, Message("confirm", i))

    def _on_refused(self, s: State, i: int) -> State:
        return self._abort(s, i) if s.care[i] == "received" and s.threads[i] == "waiting" else s

    def _on_ask(self, s: State, i: int) -> State:
        if s.care[i] == "settled":
            return send(s, Message("is_settled", i))
        if s.care[i] == "received" and self.rules.abort_recorded:
            s = self._abort(s, i)
        return send(s, Message("is_aborted", i))

    def _on_confirmed(self, s: State, i: int) -> State:
        return s._replace(outbox=s.outbox - {Message("confirm", i)})

    def _on_cancelled(self, s: State, i: int) -> State:
        return s._replace(outbox=s.outbox - {Message("cancel", i)})

    # promises

    def check(self, s: State) -> None:
        """Promises that hold in every state, messages under way or not."""
        for i in range(len(self.plan)):
            if s.home[i] == "confirmed" and s.care[i] != "settled":
                raise Violation(f"home confirmed {i}, care says {s.care[i]}")
            if s.home[i] in ("cancelled", "tombstone") and s.care[i] == "settled":
                raise Violation(f"care settled {i}, home says {s.home[i]}")
            if s.care[i] == "aborted" and s.home[i] == "held" and Message("cancel", i) not in s.outbox:
                raise Violation(f"{i} is held after its cancel was delivered")
            if s.home[i] == "confirmed" and any(s.home[b] in ("cancelled", "tombstone") for b in s.bases[i]):
                raise Violation(f"the decision on {i} rests on one that vanished")

    def healed(self, s: State) -> State:
        """The state when faults have stopped: what is under way arrives, deadlines pass, nobody begins anything."""
        for _ in range(STEPS_TO_HEAL_MAX):
            after = self._one_healing_step(s)
            if after is None:
                return s
            s = after
        raise Violation("it does not come to rest")

    def _one_healing_step(self, s: State) -> State | None:
        if s.network:
            message, copy = min(s.network)
            handler = getattr(self, f"_on_{message.kind}")
            after: State = handler(s._replace(network=s.network - {(message, copy)}), message.attempt)
            return after
        if s.outbox:
            return send(s, min(s.outbox))
        for i in range(len(self.plan)):
            if s.care[i] == "received":
                return self._abort(s, i)
            if s.home[i] == "held":
                return next(self._old_hold(s, i))[1]
        return None

    def check_at_rest(self, s: State) -> None:
        """Promises that hold once all messages are delivered: both sides agree, nothing is open."""
        self.check(s)
        for i in range(len(self.plan)):
            agreed = (s.care[i], s.home[i]) in AT_REST
            if not agreed:
                raise Violation(f"at rest care says {s.care[i]} of {i}, home says {s.home[i]}")


AT_REST = {
    ("planned", "none"),
    ("aborted", "none"),
    ("settled", "confirmed"),
    ("aborted", "cancelled"),
    ("aborted", "tombstone"),
}
STEPS_TO_HEAL_MAX = 500


def put(entries: tuple, i: int, value: object) -> tuple:
    """The entries with one replaced."""
    return (*entries[:i], value, *entries[i + 1 :])


def send(s: State, message: Message) -> State:
    """The message under way; one that is already under way is not sent beside itself (doubling is the network's)."""
    return s._replace(network=s.network | {(message, 0)})


class Searched(NamedTuple):
    """How much of the model was seen."""

    states: int
    steps: int
    depth: int


def search(protocol: Protocol) -> Searched:
    """Visit every state that can be reached, check it, let it heal; raises :class:`Violation` with the way there."""
    first = protocol.start()
    came_from: dict[State, tuple[State, str] | None] = {first: None}
    frontier, steps, depth = [first], 0, 0
    healthy: set[State] = set()
    while frontier:
        depth += 1
        reached: list[State] = []
        for state in frontier:
            way = ""
            try:
                protocol.check(state)
                at_rest = protocol.healed(state)
                if at_rest not in healthy:
                    protocol.check_at_rest(at_rest)
                    healthy.add(at_rest)
                for way, after in protocol.steps(state):
                    steps += 1
                    if after not in came_from:
                        came_from[after] = (state, way)
                        reached.append(after)
            except Violation as violation:
                raise Violation(f"{violation}\n" + "\n".join(path_to(state, came_from))) from violation
        frontier = reached
    return Searched(len(came_from), steps, depth)


def path_to(state: State, came_from: dict[State, tuple[State, str] | None]) -> list[str]:
    """The steps that lead to a state, first to last."""
    path = []
    before = came_from[state]
    while before:
        path.append(before[1])
        before = came_from[before[0]]
    return path[::-1]
