"""The part that would send a stream to a player."""

from __future__ import annotations

from pluggarr.unsupported import Unsupported


class StreamGenerator(Unsupported):
    """Sends a stream to a player."""
