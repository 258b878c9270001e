"""Who may move a settlement along which edge: this one function."""

from __future__ import annotations

from yijie.kernel.errors import invariant

from .models import Settlement

State = Settlement.State

EDGES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.HELD, State.ABORTED}),
    State.HELD: frozenset({State.SETTLED, State.ABORTED}),
    State.SETTLED: frozenset({State.VOIDED}),
    State.VOIDED: frozenset(),
    State.ABORTED: frozenset(),
}


def moved(current: str, target: State) -> State:
    """``target``, when the edge from ``current`` to it exists; a broken invariant otherwise."""
    invariant(target in EDGES[State(current)], "settlement.edge", current=current, target=target)
    return target
