"""Results and metadata of plugins as JSON, in the forms Django REST framework gives them."""

from __future__ import annotations

import datetime
import decimal
import json
import math
import re
import sys
import uuid
from collections.abc import Callable
from typing import Any

# The host's decoder takes 10,000 levels; the frame around a result needs a few.
MAX_DEPTH = 9_000

Warn = Callable[[str], None]


class NotJSON(ValueError):
    """A value that no JSON can hold; the message says why."""


def encode(value: Any, warn: Warn) -> str:
    """Return value as compact JSON.

    warn hears, once a call, of values that are neither plain nor known and became their ``str()``.
    Raises NotJSON for cycles, NaN and infinities; exceptions of the value's own code pass through.
    """
    plain = _Plain(warn)
    try:
        text = _dumps(value, plain)
    except TypeError:  # a key that is neither text nor a number
        text = _dumps(_guard(plain.rebuild, value), plain)
    return _shallow(text)


def encode_safe(value: Any, warn: Warn) -> str:
    """Return value as JSON whatever it is: NaN and infinities as null, what is no JSON at all as null."""
    plain = _Plain(warn)
    try:
        return _shallow(_dumps(_guard(plain.rebuild, value), plain))
    except NotJSON as error:
        warn(str(error))
        return "null"


def _dumps(value: Any, plain: _Plain) -> str:
    encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=plain.convert)
    return _guard(encoder.encode, value)


def _guard(function: Callable[[Any], Any], value: Any) -> Any:
    try:
        return function(value)
    except RecursionError:
        raise NotJSON("it is nested too deeply or contains itself") from None
    except ValueError as error:
        if "Circular reference" in str(error):
            raise NotJSON("it contains itself") from None
        if "JSON compliant" in str(error):
            raise NotJSON("it contains nan or an infinity, which JSON does not have") from None
        raise


def _shallow(text: str) -> str:
    """Refuse what the host could not decode; only newer Pythons encode so deep at all."""
    if sys.version_info >= (3, 12) and text.count("[") + text.count("{") > MAX_DEPTH:
        depth = 0
        for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
            if token[0] in "[{":
                depth += 1
                if depth > MAX_DEPTH:
                    raise NotJSON(f"it is nested more than {MAX_DEPTH} levels deep")
            elif token[0] in "]}":
                depth -= 1
    return text


class _Plain:
    """Turns objects into what JSON has. Remembers what it read: an iterator can be read only once."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._warned = False
        self._done: dict[int, tuple[Any, Any]] = {}  # id → the object, kept alive, and its plain form

    def convert(self, value: Any) -> Any:
        """The plain form of an object that is no JSON type; its parts may need converting again."""
        done = self._done.get(id(value))
        if done is None:
            done = self._done[id(value)] = (value, self._convert(value))
        return done[1]

    def _convert(self, value: Any) -> Any:
        scalar = _scalar(value)
        if scalar is not None:
            return scalar
        if hasattr(value, "tolist"):  # numpy
            return value.tolist()
        if hasattr(value, "keys") and hasattr(value, "__getitem__"):
            return {key: value[key] for key in value.keys()}  # noqa: SIM118 - it need not be a dict
        if hasattr(value, "__iter__") and not isinstance(value, type):
            return list(value)
        if not self._warned:
            self._warned = True
            self._warn(f"a {type(value).__name__} is no JSON value; its str() is used")
        return str(value)

    def rebuild(self, value: Any) -> Any:
        """A copy of value with text keys and without numbers that JSON does not have."""
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if value is None or isinstance(value, (str, int)):
            return value
        if isinstance(value, dict):
            return {_key(key): self.rebuild(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.rebuild(item) for item in value]
        return self.rebuild(self.convert(value))


def _scalar(value: Any) -> str | float | None:
    match value:
        case datetime.datetime():
            text = value.isoformat()
            made: str | float = text[:-6] + "Z" if text.endswith("+00:00") else text
        case datetime.date() | datetime.time():
            made = value.isoformat()
        case datetime.timedelta():
            made = str(value.total_seconds())
        case decimal.Decimal():
            made = float(value)
        case uuid.UUID():
            made = str(value)
        case bytes() | bytearray() | memoryview():
            made = bytes(value).decode("utf-8", "replace")
        case _:
            return None
    return made


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    scalar = _scalar(key)
    return str(key) if scalar is None else str(scalar)
