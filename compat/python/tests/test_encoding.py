"""What results of plugins become as JSON."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import types
import uuid

import pytest

from pluggarr.encoding import MAX_DEPTH, NotJSON, encode, encode_safe

UTC = dt.timezone.utc


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Thing:
    def __str__(self):
        return "a thing"


class Row:
    """Like a mapping, without being a dict."""

    def keys(self):
        return ["a"]

    def __getitem__(self, key):
        return key * 2


def refuse(text):
    raise AssertionError(f"warned: {text}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, 2.5, True, None, "ü\ud800"]}, r'{"a":[1,2.5,true,null,"\u00fc\ud800"]}'),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 6, UTC), '"2026-01-02T03:04:05.000006Z"'),
        (dt.datetime(2026, 1, 2, 3, 4), '"2026-01-02T03:04:00"'),
        (dt.date(2026, 1, 2), '"2026-01-02"'),
        (dt.time(3, 4, 5, 600), '"03:04:05.000600"'),
        (dt.timedelta(minutes=1, microseconds=1), '"60.000001"'),
        (decimal.Decimal("1.50"), "1.5"),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (b"\xc3\xbc\xff", r'"\u00fc\ufffd"'),
        ((1, 2), "[1,2]"),
        ({"only"}, '["only"]'),
        ({"a": 1}.keys(), '["a"]'),
        ((n * n for n in range(3)), "[0,1,4]"),
        ([iter([1]), iter([b"x"])], '[[1],["x"]]'),
        (types.MappingProxyType({"a": {1}}), '{"a":[1]}'),
        (Row(), '{"a":"aa"}'),
        (Level.HIGH, "3"),
        ({1: "a", None: "b", False: "c", 2.5: "d"}, '{"1":"a","null":"b","false":"c","2.5":"d"}'),
        (
            {(1, 2): iter("ab"), uuid.UUID(int=1): 1},
            '{"(1, 2)":["a","b"],"00000000-0000-0000-0000-000000000001":1}',
        ),
        (10**30, "1" + "0" * 30),
    ],
)
def test_encode(value, expected):
    assert encode(value, refuse) == expected


def test_other_objects_become_text_with_one_warning():
    warnings = []
    assert encode([Thing(), Color.RED, Thing], warnings.append).startswith('["a thing","Color.RED","<class')
    assert warnings == ["a Thing is no JSON value; its str() is used"]


def cycle():
    made = {}
    made["self"] = made
    return made


def cycle_with_odd_keys():
    return {(1, 2): cycle()}


def deep(levels):
    made = []
    for _ in range(levels):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("nan"), "nan or an infinity"),
        ([float("-inf")], "nan or an infinity"),
        (decimal.Decimal("NaN"), "nan or an infinity"),
        (cycle(), "contains itself"),
        (cycle_with_odd_keys(), "contains itself"),
        (deep(MAX_DEPTH + 10), "nested"),
        (deep(200_000), "nested"),
    ],
    ids=["nan", "inf", "decimal", "cycle", "cycle with odd keys", "deep", "deeper"],
)
def test_not_json(value, why):
    with pytest.raises(NotJSON, match=why):
        encode(value, refuse)


def test_errors_of_the_values_own_code_pass_through():
    class Angry:
        def __iter__(self):
            raise LookupError("no")

    with pytest.raises(LookupError):
        encode(Angry(), refuse)


def test_encode_safe_never_refuses():
    warnings = []
    assert json.loads(encode_safe({1: [float("nan"), {2}]}, warnings.append)) == {"1": [None, [2]]}
    assert warnings == []
    assert encode_safe(cycle(), warnings.append) == "null"
    assert len(warnings) == 1
