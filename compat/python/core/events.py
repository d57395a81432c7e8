"""What happened, for the log and for plugins."""

from __future__ import annotations

import logging
from typing import Any

from pluggarr import host
from pluggarr.names import EVENTS

logger = logging.getLogger(__name__)

MOST = 100  # events that are kept unless the settings say otherwise


def log_system_event(
    event_type: str, channel_id: Any = None, channel_name: str | None = None, **details: Any
) -> None:
    """Keep an event, and have the plugins called that listen to it."""
    from core.models import CoreSettings, SystemEvent

    try:
        row = SystemEvent.objects.create(
            event_type=event_type, channel_id=channel_id, channel_name=channel_name, details=details
        )
        most = int(CoreSettings.get_system_settings().get("max_system_events") or MOST)
        old = SystemEvent.objects.order_by("-timestamp", "-id").values_list("id", flat=True)[
            most : most + MOST
        ]
        SystemEvent.objects.filter(id__in=list(old)).delete()
    except Exception as error:
        logger.warning("the event %s was not kept: %s", event_type, error)
        return
    if event_type not in EVENTS:
        return
    payload = {"channel_name": row.channel_name, **details}
    host.notify("events.emit", {"name": event_type, "payload": {k: v for k, v in payload.items() if v}})
