"""The plugins of the host, as a plugin sees them."""

from __future__ import annotations

import os
import threading
from typing import Any

from pluggarr import host
from pluggarr.transactions import outside_of_transactions


class PluginManager:
    """Knows where plugins are and has their actions run."""

    _instance: PluginManager | None = None
    _lock = threading.Lock()

    def __init__(self) -> None:
        self.plugins_dir = os.environ.get("DISPATCHARR_PLUGINS_DIR") or "/data/plugins"

    @classmethod
    def get(cls) -> PluginManager:
        """The one of this process."""
        with cls._lock:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance

    def list_plugins(self) -> list[dict[str, Any]]:
        """The plugins in the database."""
        from apps.plugins.models import PluginConfig

        fields = ("key", "name", "version", "description", "enabled", "ever_enabled")
        return list(PluginConfig.objects.order_by("key").values(*fields))

    def discover_plugins(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Have the host look at the folder when it next does."""
        return {plugin["key"]: plugin for plugin in self.list_plugins()}

    def get_plugin(self, key: str) -> Any:
        """The plugin's object, for the plugin of this process; others live in processes of their own."""
        worker = host.worker()
        return worker.plugin if worker is not None and worker.key == key else None

    def run_action(self, key: str, action: str, params: dict[str, Any] | None = None) -> Any:
        """Run an action and return its result."""
        worker = host.worker()
        if worker is not None and worker.key == key:
            return worker.run_own(action, params or {})
        outside_of_transactions(f"the action {action} of plugin {key}")
        return host.call("plugins.run", {"plugin": key, "action": action, "params": params or {}})
