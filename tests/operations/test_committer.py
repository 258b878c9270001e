"""Settling what waits together: alone at once, together under load, each answered by itself, the wait bounded."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import override_settings
from hypothesis import given, settings, strategies as st

from yijie.interfaces.fsi import committer as module
from yijie.interfaces.fsi.committer import Committer, WaitedTooLong

NOBODY = frozenset()


def test_alone_it_is_settled_at_once_in_the_callers_thread():
    seen = []

    def together(works):
        seen.append((list(works), threading.get_ident()))
        return [work * 10 for work in works]

    assert Committer(together).submit(4, apart=frozenset({"p"})) == 40
    assert seen == [([4], threading.get_ident())]


def test_what_waits_is_settled_together():
    sizes, go, entered = [], threading.Event(), threading.Event()

    def together(works):
        sizes.append(len(works))
        entered.set()
        go.wait(5)
        return list(works)

    committer = Committer(together, batches_at_once_max=1, batch_max=8)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(committer.submit, 0, apart=frozenset({0}))
        entered.wait(5)
        rest = [pool.submit(committer.submit, n, apart=frozenset({n})) for n in range(1, 20)]
        while len(committer._waiting) < 19:
            time.sleep(0.001)
        go.set()
        assert [one.result() for one in (first, *rest)] == list(range(20))
    assert sizes == [1, 8, 8, 3]


def test_what_gathers_is_settled_by_one_thread_after_another_batch():
    """So that under load one session of the database, with its plans made, does what many would do in turn."""
    threads, callers, go, entered = [], set(), threading.Event(), threading.Event()

    def together(works):
        threads.append(threading.get_ident())
        entered.set()
        go.wait(5)
        return list(works)

    committer = Committer(together, batches_at_once_max=1, batch_max=4)

    def ask(n):
        callers.add(threading.get_ident())
        return committer.submit(n, apart=frozenset({n}))

    with ThreadPoolExecutor(13) as pool:
        first = pool.submit(ask, 0)
        entered.wait(5)
        rest = [pool.submit(ask, n) for n in range(1, 13)]
        while len(committer._waiting) < 12:
            time.sleep(0.001)
        go.set()
        assert [one.result() for one in (first, *rest)] == list(range(13))
    assert threads[0] in callers
    assert len(threads) == 4
    assert len(set(threads[1:])) == 1
    assert not callers & set(threads[1:])


def test_what_must_keep_apart_never_shares_a_batch_nor_a_moment():
    under_way, clashes, lock = set(), [], threading.Lock()

    def together(works):
        persons = [work % 5 for work in works]
        with lock:
            clashes.extend(p for p in persons if p in under_way or persons.count(p) > 1)
            under_way.update(persons)
        time.sleep(0.001)
        with lock:
            under_way.difference_update(persons)
        return list(works)

    committer = Committer(together)
    with ThreadPoolExecutor(40) as pool:
        results = list(pool.map(lambda n: committer.submit(n, apart=frozenset({n % 5})), range(200)))
    assert results == list(range(200))
    assert clashes == []


class Refused(Exception):
    """One member's own failure."""


@settings(max_examples=40)
@given(st.sets(st.integers(0, 29)), st.integers(1, 3), st.integers(1, 9))
def test_one_bad_member_harms_nobody(bad, at_once, largest):
    """A batch that the database refuses is run one by one: the good are done, the bad told."""

    def together(works):
        if bad.intersection(works):
            raise Refused
        return [work + 100 for work in works]

    committer = Committer(together, batch_max=largest, batches_at_once_max=at_once)

    def outcome(n):
        try:
            return committer.submit(n, apart=frozenset({n}))
        except Refused:
            return None

    with ThreadPoolExecutor(30) as pool:
        assert list(pool.map(outcome, range(30))) == [None if n in bad else n + 100 for n in range(30)]
    while committer._idle < at_once:
        time.sleep(0.001)
    assert committer._idle == at_once
    assert committer._waiting == []
    assert committer._running == set()


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS_MAX", 0.05)
    go = threading.Event()
    committer = Committer(lambda works: [go.wait(5) for _ in works], batches_at_once_max=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(committer.submit, 1, apart=NOBODY)
        while committer._idle:
            time.sleep(0.001)
        with pytest.raises(WaitedTooLong):
            committer.submit(2, apart=NOBODY)
        go.set()
        assert first.result() is True
    assert committer._waiting == []
    assert committer.submit(3, apart=NOBODY) is True


@override_settings(SETTLE_TOGETHER=False)
def test_switched_off_everything_is_settled_alone():
    sizes = []

    def together(works):
        sizes.append(len(works))
        time.sleep(0.002)
        return list(works)

    committer = Committer(together, batches_at_once_max=1)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: committer.submit(n, apart=NOBODY), range(16))) == list(range(16))
    assert sizes == [1] * 16
