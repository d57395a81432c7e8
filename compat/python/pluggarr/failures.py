"""What went wrong in a plugin, in the words and with the places its author needs."""

from __future__ import annotations

import contextlib
import linecache
import os
import traceback
from types import TracebackType
from typing import Any

from pluggarr import orm
from pluggarr.protocol import LOAD, PERMISSION, PLUGIN, CallError
from pluggarr.source import read_source

MAX_TRACEBACK = 32 * 1024  # characters; the end is what counts
MAX_EXCERPT = 200

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


def call_failed(error: BaseException) -> CallError:
    """The answer to a call in which plugin code raised error."""
    code = PERMISSION if isinstance(error, PermissionError) else PLUGIN
    data = {"type": type(error).__name__, "traceback": traceback_of(error)}
    if missing := orm.needs(error):
        data["needs"] = missing
    return CallError(code, needed(error) or message_of(error), data)


def load_failed(error: BaseException, folder: str) -> CallError:
    """The answer when error kept the plugin in folder from being loaded."""
    message = message_of(error) or type(error).__name__
    if needed(error):
        message = needed(error)
    elif not isinstance(error, (NotLoadable, SystemExit)):
        message = f"{type(error).__name__}: {message}"
    data = {"problems": [problem_of(error, message, folder)], "traceback": traceback_of(error)}
    return CallError(LOAD, message, data)


def needed(error: BaseException) -> str:
    """What to install when that is why an import failed, else ""."""
    missing = orm.needs(error)
    return f"needs {missing}: run 'pluggarr python setup'" if missing else ""


class NotLoadable(Exception):
    """A folder that holds no plugin; the message is the whole story."""


def message_of(error: BaseException) -> str:
    """What error says, as Dispatcharr shows it; text even if its ``__str__`` is broken."""
    if isinstance(error, SystemExit):
        return f"the plugin called sys.exit({error.code!r})"
    try:
        return str(error)
    except Exception:
        return f"{type(error).__name__} (its message cannot be shown)"


def traceback_of(error: BaseException) -> str:
    """The traceback of error from the plugin's first frame on; "" when none is the plugin's."""
    first = _plugin_frames(error.__traceback__)
    if first is None:
        return ""
    try:
        text = "".join(traceback.TracebackException(type(error), error, first, compact=True).format())
    except Exception:
        text = f"{type(error).__name__} (its traceback cannot be shown)"
    return text if len(text) <= MAX_TRACEBACK else "…" + text[-MAX_TRACEBACK:]


def _plugin_frames(tb: TracebackType | None) -> TracebackType | None:
    while tb is not None:
        name = tb.tb_frame.f_code.co_filename
        if not name.startswith((_OURS, "<frozen importlib")):
            return tb
        tb = tb.tb_next
    return None


def problem_of(error: BaseException, message: str, folder: str) -> dict[str, Any]:
    """The place of error: a syntax error's own, else the last line inside folder that ran."""
    if isinstance(error, SyntaxError) and error.filename and os.path.isfile(error.filename):
        error = _recompiled(error, error.filename)
        return syntax_problem(error, f"{type(error).__name__}: {error.msg}", folder)
    file, line = "", 0
    with contextlib.suppress(Exception):
        for frame, number in traceback.walk_tb(error.__traceback__):
            name = frame.f_code.co_filename
            if inside(name, folder):
                file, line = name, number
    text = linecache.getline(file, line) if file else ""
    return problem(inner_name(file, folder), line, message, text)


def _recompiled(error: SyntaxError, file: str) -> SyntaxError:
    """The same error with its column in characters, see read_source."""
    try:
        compile(read_source(file), file, "exec", dont_inherit=True)
    except SyntaxError as again:
        return again
    except (OSError, ValueError, RecursionError, MemoryError):
        pass
    return error


def syntax_problem(error: SyntaxError, message: str, folder: str) -> dict[str, Any]:
    """The place of a syntax error, with its column in bytes as compilers count."""
    file, line = error.filename or "", error.lineno or 0
    text = error.text or (linecache.getline(file, line) if line else "")
    offset = error.offset or 0
    column = len(text[: offset - 1].encode("utf-8", "replace")) + 1 if offset > 0 else 0
    made = problem(inner_name(file, folder), line, message, text, offset)
    made["column"] = column
    return made


def problem(file: str, line: int, message: str, text: str = "", offset: int = 0) -> dict[str, Any]:
    """A problem as the protocol has it; text is the source line, offset its character from 1, 0 unknown."""
    made: dict[str, Any] = {"file": file, "line": line, "column": 0, "message": message}
    text = text.rstrip()[:MAX_EXCERPT]
    if line and text:
        start = f"{line} | "
        made["excerpt"] = start + text
        if 0 < offset <= len(text) + 1:
            before = "".join("\t" if char == "\t" else " " for char in text[: offset - 1])
            made["excerpt"] += "\n" + " " * len(start) + before + "^"
    return made


def inside(file: str, folder: str) -> bool:
    """Whether file lies in folder, by the names given or by where links lead."""
    return any(path(file).startswith(path(folder) + os.sep) for path in (os.path.abspath, os.path.realpath))


def inner_name(file: str, folder: str) -> str:
    """The file's name as the author knows it: from the plugin's folder on when it lies there."""
    return os.path.relpath(file, folder) if file and inside(file, folder) else file
