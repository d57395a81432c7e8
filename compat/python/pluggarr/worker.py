"""One plugin in one process: what each method of the protocol does with it."""

from __future__ import annotations

import contextlib
import inspect
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from pluggarr import encoding, failures, host, logs, manifest, orm
from pluggarr.loader import Loader
from pluggarr.protocol import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PLUGIN,
    VERSION,
    VERSION_MISMATCH,
    CallError,
    Cancelled,
    Connection,
    Methods,
)


class Worker:
    """The plugin of this process, from its folder to its end."""

    def __init__(self) -> None:
        self._key = ""
        self._folder = ""
        self._factory: Callable[[], Any] | None = None  # the plugin's Plugin, once hello loaded it
        self._plugin: Any = None  # what it returned, once describe called it
        self._actions: dict[str, Any] = {}
        self._described: dict[str, int] = {}  # the hash of each list as it was described last
        self._settings: Any = {}  # as the host last gave them
        self._logger = logging.getLogger(logs.PLUGIN_LOGGER)

    @property
    def key(self) -> str:
        """The key of the plugin, "" before hello."""
        return self._key

    @property
    def plugin(self) -> Any:
        """What the plugin's ``Plugin`` returned, None before describe."""
        return self._plugin

    def run_own(self, action: str, params: dict[str, Any]) -> Any:
        """Run an action for the plugin's own code."""
        return self._instance().run(action, params, self._context({"settings": self._settings}))

    def task(self, params: dict[str, Any]) -> str:
        """Run a task of Celery's that the plugin has queued."""
        from pluggarr import tasks

        self._instance()
        try:
            return tasks.perform(params)
        except (Cancelled, CallError):
            raise
        except BaseException as error:
            raise failures.call_failed(error) from None
        finally:
            orm.close_all()

    def saved(self, params: dict[str, Any]) -> str:
        """Tell the plugin's receivers that the host has refreshed something."""
        if self._plugin is None or not orm.loaded():
            return "null"
        from pluggarr import refreshed

        try:
            refreshed.tell(params)
        except Cancelled:
            raise
        except BaseException as error:
            raise failures.call_failed(error) from None
        finally:
            orm.close_all()
        self._tell_changes()
        return "null"

    def inspect(self, params: dict[str, Any]) -> str:
        """Read a folder's metadata without running anything of it."""
        if self._key:
            raise CallError(INVALID_REQUEST, "inspect comes before hello")
        folder = _text(params, "dir")
        found = manifest.inspect(folder)
        name = os.path.basename(folder.rstrip("/"))
        return json.dumps({"description": manifest.description(found, name), "problems": found.problems})

    def hello(self, params: dict[str, Any]) -> str:
        """Import the plugin's code; ``Plugin`` is not called yet."""
        if self._key:
            raise CallError(INVALID_REQUEST, "hello was already said")
        if params.get("protocol") != VERSION:
            theirs = params.get("protocol")
            message = f"this worker speaks protocol {VERSION}, the host {theirs}; both must be of one release"
            raise CallError(VERSION_MISMATCH, message)
        self._key, self._folder = _text(params, "key"), _text(params, "dir")
        if params.get("data"):
            with contextlib.suppress(OSError):
                os.chdir(params["data"])
        parent = os.path.dirname(os.path.abspath(self._folder))
        plugins_dir = os.environ.get("DISPATCHARR_PLUGINS_DIR") or parent
        try:
            self._factory = Loader(self._folder, self._key, plugins_dir).load()
        except Cancelled:
            raise
        except BaseException as error:
            raise failures.load_failed(error, self._folder) from None
        return json.dumps({"protocol": VERSION, "runtime": "python", "version": python_version()})

    def describe(self, _params: dict[str, Any]) -> str:
        """Call ``Plugin`` if that was not done yet and read what it says of itself now."""
        if self._factory is None:
            raise CallError(INVALID_REQUEST, "describe comes after a hello that loaded the plugin")
        try:
            if self._plugin is None:
                self._plugin = self._factory()
            found = self._read_instance(manifest.read_json(self._folder))
            described = manifest.description(found, self._key)
        except Cancelled:
            raise
        except BaseException as error:
            raise failures.load_failed(error, self._folder) from None
        finally:
            orm.close_all()
        if not self._actions:
            self._actions = _by_id(described["raw_actions"])
        return json.dumps(described)

    def _read_instance(self, said: manifest.Metadata) -> manifest.Metadata:
        """The instance's attributes; plugin.json fills what they leave empty."""
        found = manifest.Metadata(warnings=said.warnings)
        for name in manifest.TEXTS:
            value = getattr(self._plugin, name, "")
            found.values[name] = value if isinstance(value, str) else "" if value is None else str(value)
        if found.values["name"] == self._key:
            found.values["name"] = ""
        for name in manifest.LISTS:
            found.values[name] = getattr(self._plugin, name, [])
            self._described[name] = hash(repr(found.values[name]))
        for name, value in said.values.items():
            if not found.values[name]:
                found.values[name] = value
        found.has_stop = callable(getattr(self._plugin, "stop", None))
        return found

    def _tell_changes(self) -> None:
        """Have the host ask anew when what was described is computed, or was changed since."""
        with contextlib.suppress(Exception):  # what the plugin puts there may refuse to be looked at
            for name, before in self._described.items():
                if computed(self._plugin, name) or hash(repr(getattr(self._plugin, name, []))) != before:
                    host.changed()
                    return

    def start(self, params: dict[str, Any]) -> str:
        """Keep the actions as the host normalised them, for ``context["actions"]``."""
        self._settings = params.get("settings") or {}
        actions = params.get("actions")
        if isinstance(actions, dict):
            self._actions = actions
        return "null"

    def run(self, params: dict[str, Any]) -> str:
        """Run one action and return its result as Dispatcharr would."""
        run = getattr(self._instance(), "run", None)
        if not callable(run):
            raise CallError(PLUGIN, f"Plugin '{self._key}' has no runnable 'run' method")
        given = params.get("params") or {}
        event = params.get("event")
        if event and not given:
            given = {"event": event.get("name"), "payload": event.get("payload") or {}}
        token = logs.current_run.set(str(params.get("run") or ""))
        try:
            result = run(params.get("action"), given, self._context(params))
            if not isinstance(result, dict):
                result = {"status": "ok", "result": result}
            return encoding.encode(result, lambda text: self._logger.warning("result: %s", text))
        except encoding.NotJSON as error:
            raise CallError(PLUGIN, f"the action's result is no JSON: {error}") from None
        except Cancelled:
            raise
        except BaseException as error:  # sys.exit too ends the call alone
            raise failures.call_failed(error) from None
        finally:
            logs.current_run.reset(token)
            orm.close_all()
            self._tell_changes()

    def stop(self, params: dict[str, Any]) -> str:
        """Let the plugin end what it started."""
        if self._plugin is None:
            return "null"
        context = self._context(params)
        if params.get("reason"):
            context["reason"] = params["reason"]
        try:
            self._stop(context)
        except Cancelled:
            raise
        except BaseException as error:
            raise failures.call_failed(error) from None
        return "null"

    def _stop(self, context: dict[str, Any]) -> None:
        stop = getattr(self._plugin, "stop", None)
        if callable(stop):
            try:
                stop(context)
                return
            except TypeError as error:  # its stop takes nothing, or it raised this itself
                first = error
            try:
                stop()
            except TypeError:
                raise first from None
        elif "stop" in self._actions and callable(getattr(self._plugin, "run", None)):
            self._plugin.run("stop", {}, context)

    def _instance(self) -> Any:
        if self._plugin is None:
            raise CallError(INVALID_REQUEST, "the plugin was not described yet, so it is not loaded")
        return self._plugin

    def _context(self, params: dict[str, Any]) -> dict[str, Any]:
        settings = params.get("settings")
        return {
            "settings": {} if settings is None else settings,
            "logger": self._logger,
            "actions": dict(self._actions),
        }


def python_version() -> str:
    """The running Python's version, as in "3.13.0"."""
    return ".".join(str(part) for part in sys.version_info[:3])


def computed(plugin: Any, name: str) -> bool:
    """Whether an attribute is computed whenever it is read."""
    return hasattr(type(inspect.getattr_static(plugin, name, None)), "__get__")


def _text(params: dict[str, Any], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise CallError(INVALID_PARAMS, f"{name} is missing")
    return value


def _by_id(actions: Any) -> dict[str, Any]:
    whole = [action for action in actions if isinstance(action, dict)] if isinstance(actions, list) else []
    return {action["id"]: action for action in whole if isinstance(action.get("id"), str)}


def serve(stream: int) -> NoReturn:
    """Answer the host on stream until it hangs up."""
    worker = Worker()
    connection = Connection(
        stream,
        Methods(
            main={"inspect": worker.inspect, "hello": worker.hello},
            either={
                "describe": worker.describe,
                "stop": worker.stop,
                "run": worker.run,
                "task": worker.task,
            },
            pool={"start": worker.start, "saved": worker.saved},
        ),
    )
    logs.install(connection)
    host.attach(connection, worker)
    connection.serve()
