"""The part that would hold the connections."""

from __future__ import annotations

from pluggarr.unsupported import Unsupported


class ProxyServer(Unsupported):
    """Holds the connections to providers."""
