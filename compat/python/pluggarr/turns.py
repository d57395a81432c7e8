"""Takes turns at writing the SQLite file.

SQLite makes who waits for the right to write look again every so often, and gives it to who comes first: a
plugin that writes in a loop would keep everybody else out, the host too. So the processes of plugins write
one at a time here, and leave a pause as long as what was written took.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import time
from collections.abc import Iterator

LONGEST_PAUSE = 0.05  # seconds
LOOK_AGAIN = 0.001  # seconds
PATIENCE = 10.0  # seconds; after them SQLite alone decides, for who has the turn may wait for this one
_LAST = struct.Struct("<dd")  # when the last one ended, by the monotonic clock, and how long it took


class Turns:
    """One connection's place among those that write."""

    def __init__(self, path: str) -> None:
        """Take turns by the file at path, which is made when it is missing."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._begun = 0.0

    def begin(self) -> None:
        """Wait until it is this one's turn, and until others could have theirs."""
        if not self._take():
            return
        said = os.pread(self._file, _LAST.size, 0)
        if len(said) == _LAST.size:
            ended, took = _LAST.unpack(said)
            wait = ended + min(took, LONGEST_PAUSE) - time.monotonic()
            if 0 < wait <= LONGEST_PAUSE:
                time.sleep(wait)
        self._begun = time.monotonic()

    def _take(self) -> bool:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(LOOK_AGAIN)
            else:
                return True

    def end(self) -> None:
        """Let the next one write. Without a begin it does nothing."""
        if not self._begun:
            return
        now = time.monotonic()
        took, self._begun = now - self._begun, 0.0
        with contextlib.suppress(OSError):  # a full disk: nobody pauses then
            os.pwrite(self._file, _LAST.pack(now, took), 0)
        fcntl.flock(self._file, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One turn, unless there is one already."""
        if self._begun:
            yield
            return
        self.begin()
        try:
            yield
        finally:
            self.end()

    def close(self) -> None:
        """Leave; a turn ends with it."""
        if self._file >= 0:
            os.close(self._file)
            self._file, self._begun = -1, 0.0
