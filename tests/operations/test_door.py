"""The door on its own: room, waiting, time; whatever happens inside is handed out."""

import threading
import time

import psycopg
import pytest
from django.db import connections

from yijie.domain.transaction import fetch
from yijie.interfaces.fsi.door import Door, TooManyWaiting
from yijie.interfaces.fsi.rate import Buckets


def test_what_happens_inside_comes_out():
    door = Door(1, 0)
    assert door.through(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        door.through(lambda: 1 / 0)
    assert door.through(lambda: 43) == 43


def test_a_desk_whose_session_the_database_ended_has_another_for_the_next(sample_nation):
    def session():
        return fetch("SELECT pg_backend_pid()")[0][0]

    door = Door(1, 0)
    lost = door.through(session)
    fetch("SELECT pg_terminate_backend(%s)", [lost])
    with pytest.raises(psycopg.OperationalError):
        door.through(session)
    assert door.through(session) != lost
    door.through(connections.close_all)


def test_whoever_waits_too_long_is_turned_away_and_never_begun():
    door, go, begun = Door(1, 1, wait_seconds_max=0.1), threading.Event(), []
    first = threading.Thread(target=door.through, args=(go.wait,))
    first.start()
    try:
        while door._desks._work_queue.qsize() or not door._desks._threads:
            time.sleep(0.001)
        with pytest.raises(TooManyWaiting):
            door.through(lambda: begun.append(1))
    finally:
        go.set()
        first.join()
    assert door.through(lambda: 44) == 44
    assert begun == []


def test_what_was_begun_is_answered_however_long_it_takes():
    door, go = Door(1, 0, wait_seconds_max=0.05), threading.Event()
    threading.Timer(0.3, go.set).start()
    assert door.through(lambda: go.wait(5)) is True


def test_there_is_no_place_beyond_desks_and_queue():
    door, go = Door(1, 1), threading.Event()
    inside = [threading.Thread(target=door.through, args=(go.wait,)) for _ in range(2)]
    for one in inside:
        one.start()
    try:
        while door._places._value:
            time.sleep(0.001)
        with pytest.raises(TooManyWaiting):
            door.through(lambda: 1)
    finally:
        go.set()
        for one in inside:
            one.join()


def test_a_bucket_holds_a_second_and_fills_steadily():
    buckets = Buckets()
    assert [buckets.take("H1", 3, 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert buckets.take("H2", 3, 0.0)
    assert [buckets.take("H1", 3, 0.4) for _ in range(2)] == [True, False]
    assert [buckets.take("H1", 3, 100.0) for _ in range(4)] == [True, True, True, False]
