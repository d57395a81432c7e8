"""Reading the files of a plugin's folder, which may be anything."""

from __future__ import annotations

import importlib.util
import os
import stat

MAX_FILE = 16 << 20  # bytes of plugin.json or of one source file


def read_file(path: str) -> bytes:
    """The content of a regular file that is not absurdly big. Raises OSError or ValueError."""
    # O_NONBLOCK: opening a named pipe would wait for a writer.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ValueError("it is not a regular file")
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError(f"it is longer than {MAX_FILE} bytes")
    return data


def read_source(path: str) -> str:
    """The text of a Python file in the encoding it declares (PEP 263).

    Raises SyntaxError when it is not in that encoding. Text and not bytes is what to compile: for
    bytes older Pythons report the columns of syntax errors in bytes, for text always in characters.
    """
    data = read_file(path)
    try:
        return importlib.util.decode_source(data)
    except UnicodeDecodeError as error:
        made = SyntaxError(f"it is not {error.encoding}: byte 0x{data[error.start]:02x} ({error.reason})")
        made.filename, made.lineno = path, data.count(b"\n", 0, error.start) + 1
        raise made from None
