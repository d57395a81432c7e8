"""Does, action by action, what plugins do to their workers; suite/main.go behaves the same."""

import os
import subprocess
import sys
import threading


class Plugin:
    name = "Suite"
    version = "1.2.3"
    description = "Does what plugins do to workers."
    author = "Pluggarr"
    help_url = "https://example.org/suite"
    fields = [
        {"id": "limit", "label": "Limit", "type": "number", "default": 5},
        {
            "id": "mode",
            "label": "Mode",
            "type": "select",
            "default": "safe",
            "options": [{"value": "safe", "label": "Safe"}, {"value": "fast", "label": "Fast"}],
        },
    ]
    actions = [
        {"id": "echo", "label": "Echo"},
        {"id": "event", "label": "Event", "events": ["m3u_refresh"]},
        {"id": "pid", "label": "Pid"},
        {"id": "report", "label": "Report"},
        {"id": "print", "label": "Print"},
        {"id": "flood", "label": "Flood"},
        {"id": "fail", "label": "Fail"},
        {"id": "crash", "label": "Crash"},
        {"id": "wait", "label": "Wait"},
        {"id": "deaf", "label": "Deaf"},
        {"id": "garbled", "label": "Garbled"},
        {"id": "vandalise", "label": "Vandalise"},
        {"id": "arm", "label": "Arm"},
    ]

    def __init__(self):
        self._stop_deaf = False

    def run(self, action, params, context):
        method = getattr(self, "_" + action, None)
        if method is None:
            return {"status": "error", "message": f"Unknown action {action}"}
        return method(params, context)

    def stop(self, context):
        context["logger"].info("stopping: " + context["reason"])
        if self._stop_deaf:
            threading.Event().wait()

    def _echo(self, params, context):
        settings = context["settings"]
        return {"status": "ok", "zeta": params.get("text", ""), "alpha": settings["limit"], "mode": settings["mode"]}

    def _event(self, params, context):
        if "event" not in params:
            return {"status": "error", "message": "no event"}
        return {"status": "ok", "event": params["event"], "payload": params["payload"]}

    def _pid(self, params, context):
        return {"status": "ok", "pid": os.getpid()}

    def _report(self, params, context):
        context["logger"].debug("not so important")
        context["logger"].warning("looking at %s", params["text"])
        return {"status": "ok", "message": "looked"}

    def _print(self, params, context):
        print("out: " + params["text"])
        print("err: " + params["text"], file=sys.stderr)
        return {"status": "ok"}

    def _flood(self, params, context):
        line = "x" * 999
        for _ in range(params["count"] // 1000):
            print(line)
            print(line, file=sys.stderr)
        return {"status": "ok"}

    def _fail(self, params, context):
        raise RuntimeError("the tuner is on fire")

    def _crash(self, params, context):
        kind = params.get("text")
        if kind == "missing":
            return {}["first"]  # missing is here
        if kind == "range":
            return [][0]  # range is here
        if kind == "exit":
            os._exit(7)
        if kind == "fatal":
            sys.exit("there is no way on")
        if kind == "goexit":
            raise KeyboardInterrupt
        if kind == "stray":
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
            return {"status": "ok"}
        if kind == "stack":
            return {"status": "ok", "deep": self._dig(1)}
        if kind == "memory":
            return {"status": "ok", "held": len([bytes(1 << 20) for _ in range(10 << 10)])}
        if kind == "huge":
            return {"status": "ok", "all": "x" * (100 << 20)}
        if kind == "cycle":
            loop = {}
            loop["self"] = loop
            return loop
        raise ValueError("boom")  # boom is here

    def _dig(self, depth):
        return self._dig(depth + 1) + 1

    def _wait(self, params, context):
        context["logger"].info("waiting")
        tick = threading.Event()
        while True:
            tick.wait(0.01)

    def _deaf(self, params, context):
        context["logger"].info("waiting")
        if params.get("text") == "block":
            threading.Event().wait()
        while True:
            pass

    def _garbled(self, params, context):
        return {"status": "ok", "channel": float("nan")}

    def _vandalise(self, params, context):
        for fd in range(11):
            for act in (lambda fd=fd: os.write(fd, b"garbage\n"), lambda fd=fd: os.close(fd)):
                try:
                    act()
                except OSError:
                    pass
        return {"status": "ok"}

    def _arm(self, params, context):
        self._stop_deaf = True
        return {"status": "ok"}

    # What the interpreter does not let Go plugins do.

    def _bomb(self, params, context):
        while True:
            os.fork()

    def _release(self, params, context):
        script = "setsid env -i sleep 1000 >/dev/null 2>&1 & echo $!"
        return {"status": "ok", "pid": int(subprocess.check_output(["/bin/sh", "-c", script]))}

    def _spawn(self, params, context):
        child = subprocess.Popen(["sleep", "1000"])
        return {"status": "ok", "pid": child.pid}
