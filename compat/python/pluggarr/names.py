"""Names that are the same on both sides of the protocol."""

from __future__ import annotations

# The events that plugins and integrations hear of, and what users read.
EVENTS = {
    "channel_start": "Channel Started",
    "channel_stop": "Channel Stopped",
    "channel_reconnect": "Channel Reconnected",
    "channel_error": "Channel Error",
    "channel_failover": "Channel Failover",
    "stream_switch": "Stream Switch",
    "recording_start": "Recording Started",
    "recording_end": "Recording Ended",
    "epg_refresh": "EPG Refreshed",
    "m3u_refresh": "M3U Refreshed",
    "client_connect": "Client Connected",
    "client_disconnect": "Client Disconnected",
    "login_failed": "Login Failed",
    "epg_blocked": "EPG Blocked",
    "m3u_blocked": "M3U Blocked",
    "vod_start": "VOD Started",
    "vod_stop": "VOD Stopped",
}

# The events that are only kept.
KEPT_EVENTS = ("channel_buffering", "m3u_download", "epg_download", "login_success", "logout")

# All of them, as the choices of a field.
ALL_EVENTS = (*EVENTS.items(), *((name, name.replace("_", " ").capitalize()) for name in KEPT_EVENTS))
