"""The plugin of ../refresh_all_go in Python."""

from typing import Any


class Plugin:
    """What the host shows of the plugin, and what it calls."""

    name = "Refresh Everything"
    version = "1.0.0"
    description = "Refreshes all playlists and guides."

    actions = [
        {
            "id": "refresh",
            "label": "Refresh",
            "confirm": {"title": "Refresh everything?", "message": "This may take a while."},
        },
    ]

    def run(self, action: str, params: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
        """Queue the refreshes; the host does them, one after the other."""
        from apps.epg.tasks import refresh_all_epg_data
        from apps.m3u.tasks import refresh_m3u_accounts

        refresh_m3u_accounts.delay()
        refresh_all_epg_data.delay()
        context["logger"].info("queued")
        return {"status": "queued", "message": "Both are on their way."}
