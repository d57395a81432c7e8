"""The plugin of ../my_plugin_go in Python."""

from typing import Any


class Plugin:
    """What the host shows of the plugin, and what it calls."""

    name = "My Plugin"
    version = "0.1.0"
    description = "Does something useful"

    fields = [
        {"id": "enabled", "type": "boolean", "label": "Enabled", "default": True},
        {"id": "limit", "type": "number", "label": "Item limit", "default": 5},
        {
            "id": "mode",
            "type": "select",
            "label": "Mode",
            "default": "safe",
            "options": [{"value": "safe", "label": "Safe"}, {"value": "fast", "label": "Fast"}],
        },
        {"id": "note", "type": "string", "label": "Note", "default": ""},
    ]

    actions = [{"id": "do_work", "label": "Do Work", "description": "Process items"}]

    def run(self, action: str, params: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
        """Run one action; the settings are the saved ones over the defaults."""
        if action != "do_work":
            return {"status": "error", "message": f"Unknown action {action}"}
        limit, mode = int(context["settings"]["limit"]), context["settings"]["mode"]
        context["logger"].info("My Plugin running with limit=%d, mode=%s", limit, mode)
        return {"status": "ok", "processed": limit, "mode": mode}
