"""Questions about channels that look at what was overridden by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

# The columns that an override may hold too.
OVERRIDDEN = (
    "name",
    "channel_number",
    "channel_group_id",
    "logo_id",
    "tvg_id",
    "tvc_guide_stationid",
    "epg_data_id",
    "stream_profile_id",
)
FOREIGN = ("channel_group", "logo", "epg_data", "stream_profile")


class ChannelQuerySet(models.QuerySet):
    """Channels."""

    def active(self) -> ChannelQuerySet:
        """All of them: a channel is never switched off as a whole."""
        return self.all()

    def with_effective_values(self, select_related_fks: bool = False) -> ChannelQuerySet:
        """Add effective_name and the like: what was set by hand, else the channel's own."""
        found = self.annotate(
            **{f"effective_{name}": Coalesce(f"override__{name}", name) for name in OVERRIDDEN}
        ).select_related("override")
        if select_related_fks:
            found = found.select_related(*FOREIGN, *(f"override__{name}" for name in FOREIGN))
        return found


class ChannelManager(models.Manager.from_queryset(ChannelQuerySet)):
    """``Channel.objects``."""


def with_effective_values(channels: Any, select_related_fks: bool = False) -> Any:
    """Add the effective values to a query for channels."""
    return channels.with_effective_values(select_related_fks=select_related_fks)


def epg_ids_mapped_to_channels(epg_ids: Iterable[int] | None = None) -> set[int]:
    """The guide channels that some channel uses, of those given or of all."""
    from apps.channels.models import Channel, ChannelOverride

    found: set[int] = set()
    for model in (Channel, ChannelOverride):
        rows = model.objects.exclude(epg_data_id=None)
        if epg_ids is not None:
            rows = rows.filter(epg_data_id__in=list(epg_ids))
        found.update(rows.values_list("epg_data_id", flat=True))
    return found


def is_epg_mapped_to_channel(epg: Any) -> bool:
    """Whether some channel uses this guide channel, given as a row or by id."""
    return bool(epg_ids_mapped_to_channels([getattr(epg, "pk", epg)]))


def smallest_free(taken: set[float], start: float) -> int:
    """The smallest whole number from start on that is not taken."""
    number = max(math.ceil(start), 1)
    while number in taken:
        number += 1
    return number
