"""What is known of a plugin before any of it runs."""

from __future__ import annotations

import json
import os
import textwrap

import pytest

from pluggarr import manifest


def inspect(write, source, plugin_json=None, **more):
    files = {"plugin.py": source} if source is not None else {}
    if plugin_json is not None:
        files["plugin.json"] = (
            plugin_json if isinstance(plugin_json, (str, bytes)) else json.dumps(plugin_json)
        )
    folder = write("it", files | {name.replace("_py", ".py"): text for name, text in more.items()})
    return manifest.inspect(str(folder))


# name, source, values, and parts of the warnings in their order
LITERALS = [
    (
        "plain",
        """
        class Plugin:
            name = "N"
            version: str = "1"
            fields = [{"id": "a", "default": -1.5, "options": [{"value": "x", "label": "X"}]}]
            actions = [{"id": "b", "events": ("m3u_refresh",), "confirm": {"required": True}}]
            author = None
            def stop(self, context): ...
        """,
        {
            "name": "N",
            "version": "1",
            "author": "",
            "fields": [{"id": "a", "default": -1.5, "options": [{"value": "x", "label": "X"}]}],
            "actions": [{"id": "b", "events": ("m3u_refresh",), "confirm": {"required": True}}],
        },
        [],
    ),
    (
        "constants, joined text and f-strings",
        """
        VERSION = "1." + "2"
        BASE: dict = {"type": "string", "label": "?"}
        COMMON = [{"id": "c"}]
        class Plugin:
            version = VERSION
            name = "My " "Plugin"
            description = f"{name} {VERSION}"
            help_url = ("https://"
                        "example.org")
            fields = [{"id": "a", **BASE, "label": "A"}, *COMMON] + COMMON
        """,
        {
            "version": "1.2",
            "name": "My Plugin",
            "description": "My Plugin 1.2",
            "help_url": "https://example.org",
            "fields": [{"id": "a", "type": "string", "label": "A"}, {"id": "c"}, {"id": "c"}],
        },
        [],
    ),
    (
        "what is computed is left out, as small a part as possible",
        """
        import os
        class Plugin:
            name = os.environ["HOME"]
            fields = [{"id": "a", "default": os.getpid()}, make_field(), {"id": "b"}]
            @property
            def actions(self): return []
        """,
        {"fields": [{"id": "a"}, {"id": "b"}]},
        [
            "plugin.py:4: name ",
            "plugin.py:5: fields[0].default ",
            "plugin.py:5: fields[1] ",
            "plugin.py:7: actions ",
        ],
    ),
    (
        "a constant that is changed later is none",
        """
        FIELDS = [{"id": "a"}]
        FIELDS.append({"id": "b"})
        ACTIONS = [{"id": "a"}]
        ACTIONS[0]["label"] = "A"
        VERSION = "1"
        if VERSION:
            VERSION = "2"
        class Plugin:
            fields, actions, version = FIELDS, ACTIONS, VERSION
            name = "x"
            for name in ("a", "b"): pass
        """,
        {},
        ["name ", "version ", "fields ", "actions "],
    ),
    ("no endless constants", "A = B\nB = A\nclass Plugin:\n  name = A\n", {}, ["name "]),
    (
        "no exploding constants",
        "".join(f"A{n + 1} = [A{n}, A{n}, A{n}, A{n}]\n" for n in range(40)).replace("A0", "'x'")
        + "class Plugin:\n  fields = A40\n",
        None,
        None,
    ),
    ("no exploding text", "A = 'x' * 10\n" + "class Plugin:\n  name = A\n", {}, ["name "]),
    (
        "inherited and renamed",
        """
        class Base:
            author = "B"
            name = "base"
        try:
            class Real(Base):
                name = "real"
        except Exception:
            class Real: name = "other"
        Plugin = Real
        """,
        {"author": "B", "name": "real"},
        [],
    ),
    (
        "set in __init__",
        "class Plugin:\n  def __init__(self):\n    self.fields = []\n",
        {},
        ["plugin.py:3: fields "],
    ),
    ("a factory", "def Plugin(): ...\n", {}, ["no class Plugin"]),
    (
        "Latin-1 by its declaration",
        "# coding: latin-1\nclass Plugin:\n  name = 'é'\n".encode("latin-1"),
        {"name": "é"},
        [],
    ),
    ("a byte order mark", "\ufeffclass Plugin:\n  name = 'é'\n".encode(), {"name": "é"}, []),
]


@pytest.mark.parametrize(
    ("_name", "source", "values", "warnings"), LITERALS, ids=[row[0] for row in LITERALS]
)
def test_literals(write, _name, source, values, warnings):
    found = inspect(write, source)
    assert found.problems == []
    if values is None:
        return  # it is enough that it ended
    assert found.values == values
    assert len(found.warnings) == len(warnings), found.warnings
    for warning, part in zip(found.warnings, warnings, strict=True):
        assert part in warning


def test_has_stop(write):
    assert inspect(write, "class Plugin:\n  def stop(self): ...\n").has_stop
    assert not inspect(write, "class Plugin:\n  def run(self): ...\n").has_stop


def test_only_init(write):
    assert inspect(write, None, __init___py="class Plugin:\n  name = 'I'\n").values == {"name": "I"}


def test_imported_from_a_sibling(write):
    source = "class Impl:\n  name = 'S'\n"
    assert inspect(write, "from .impl import Impl as Plugin\n", impl_py=source).values == {"name": "S"}


def test_imported_in_a_circle(write):
    found = inspect(write, "from .other import Plugin\n", other_py="from .plugin import Plugin\n")
    assert found.values == {}


def test_nothing_runs(write, tmp_path):
    mark = tmp_path / "ran"
    inspect(write, f"open({str(mark)!r}, 'w')\nclass Plugin:\n  name = open({str(mark)!r}, 'w')\n")
    assert not mark.exists()


# name, plugin.json, values, parts of the warnings
JSON = [
    (
        "texts and lists",
        {"name": "J", "fields": [1], "actions": {"a": 1}, "license": "MIT"},
        ["name", "fields", "actions"],
        [],
    ),
    (
        "only texts count",
        {"name": 5, "version": None, "author": "A"},
        ["author"],
        ["name is no text", "version is no text"],
    ),
    ("no object", "[1]", [], []),
    ("no JSON", "{", [], []),
    ("no UTF-8", b'{"name": "\xff"}', [], []),
    ("too deep", "[" * 200_000, [], []),
]


@pytest.mark.parametrize(("_name", "content", "names", "warnings"), JSON, ids=[row[0] for row in JSON])
def test_plugin_json(write, _name, content, names, warnings):
    found = inspect(write, None, content)
    assert sorted(found.values) == sorted(names)
    assert len(found.warnings) == len(warnings)
    for warning, part in zip(found.warnings, warnings, strict=True):
        assert part in warning


def test_plugin_json_comes_first_and_the_class_fills_in(write):
    source = "class Plugin:\n  name = 'C'\n  version = '2'\n  fields = [{'id': 'c'}]\n  author = f()\n"
    found = inspect(write, source, {"name": "J", "version": "", "fields": [], "author": "A"})
    assert found.values == {"name": "J", "version": "2", "fields": [{"id": "c"}], "author": "A"}
    assert found.warnings == []


def test_a_pipe_is_no_file(write, plugins):
    (plugins / "it").mkdir()
    os.mkfifo(plugins / "it" / "plugin.json")
    assert inspect(write, None).values == {}


# name, source, line, column, part of the message
PROBLEMS = [
    ("syntax", "class Plugin:\n    name = = 1\n", 2, 12, "SyntaxError: invalid syntax"),
    ("indentation", "class Plugin:\nname = 1\n", 2, 1, "IndentationError: expected an indented block"),
    ("null byte", b"a = 1\0", None, None, "null byte"),
    ("encoding", b"# coding: nonsense\n", None, None, "unknown encoding"),
    ("not the declared encoding", b"# coding: utf-8\nname = '\xff'\n", None, None, "utf-8"),
    ("too deep", "x = " + "(" * 5000 + "\n", None, None, "nested"),
]


@pytest.mark.parametrize(
    ("_name", "source", "line", "column", "message"), PROBLEMS, ids=[row[0] for row in PROBLEMS]
)
def test_problem(write, _name, source, line, column, message):
    (problem,) = inspect(write, source).problems
    assert problem["file"] == "plugin.py"
    assert message in problem["message"]
    if line is not None:
        assert (problem["line"], problem["column"]) == (line, column)
        assert problem["excerpt"].startswith(f"{line} | ")


def test_a_problem_the_loader_falls_back_from_is_a_warning(write):
    found = inspect(write, "class Plugin\n", __init___py="class Plugin:\n  name = 'I'\n")
    assert (found.values, found.problems) == ({"name": "I"}, [])
    assert found.warnings[0].startswith("plugin.py:1: SyntaxError")


def test_over_the_protocol(worker, write):
    source = textwrap.dedent("""
        class Plugin:
            actions = ({"id": "a"},)
            fields = [{"default": 1e999}]
        """)
    for _ in range(2):
        answer = worker.call("inspect", dir=str(write("My Plugin", {"plugin.py": source})))
        assert answer["problems"] == []
        described = answer["description"]
        assert described["name"] == "My Plugin"
        assert described["fields"] == [{"default": None}]
        assert described["raw_actions"] == []
        assert "actions is a tuple" in described["warnings"][0]
    assert worker.load(write("My Plugin", {}))["name"] == "My Plugin"
