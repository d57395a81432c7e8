"""Which guide channel belongs to a channel, by their names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

# Words that say nothing of which channel it is.
NOISE = frozenset(
    [
        "tv",
        "channel",
        "network",
        "hd",
        "uhd",
        "fhd",
        "sd",
        "4k",
        "720p",
        "1080p",
        "2160p",
        "1080i",
        "the",
        "east",
        "west",
    ]
)
CALL_SIGN = re.compile(r"^[A-Z]{3,5}$")


def normal(name: str, ignored: Iterable[str] = ()) -> str:
    """What is left of a name to be compared."""
    for words in ignored:
        name = name.replace(words, " ")
    kept = [inner for inner in re.findall(r"\(([^)]*)\)", name) if CALL_SIGN.match(inner)]
    name = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", name)
    words = re.sub(r"[^\w\s]", " ", " ".join([name, *kept]).lower()).split()
    return " ".join(word for word in words if word not in NOISE)


def ratio(one: str, other: str) -> float:
    """How alike two names are, 0 to 100."""
    try:
        from rapidfuzz import fuzz
    except ImportError:
        return difflib.SequenceMatcher(None, one, other).ratio() * 100
    return fuzz.ratio(one, other)


class Guides:
    """The guide channels of the active sources, for many questions."""

    def __init__(self) -> None:
        from apps.epg.models import EPGData
        from core.models import CoreSettings

        self._ignored = (
            *CoreSettings.get_epg_match_ignore_prefixes(),
            *CoreSettings.get_epg_match_ignore_suffixes(),
            *CoreSettings.get_epg_match_ignore_custom(),
        )
        rows = EPGData.objects.filter(epg_source__is_active=True).order_by("-epg_source__priority", "pk")
        self._names: list[tuple[str, int]] = []
        self._ids: dict[str, int] = {}
        for pk, tvg_id, name in rows.values_list("pk", "tvg_id", "name"):
            if tvg_id:
                self._ids.setdefault(tvg_id.strip().lower(), pk)
            self._names.append((normal(name, self._ignored), pk))

    def match(self, channel: Any, least: float) -> int | None:
        """The guide channel of a channel, None when no name is alike enough."""
        for tvg_id in (channel.tvg_id, channel.tvc_guide_stationid):
            found = self._ids.get((tvg_id or "").strip().lower())
            if found:
                return found
        name = normal(channel.name, self._ignored)
        if not name:
            return None
        best = max(((ratio(name, other), -pk) for other, pk in self._names if other), default=(0, 0))
        return -best[1] if best[0] >= least else None
