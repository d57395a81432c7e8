"""What would be done with running channels, and what is noted about streams."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import F
from django.utils import timezone

from pluggarr.unsupported import NO_STREAMING, NotSupported

logger = logging.getLogger(__name__)


class ChannelService:
    """Running channels: there are none."""

    @staticmethod
    def initialize_channel(*_: Any, **__: Any) -> bool:
        """Would begin to stream."""
        raise NotSupported("ChannelService.initialize_channel()", NO_STREAMING)

    @staticmethod
    def stop_channel(channel_id: Any) -> dict[str, Any]:
        """End a channel that does not run."""
        return {"status": "error", "message": f"channel {channel_id} is not running: {NO_STREAMING}"}

    @staticmethod
    def stop_client(channel_id: Any, client_id: Any) -> dict[str, Any]:
        """Send somebody away who does not watch."""
        return {"status": "error", "message": f"nobody watches channel {channel_id}: {NO_STREAMING}"}

    @staticmethod
    def _update_stream_stats_in_db(stream_id: Any, **stats: Any) -> bool:
        """Note what was found out about a stream; what is not given stays."""
        from apps.channels.models import Stream

        found = Stream.objects.filter(pk=stream_id).annotate(before=F("stream_stats")).first()
        if found is None:
            logger.warning("there is no stream %s to note anything about", stream_id)
            return False
        known = {name: value for name, value in stats.items() if value is not None}
        found.stream_stats = {**(found.before or {}), **known}
        found.stream_stats_updated_at = timezone.now()
        found.save(update_fields=["stream_stats", "stream_stats_updated_at"])
        return True
