"""How a plugin's folder is imported: each test is one rule of Dispatcharr's loader."""

from __future__ import annotations

import pytest

from pluggarr.loader import package_name
from tests.harness import Failure

LOAD = -32005

# A plugin whose run evaluates what the test asks for, inside the plugin's module.
PROBE = """
import sys
class Plugin:
    def run(self, action, params, context):
        return {"is": eval(action, globals())}
"""


def ask(worker, expression):
    return worker.run(expression)["is"]


@pytest.mark.parametrize(
    ("key", "package"),
    [
        ("my_plugin", "_dispatcharr_plugin_my_plugin"),
        ("my-plugin.2", "_dispatcharr_plugin_my_plugin_2"),
        ("überall", "_dispatcharr_plugin__berall"),
        ("2fast", "_dispatcharr_plugin_p_2fast"),
        ("", "_dispatcharr_plugin_p_"),
    ],
)
def test_package_name(key, package):
    assert package_name(key) == package


# name, folder, files, and what expressions inside the plugin's module must give
RULES = [
    (
        "plugin.py runs in a package of its own",
        "Some Plugin",
        {"plugin.py": PROBE},
        {
            "__name__": "_dispatcharr_plugin_some_plugin.plugin",
            "__package__": "_dispatcharr_plugin_some_plugin",
            "sys.modules[__package__].plugin is sys.modules[__name__]": True,
        },
    ),
    (
        "the folder's __init__.py is not run when there is a plugin.py",
        "both",
        {"plugin.py": PROBE, "__init__.py": "raise RuntimeError('ran')"},
        {"__name__": "_dispatcharr_plugin_both.plugin"},
    ),
    (
        "a package alone runs as the package",
        "alone",
        {"__init__.py": PROBE},
        {"__name__": "_dispatcharr_plugin_alone", "__package__": "_dispatcharr_plugin_alone"},
    ),
    (
        "__init__.py stands in for a plugin.py that fails",
        "fallback",
        {
            "plugin.py": "from .part import value\nraise RuntimeError('no')",
            "part.py": "value = 1",
            "__init__.py": PROBE,
        },
        {
            "__name__": "_dispatcharr_plugin_fallback",
            "'_dispatcharr_plugin_fallback.plugin' in sys.modules": False,
            "'_dispatcharr_plugin_fallback.part' in sys.modules": False,
        },
    ),
    (
        "__init__.py stands in for a plugin.py without Plugin",
        "empty_one",
        {"plugin.py": "x = 1", "__init__.py": PROBE},
        {"__name__": "_dispatcharr_plugin_empty_one"},
    ),
    (
        "relative imports find siblings and their parts",
        "relative",
        {"plugin.py": "from .sub.deep import value\nfrom . import helper\n" + PROBE}
        | {"sub/__init__.py": "", "sub/deep.py": "from .. import helper\nvalue = helper.value"}
        | {"helper.py": "value = 7"},
        {"value": 7, "helper.__name__": "_dispatcharr_plugin_relative.helper"},
    ),
    (
        "a folder with __init__.py is known by its own name too",
        "with_init",
        {"plugin.py": PROBE, "__init__.py": ""},
        {
            "sys.modules['with_init'] is sys.modules[__package__]": True,
            "sys.modules['with_init.plugin'] is sys.modules[__name__]": True,
        },
    ),
    (
        "a folder without __init__.py is not, yet imports by path",
        "no_init",
        {"plugin.py": PROBE, "helper.py": "value = 7"},
        {"'no_init' in sys.modules": False, "__import__('no_init.helper').helper.value": 7},
    ),
    (
        "a name of the standard library stays what it is",
        "colorsys",
        {"plugin.py": PROBE, "__init__.py": ""},
        {"'colorsys' in sys.modules": False, "hasattr(__import__('colorsys'), 'rgb_to_hls')": True},
    ),
    (
        "a name that is already imported stays what it is",
        "pluggarr",
        {"plugin.py": PROBE, "__init__.py": ""},
        {"hasattr(sys.modules['pluggarr'], 'worker')": True},
    ),
    (
        "a folder whose name is no identifier has no other name",
        "dash-ed",
        {"plugin.py": PROBE, "__init__.py": ""},
        {"'dash-ed' in sys.modules": False},
    ),
    (
        "the plugins folder is the last place modules come from",
        "last",
        {"plugin.py": PROBE},
        {"sys.path[-1] == __file__.rsplit('/', 2)[0]": True, "sys.path.count(sys.path[-1])": 1},
    ),
    (
        "source is compiled as it is and nothing is written beside it",
        "clean",
        {"plugin.py": "from . import helper\n" + PROBE, "helper.py": ""},
        {"sorted(__import__('os').listdir(__file__.rsplit('/', 1)[0]))": ["helper.py", "plugin.py"]},
    ),
    (
        "Plugin may be any callable",
        "factory",
        {"plugin.py": PROBE.replace("class Plugin", "class _Hidden") + "def Plugin(): return _Hidden()"},
        {"__name__": "_dispatcharr_plugin_factory.plugin"},
    ),
]


@pytest.mark.parametrize(
    ("folder", "files", "answers"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES]
)
def test_rule(worker, write, folder, files, answers):
    worker.load(write(folder, files), key=folder.replace(" ", "_").lower())
    assert {question: ask(worker, question) for question in answers} == answers


# name, files, what the message must hold, and the place
FAILURES = [
    (
        "a sibling is no top-level module",
        {"plugin.py": "import helper", "helper.py": ""},
        "No module named 'helper'",
        1,
    ),
    (
        "an exception",
        {"plugin.py": "x = 1\ndef f():\n  1 / 0\nf()\n"},
        "ZeroDivisionError: division by zero",
        3,
    ),
    ("sys.exit", {"plugin.py": "import sys\nsys.exit(3)"}, "the plugin called sys.exit(3)", 2),
    ("a syntax error", {"plugin.py": "\nclass Plugin\n"}, "SyntaxError: expected ':'", 2),
    ("a null byte", {"plugin.py": b"x = 1\0\n"}, "null bytes", None),
    ("an unknown encoding", {"plugin.py": b"# coding: nonsense\n"}, "unknown encoding: nonsense", None),
    ("no Plugin", {"plugin.py": "plugin = 1"}, "plugin.py has no class Plugin", 0),
    (
        "misspelt",
        {"__init__.py": "", "Plugin.py": "class Plugin: pass"},
        "__init__.py has no class Plugin; rename Plugin.py to plugin.py",
        0,
    ),
    ("Plugin is no callable", {"plugin.py": "Plugin = 'x'"}, "Plugin in plugin.py is a str, not a class", 0),
    ("nothing at all", {"readme.txt": ""}, "neither plugin.py nor __init__.py", 0),
    (
        "both fail: the last",
        {"plugin.py": "raise OSError('a')", "__init__.py": "\nraise OSError('b')"},
        "OSError: b",
        2,
    ),
    (
        "the second has no Plugin: the first",
        {"plugin.py": "raise OSError('a')", "__init__.py": ""},
        "OSError: a",
        1,
    ),
]


@pytest.mark.parametrize(
    ("files", "message", "line"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES]
)
def test_load_failure(worker, write, files, message, line):
    with pytest.raises(Failure) as caught:
        worker.hello(write("bad", files))
    assert caught.value.code == LOAD
    assert message in caught.value.message
    (problem,) = caught.value.data["problems"]
    if line is not None:
        assert (problem["line"], problem["file"]) == (line, problem["file"] if line else "")
    with pytest.raises(Failure, match="after a hello that loaded"):
        worker.call("describe")


def test_load_failure_shows_the_line(worker, write):
    with pytest.raises(Failure) as caught:
        worker.hello(write("bad", {"plugin.py": "from .part import x\n", "part.py": "é = 1; y = = 2\n"}))
    (problem,) = caught.value.data["problems"]
    assert problem == {
        "file": "part.py",
        "line": 1,
        "column": 13,  # in bytes; the mark below counts characters
        "message": "SyntaxError: invalid syntax",
        "excerpt": "1 | é = 1; y = = 2\n               ^",
    }
    trace = caught.value.data["traceback"]
    assert "plugin.py" in trace
    assert "pluggarr/loader.py" not in trace


def test_constructor_failure(worker, write):
    source = "class Plugin:\n    def __init__(self):\n        self.x = {}['gone']\n"
    worker.hello(write("bad", {"plugin.py": source}))
    with pytest.raises(Failure) as caught:
        worker.call("describe")
    assert caught.value.code == LOAD
    assert caught.value.message == "KeyError: 'gone'"
    assert caught.value.data["problems"][0]["line"] == 3


def test_hello_runs_the_module_and_not_the_constructor(worker, write):
    source = "print('module')\nclass Plugin:\n    def __init__(self):\n        print('constructor')\n"
    worker.hello(write("it", {"plugin.py": source}))
    worker.hang_up()
    assert worker.output(worker.out) == "module\n"


def test_module_and_constructor_run_on_the_main_thread(worker, write):
    source = """
        import signal
        signal.signal(signal.SIGUSR1, lambda *_: None)
        class Plugin:
            def __init__(self):
                signal.signal(signal.SIGUSR2, lambda *_: None)
            @property
            def name(self):
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                return "N"
            def stop(self, context):
                signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        """
    assert worker.load(write("it", {"plugin.py": source}))["name"] == "N"
    assert worker.call("stop", reason="disable") is None


@pytest.mark.parametrize(
    ("source", "manifest", "expected"),
    [
        ("", "", {"name": "it", "version": "", "fields": [], "raw_actions": []}),
        ("name = 'A'; version = '1'", '{"name": "B", "version": "2"}', {"name": "A", "version": "1"}),
        ("name = ''", '{"name": "B"}', {"name": "B"}),
        ("name = 'it'", '{"name": "B"}', {"name": "B"}),
        ("version = None; author = 5", '{"version": "2"}', {"version": "2", "author": "5"}),
        ("fields = []", '{"fields": [{"id": "x"}]}', {"fields": [{"id": "x"}]}),
        ("fields = [{'id': 'y'}]", '{"fields": [{"id": "x"}]}', {"fields": [{"id": "y"}]}),
        ("actions = ({'id': 'y'},)", "", {"raw_actions": []}),
        ("fields = {'id': 'y'}", "", {"fields": {"id": "y"}}),
        (
            "fields = [{'x': float('nan'), 'at': {1, }, 2: 3}]",
            "",
            {"fields": [{"x": None, "at": [1], "2": 3}]},
        ),
        ("def __init__(self): self.version = '9'", "", {"version": "9"}),
        ("stop = 3", "", {"has_stop": False}),
        ("def stop(self): pass", "", {"has_stop": True}),
        ("", '["no object"]', {"name": "it"}),
    ],
)
def test_describe(worker, write, source, manifest, expected):
    files = {"plugin.py": f"class Plugin:\n    {source or 'pass'}\n"}
    if manifest:
        files["plugin.json"] = manifest
    described = worker.load(write("it", files))
    assert {name: described[name] for name in expected} == expected
    assert described["runtime"] == "python"
