"""Films for players, which this host does not pass on."""

from __future__ import annotations

from pluggarr.unsupported import NO_STREAMING, Unsupported, unsupported


class VODStreamView(Unsupported):
    """Answers a player."""

    _get_m3u_profile = unsupported("_get_m3u_profile", NO_STREAMING)
    get = unsupported("get", NO_STREAMING)
