"""Takes turns at writing the SQLite file.

SQLite makes who waits for the right to write look again every so often, and gives it to who comes first: a
plugin that writes in a loop would keep everybody else out, the host too. So the processes of plugins, and the
imports of the host (host/store/turns.go), write one at a time here, in the order in which they came. Plugins
leave a pause as long as what was written took, for all else that the host writes.

Whoever holds the lock of the one file writes. The other lists who waits: it is read and written anew by who
holds its lock, which is never for long.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator

LONGEST_PAUSE = 0.05  # seconds
LOOK_AGAIN = 0.001  # seconds
PATIENCE = 10.0  # seconds; after them SQLite alone decides, for who has the turn may wait for this one
GONE = 2.0  # seconds; who has not looked for so long waits no more: its process was killed
LONGEST_QUEUE = 64
_LAST = struct.Struct("<dd")  # when the last one ended, by the monotonic clock, and how long it took
_WAITS = struct.Struct("<Qd")  # somebody who waits, and when they looked last, by the clock


class Turns:
    """One connection's place among those that write."""

    def __init__(self, path: str) -> None:
        """Take turns by the file at path and one beside it, which are made when they are missing."""
        self._path = path
        self._open()

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        try:
            self._queue = os.open(f"{self._path}-queue", flags, 0o600)
        except BaseException:
            os.close(self._file)
            self._file = -1
            raise
        (self._name,) = struct.unpack("<Q", os.urandom(8))
        self._begun = 0.0
        self._process = os.getpid()

    def _leave_parent(self) -> None:
        """In a fork: open the files anew, for the locks of those that it got are its parent's."""
        if self._process != os.getpid():
            self.close()
            self._open()

    def begin(self) -> None:
        """Wait until it is this one's turn, and until others could have theirs."""
        self._leave_parent()
        try:
            if self._take():
                self._pause()
                self._begun = time.monotonic()
        except BaseException:  # also what a signal handler of the plugin raises while this waits
            self._begun = 0.0
            unlock(self._file)
            raise

    def _pause(self) -> None:
        said = os.pread(self._file, _LAST.size, 0)
        if len(said) == _LAST.size:
            ended, took = _LAST.unpack(said)
            wait = ended + min(took, LONGEST_PAUSE) - time.monotonic()
            if 0 < wait <= LONGEST_PAUSE:
                time.sleep(wait)

    def _take(self) -> bool:
        until = time.monotonic() + PATIENCE
        try:
            while not self._look():
                if time.monotonic() > until:
                    self._look(leave=True)
                    return False
                time.sleep(LOOK_AGAIN)
        except NoLocksError:  # without a queue SQLite alone decides
            return False
        except BaseException:
            self._look(leave=True)
            raise
        return True

    def _look(self, leave: bool = False) -> bool:
        """Take the turn if this one is the first of the queue; it is part of it until then."""
        now = time.time()
        try:
            lock(self._queue, fcntl.LOCK_EX)
            kept = os.pread(self._queue, LONGEST_QUEUE * _WAITS.size, 0)
            queue = [
                (name, now if name == self._name else seen)
                for name, seen in _WAITS.iter_unpack(kept[: len(kept) // _WAITS.size * _WAITS.size])
                if name == self._name or abs(now - seen) < GONE
            ]
            if (self._name, now) not in queue:
                queue.append((self._name, now))
            taken = not leave and queue[0][0] == self._name and locked(self._file)
            if taken or leave:
                queue.remove((self._name, now))
            left = b"".join(_WAITS.pack(*one) for one in queue)
            with contextlib.suppress(OSError):  # a full disk: who is not listed comes later
                os.pwrite(self._queue, left, 0)
                os.ftruncate(self._queue, len(left))
        finally:
            unlock(self._queue)
        return taken

    def end(self) -> None:
        """Let the next one write. Without a begin it does nothing."""
        self._leave_parent()
        if not self._begun:
            return
        try:
            now = time.monotonic()
            with contextlib.suppress(OSError):  # a full disk: nobody pauses then
                os.pwrite(self._file, _LAST.pack(now, now - self._begun), 0)
        finally:
            self._begun = 0.0
            unlock(self._file)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One turn, unless there is one already."""
        self._leave_parent()
        if self._begun:
            yield
            return
        try:
            self.begin()
            yield
        finally:
            self.end()

    def close(self) -> None:
        """Leave; a turn ends with it, but not the turn of a parent that this process was forked from."""
        if self._file >= 0:
            if self._process == os.getpid():  # forks have the files too, so that closing them unlocks nothing
                unlock(self._file)
            os.close(self._file)
            os.close(self._queue)
            self._file, self._begun = -1, 0.0


class NoLocksError(Exception):
    """The file system has no locks, as some of a network have not."""


def lock(file: int, how: int) -> None:
    """Lock a file; BlockingIOError when somebody has it and how says not to wait."""
    try:
        fcntl.flock(file, how)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL):
            raise NoLocksError from error
        raise


def unlock(file: int) -> None:
    """Let others lock a file."""
    with contextlib.suppress(OSError):  # what cannot be unlocked was not locked
        fcntl.flock(file, fcntl.LOCK_UN)


def locked(file: int) -> bool:
    """Lock a file, unless somebody else has."""
    try:
        lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
