"""What a worker does with its plugin: context, results, failures, logs, stop."""

from __future__ import annotations

import os

import pytest

from tests.harness import Failure

PLUGIN, CANCELLED, PERMISSION = -32000, -32001, -32002
INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, VERSION = -32600, -32601, -32602, -32003

ECHO = """
class Plugin:
    actions = [{"id": "raw"}]
    def run(self, action, params, context):
        logger = context.pop("logger")
        return {"action": action, "params": params, "context": context, "logger": logger.name}
"""


def test_context(loaded):
    worker = loaded(ECHO)
    assert worker.run("x", {"a": 1}, settings={"s": None}) == {
        "action": "x",
        "params": {"a": 1},
        "context": {"settings": {"s": None}, "actions": {"raw": {"id": "raw"}}},
        "logger": "apps.plugins.loader",
    }
    assert worker.call("start", settings={}, actions={"b": {"id": "b", "label": "B"}}, fields=[]) is None
    assert worker.run()["context"]["actions"] == {"b": {"id": "b", "label": "B"}}


@pytest.mark.parametrize(
    ("given", "seen"),
    [(None, {}), ([], {}), ("", {}), (0, {}), ([1], [1]), ("text", "text"), ({"event": "e"}, {"event": "e"})],
)
def test_params(loaded, given, seen):
    assert loaded(ECHO).run("x", given)["params"] == seen


def test_event_without_params(loaded):
    event = {"name": "m3u_refresh", "payload": {"account_name": "A"}}
    seen = loaded(ECHO).run("x", None, event=event)["params"]
    assert seen == {"event": "m3u_refresh", "payload": {"account_name": "A"}}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("{'status': 'error', 1: 2}", {"status": "error", "1": 2}),
        ("None", {"status": "ok", "result": None}),
        ("'text'", {"status": "ok", "result": "text"}),
        ("[1, (2, 3)]", {"status": "ok", "result": [1, [2, 3]]}),
        ("__import__('collections').OrderedDict(b=1, a=2)", {"b": 1, "a": 2}),
        ("__import__('datetime').date(2026, 1, 2)", {"status": "ok", "result": "2026-01-02"}),
        ("(n for n in 'ab')", {"status": "ok", "result": ["a", "b"]}),
    ],
)
def test_result(loaded, expression, result):
    worker = loaded(f"class Plugin:\n    def run(self, *_):\n        return {expression}\n")
    assert worker.run() == result
    assert worker.logs() == []


def test_odd_result_is_text_with_a_warning(loaded):
    worker = loaded("class Plugin:\n    def run(self, *_):\n        return {'a': self, 'b': self}\n")
    assert worker.run()["a"].startswith("<_dispatcharr_plugin_it.plugin.Plugin object")
    (log,) = worker.logs()
    assert (log["level"], log["run"]) == ("warning", "r1")
    assert "a Plugin is no JSON value" in log["message"]


# name, body of run, code, message, type; None: any
FAILURES = [
    ("exception", "raise ValueError('no way')", PLUGIN, "no way", "ValueError"),
    ("exception without text", "raise ValueError", PLUGIN, "", "ValueError"),
    ("permission", "raise PermissionError('not you')", PERMISSION, "not you", "PermissionError"),
    ("a missing file", "open('/nowhere/at/all')", PLUGIN, None, "FileNotFoundError"),
    ("sys.exit", "import sys; sys.exit(3)", PLUGIN, "the plugin called sys.exit(3)", "SystemExit"),
    ("interrupt", "raise KeyboardInterrupt('k')", PLUGIN, "k", "KeyboardInterrupt"),
    ("recursion", "return self.run(*_)", PLUGIN, None, "RecursionError"),
    ("nan", "return {'x': float('nan')}", PLUGIN, None, None),
    (
        "cycle",
        "x = {}; x['x'] = x; return x",
        PLUGIN,
        "the action's result is no JSON: it contains itself",
        None,
    ),
    ("too big", "return 'x' * (65 << 20)", PLUGIN, None, None),
    ("text that fails", "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})", PLUGIN, None, "E"),
    (
        "result that fails",
        "return type('R', (), {'__str__': lambda s: 1 / 0})()",
        PLUGIN,
        None,
        "ZeroDivisionError",
    ),
]


@pytest.mark.parametrize(("_name", "body", "code", "message", "kind"), FAILURES)
def test_failure_is_one_failed_call(loaded, _name, body, code, message, kind):
    source = f"class Plugin:\n    def run(self, *_):\n        if _[0] == 'ok': return 1\n        {body}\n"
    worker = loaded(source)
    with pytest.raises(Failure) as caught:
        worker.run("bad")
    assert caught.value.code == code
    assert caught.value.data.get("type") == kind
    if message is not None:
        assert caught.value.message == message
    assert worker.run("ok")["result"] == 1


def test_traceback_holds_the_plugins_frames_alone(loaded):
    worker = loaded("""
        def inner():
            try:
                {}["a"]
            except KeyError:
                raise ValueError("b")
        class Plugin:
            def run(self, *_):
                inner()
        """)
    with pytest.raises(Failure) as caught:
        worker.run()
    trace = caught.value.data["traceback"]
    assert "KeyError: 'a'" in trace
    assert trace.endswith("ValueError: b\n")
    assert "pluggarr/worker.py" not in trace


def test_no_run(loaded):
    worker = loaded("class Plugin:\n    run = None\n")
    with pytest.raises(Failure, match="Plugin 'it' has no runnable 'run' method"):
        worker.run()


def test_logs(loaded):
    worker = loaded("""
        import logging, threading
        class Bad:
            def __str__(self): raise OSError
            __repr__ = __str__
        class Plugin:
            def run(self, action, params, context):
                log = context["logger"]
                log.debug("unseen")
                log.info("a %s", 1)
                logging.getLogger("mine").warning("odd %d", "x")
                log.error(Bad())
                log.error("%s", Bad())
                log.info("\\udc80 é")
                log.warning("x" * 100000)
                try:
                    1 / 0
                except ZeroDivisionError:
                    log.exception("oops")
                thread = threading.Thread(target=log.critical, args=["outside"])
                thread.start()
                thread.join()
        """)
    worker.run(run="r7")
    logs = worker.logs()
    assert [(log["level"], log["run"]) for log in logs] == [
        ("info", "r7"),
        ("warning", "r7"),
        ("error", "r7"),
        ("error", "r7"),
        ("info", "r7"),
        ("warning", "r7"),
        ("error", "r7"),
        ("error", ""),
    ]
    texts = [log["message"] for log in logs]
    assert texts[0] == "a 1"
    assert "attrs" not in logs[0]
    assert "'odd %d'" in texts[1]
    assert logs[1]["attrs"] == {"logger": "mine"}
    assert "cannot be shown" in texts[2]
    assert texts[4] == "\udc80 é"
    assert len(texts[5]) < 70_000
    assert texts[6].startswith("oops\nTraceback")
    assert texts[7] == "outside"


def test_runs_at_once_keep_their_logs_apart(loaded):
    worker = loaded("""
        import threading
        class Plugin:
            gate = threading.Barrier(20)
            def run(self, action, params, context):
                self.gate.wait()
                context["logger"].info(action)
                return action
        """)
    calls = [worker.begin("run", run=f"r{n}", action=f"r{n}") for n in range(20)]
    assert [worker.answer(call)["result"] for call in calls] == [f"r{n}" for n in range(20)]
    assert sorted((log["run"], log["message"]) for log in worker.logs()) == sorted(
        (f"r{n}",) * 2 for n in range(20)
    )


STOPS = [
    (
        "with the context",
        "def stop(self, c): print(sorted(c), c['reason'])",
        "['actions', 'logger', 'reason', 'settings'] disable",
    ),
    ("without", "def stop(self): print('stopped')", "stopped"),
    (
        "by the action",
        "actions = [{'id': 'stop'}]\n    def run(self, a, p, c): print(a, p, c['reason'])",
        "stop {} disable",
    ),
    ("not at all", "def run(self, a, p, c): print(a)", ""),
    ("no callable", "stop = 1", ""),
]


@pytest.mark.parametrize(("_name", "body", "printed"), STOPS, ids=[row[0] for row in STOPS])
def test_stop(loaded, _name, body, printed):
    worker = loaded(f"class Plugin:\n    {body}\n")
    assert worker.call("stop", reason="disable", settings={}) is None
    assert worker.hang_up() == 0
    assert worker.output(worker.out).strip() == printed


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def stop(self, c): raise ValueError('no')", "no"),
        ("def stop(self, c): raise TypeError('inside')", "inside"),
        ("def stop(self): raise ValueError('inside')", "inside"),
        ("def stop(self, c): raise SystemExit(1)", "the plugin called sys.exit(1)"),
    ],
)
def test_stop_that_fails(loaded, body, message):
    worker = loaded(f"class Plugin:\n    {body}\n")
    with pytest.raises(Failure) as caught:
        worker.call("stop", reason="reload")
    assert (caught.value.code, caught.value.message) == (PLUGIN, message)
    assert worker.hang_up() == 0


def test_stop_before_describe_does_nothing(worker, write):
    worker.hello(write("it", {"plugin.py": "class Plugin:\n    def stop(self): print('no')\n"}))
    assert worker.call("stop", reason="shutdown") is None


def test_order_of_methods(worker, write):
    def code(method, **params):
        with pytest.raises(Failure) as caught:
            worker.call(method, **params)
        return caught.value.code

    folder = write("it", {"plugin.py": ECHO})
    assert code("describe") == INVALID_REQUEST
    assert code("run", action="x") == INVALID_REQUEST
    assert code("inspect") == INVALID_PARAMS
    with pytest.raises(Failure, match="speaks protocol 1, the host 2") as caught:
        worker.hello(folder, protocol=2)
    assert caught.value.code == VERSION
    assert worker.hello(folder)["runtime"] == "python"
    assert code("hello", protocol=1, key="it", dir=str(folder)) == INVALID_REQUEST
    assert code("inspect", dir=str(folder)) == INVALID_REQUEST
    assert code("run", action="x") == INVALID_REQUEST
    assert code("options", field="x") == UNKNOWN_METHOD


def test_working_folder_is_the_data_folder(loaded, plugins):
    worker = loaded("import os\nclass Plugin:\n    def run(self, *_):\n        return os.getcwd()\n")
    assert os.path.realpath(worker.run()["result"]) == os.path.realpath(plugins)
