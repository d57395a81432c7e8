"""What is streamed: nothing."""

from __future__ import annotations

from typing import Any


class ChannelStatus:
    """Tells of running channels."""

    @staticmethod
    def get_basic_channel_info(channel_id: Any) -> dict[str, Any] | None:
        """Nothing runs."""
        return None

    @staticmethod
    def get_detailed_channel_info(channel_id: Any) -> dict[str, Any] | None:
        """Nothing runs."""
        return None
