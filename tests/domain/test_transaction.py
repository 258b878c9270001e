"""One request, one transaction: run again where that is right, given up where it is not."""

import threading

import psycopg
import pytest
from django.db import connection
from stored import everything_stored, one

from yijie.domain.transaction import TRIES_MAX, BusyElsewhere, execute, in_transaction, reading

SIGN_IN = (
    "INSERT INTO fsi_signin (number, institution, operator, mac, ip, signed_in_at) VALUES (%s, 'H', '1', '', '', now())"
)


def test_ids_that_meet_are_made_anew(own_nation):
    in_transaction(lambda: execute(SIGN_IN, ["met"]))
    ids = iter(["met", "met", "other"])
    in_transaction(lambda: execute(SIGN_IN, [next(ids)]))
    assert one("SELECT count(*) FROM fsi_signin WHERE number IN ('met', 'other')") == 2


def test_it_is_not_tried_for_ever(own_nation):
    in_transaction(lambda: execute(SIGN_IN, ["taken"]))
    tries = []

    def work():
        tries.append(1)
        execute(SIGN_IN, ["taken"])

    with pytest.raises(psycopg.errors.UniqueViolation):
        in_transaction(work)
    assert len(tries) == TRIES_MAX


def test_what_the_database_refuses_for_good_is_not_tried_again(own_nation):
    tries = []

    def work():
        tries.append(1)
        execute("UPDATE ledger_balance SET amount = 1 WHERE account = 'person'")

    held = everything_stored()
    with pytest.raises(psycopg.errors.CheckViolation):
        in_transaction(work)
    assert len(tries) == 1
    assert everything_stored() == held


def test_an_operation_within_another_is_part_of_it(own_nation):
    def inner():
        execute(SIGN_IN, ["inner"])

    def outer():
        in_transaction(inner)
        reading(inner_is_seen)
        raise LookupError

    def inner_is_seen():
        assert one("SELECT count(*) FROM fsi_signin WHERE number = 'inner'") == 1

    with pytest.raises(LookupError):
        in_transaction(outer)
    assert one("SELECT count(*) FROM fsi_signin WHERE number = 'inner'") == 0


def test_a_deadlock_is_left_by_one_and_then_done_by_both(own_nation):
    """Two transactions take the same two rows in opposite order; the database ends one, which runs again."""
    for number in ("left", "right"):
        in_transaction(lambda number=number: execute(SIGN_IN, [number]))
    both_hold = threading.Barrier(2)
    tries = []

    def client(first, second):
        def work():
            tries.append(first)
            execute("UPDATE fsi_signin SET operator = 'x' WHERE number = %s", [first])
            if len(tries) <= 2:
                both_hold.wait(timeout=10)
            execute("UPDATE fsi_signin SET operator = 'x' WHERE number = %s", [second])

        try:
            in_transaction(work)
        finally:
            connection.close()

    clients = [threading.Thread(target=client, args=order) for order in (("left", "right"), ("right", "left"))]
    for one_of in clients:
        one_of.start()
    for one_of in clients:
        one_of.join(timeout=30)
    assert len(tries) == 3
    assert one("SELECT count(*) FROM fsi_signin WHERE operator = 'x'") == 2


def test_a_row_held_too_long_is_told_as_busy(own_nation):
    in_transaction(lambda: execute(SIGN_IN, ["held"]))
    with psycopg.connect(own_nation) as other:
        other.execute("SELECT 1 FROM fsi_signin WHERE number = 'held' FOR UPDATE")

        def work():
            execute("SET LOCAL lock_timeout = '50ms'")
            execute("UPDATE fsi_signin SET operator = 'y' WHERE number = 'held'")

        with pytest.raises(BusyElsewhere):
            in_transaction(work)
