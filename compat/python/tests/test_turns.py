"""Those that write take turns."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time

import pytest

from pluggarr import turns
from pluggarr.turns import Turns


@pytest.fixture
def two(tmp_path):
    """Two that take turns."""
    made = [Turns(str(tmp_path / "turns")) for _ in range(2)]
    yield made
    for one in made:
        one.close()


def test_one_at_a_time(two):
    one, other = two
    heard = []
    one.begin()
    waiting = threading.Thread(target=lambda: (other.begin(), heard.append("other"), other.end()))
    waiting.start()
    heard.append("one")
    one.end()
    waiting.join()
    assert heard == ["one", "other"]


def test_in_the_order_in_which_they_came(tmp_path):
    three = {name: Turns(str(tmp_path / "turns")) for name in "abc"}
    wrote = []

    def write(name):
        three[name].begin()
        wrote.append(name)
        three[name].end()

    three["a"].begin()
    waiting = [threading.Thread(target=write, args=(name,)) for name in "bc"]
    for n, thread in enumerate(waiting, 1):
        thread.start()
        wait_for_queue(three["a"], n)
    three["a"].end()
    write("a")
    for thread in waiting:
        thread.join()
    assert wrote == ["b", "c", "a"]
    for one in three.values():
        one.close()


def wait_for_queue(one, length):
    """Wait until so many wait."""
    until = time.monotonic() + 30
    while os.fstat(one._queue).st_size < length * turns._WAITS.size:
        assert time.monotonic() < until
        time.sleep(turns.LOOK_AGAIN)


def test_who_was_killed_while_waiting_is_forgotten(two, monkeypatch):
    os.pwrite(two[0]._queue, turns._WAITS.pack(1, time.time() - turns.GONE), 0)
    monkeypatch.setattr(turns.time, "sleep", pytest.fail)
    two[0].begin()


def test_who_is_stopped_while_waiting_leaves_the_queue(two, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    two[0].begin()
    monkeypatch.setattr(turns.time, "sleep", stop)
    with pytest.raises(KeyboardInterrupt):
        two[1].begin()
    assert os.fstat(two[0]._queue).st_size == 0


def test_who_is_stopped_in_the_pause_keeps_nobody_out(two, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    os.pwrite(two[0]._file, turns._LAST.pack(time.monotonic() + 1000, 0), 0)
    monkeypatch.setattr(turns, "LONGEST_PAUSE", 2000)
    monkeypatch.setattr(turns.time, "sleep", stop)
    with pytest.raises(KeyboardInterrupt):
        two[0].begin()
    assert turns.locked(two[1]._file)


def test_a_full_disk_keeps_nobody_from_writing(two, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(turns.os, "pwrite", full)
    for one in two:
        with one.turn():
            assert one._begun


def in_a_fork(do):
    """What a function returns in a fork, true or false."""
    pid = os.fork()
    if pid == 0:
        status = 2
        with contextlib.suppress(BaseException):
            status = int(not do())
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_fork_has_turns_of_its_own(two, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    one, other = two
    one.begin()
    assert in_a_fork(lambda: (one.begin(), one._begun == 0.0, one.end(), one.close())[1])
    assert in_a_fork(lambda: one.close() is None)
    assert not turns.locked(other._file)


def test_the_end_of_a_connection_ends_its_turn_in_forks_too(two):
    here, there = os.pipe()
    two[0].begin()
    pid = os.fork()
    if pid == 0:
        os.close(there)
        os.read(here, 1)  # until the parent is done
        os._exit(0)
    os.close(here)
    two[0].close()
    free = turns.locked(two[1]._file)
    os.close(there)
    os.waitpid(pid, 0)
    assert free


def test_a_turn_within_a_turn_is_the_same(two):
    with two[0].turn(), two[0].turn():
        pass
    two[1].begin()


@pytest.mark.parametrize(("took", "pause"), [(0.02, 0.015), (9.0, 0.045), (0.004, None)])
def test_a_pause_is_left_after_a_turn(two, monkeypatch, took, pause):
    slept = []
    monkeypatch.setattr(turns.time, "sleep", slept.append)
    monkeypatch.setattr(turns.time, "monotonic", lambda: 10.005)
    os.pwrite(two[0]._file, turns._LAST.pack(10.0, took), 0)
    two[0].begin()
    assert slept == ([pytest.approx(pause)] if pause else [])


def test_who_waits_for_the_other_goes_on_in_the_end(two, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    two[0].begin()
    two[1].begin()
    two[1].end()


def test_the_end_of_a_connection_ends_its_turn(two):
    two[0].begin()
    two[0].close()
    two[1].begin()


def test_statements_and_transactions_take_turns(rows):
    from django.db import connection, transaction

    from apps.channels.models import Logo

    began = []
    connection.ensure_connection()
    kept = connection._turns.begin
    connection._turns.begin = lambda: (began.append(1), kept())
    Logo.objects.count()
    assert len(began) == 0
    logo = Logo.objects.create(name="a", url="a")
    assert len(began) == 1
    with transaction.atomic():
        logo.name = "b"
        logo.save()
        Logo.objects.create(name="c", url="c")
    assert len(began) == 2
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    Logo.objects.all().delete()
    assert not connection._turns._begun


def test_without_locks_nobody_waits(two, monkeypatch):
    def flock(_file, _how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(turns.fcntl, "flock", flock)
    monkeypatch.setattr(turns.time, "sleep", pytest.fail)
    for one in two:
        with one.turn():
            pass
