"""The protocol's model is searched whole within stated bounds; a protocol with a rule missing is caught every time."""

import pytest
from model.protocol import SETTLE, Bounds, Protocol, Rules, Violation, search

ONE = (SETTLE,)
TWO_OF_ONE_PERSON = (SETTLE, SETTLE)
SETTLED_THEN_VOIDED = (SETTLE, 0)

QUICK = [
    (ONE, Bounds(resends=2, doubles=2, crashes=2)),
    (SETTLED_THEN_VOIDED, Bounds(resends=0, doubles=0, crashes=1)),
    (SETTLED_THEN_VOIDED, Bounds(resends=0, doubles=1, crashes=0)),
    (TWO_OF_ONE_PERSON, Bounds(resends=0, doubles=0, crashes=1)),
]
LONG = [
    (SETTLED_THEN_VOIDED, Bounds(resends=1, doubles=1, crashes=1)),
    (TWO_OF_ONE_PERSON, Bounds(resends=0, doubles=1, crashes=0)),
    (TWO_OF_ONE_PERSON, Bounds(resends=1, doubles=0, crashes=1)),
]


@pytest.mark.parametrize(("plan", "bounds"), QUICK)
def test_no_state_breaks_a_promise_and_every_state_comes_to_rest(plan, bounds):
    seen = search(Protocol(plan, bounds=bounds))
    assert seen.states > 5_000


@pytest.mark.soak
@pytest.mark.parametrize(("plan", "bounds"), LONG)
def test_the_same_within_wider_bounds(plan, bounds):
    assert search(Protocol(plan, bounds=bounds)).states > 100_000


@pytest.mark.parametrize(
    ("rule", "plan", "told"),
    [
        ("tombstones", ONE, "held after its cancel"),
        ("care_decides", ONE, "confirm of 0 finds cancelled"),
        ("abort_recorded", ONE, "confirm of 0 finds cancelled"),
        ("confirm_with_settlement", ONE, "0"),
        ("one_hold_at_once", TWO_OF_ONE_PERSON, "rests on one that vanished"),
        ("void_held_too", SETTLED_THEN_VOIDED, "cancel of 1 finds it confirmed"),
    ],
)
def test_a_protocol_without_a_rule_is_caught(rule, plan, told):
    without = Rules(**{rule: False})
    with pytest.raises(Violation, match=told):
        search(Protocol(plan, without, Bounds(resends=0, doubles=1, crashes=0)))
