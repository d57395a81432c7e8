"""Channels made of streams."""

from __future__ import annotations

from django.db import transaction

from apps.channels.managers import smallest_free
from apps.channels.models import (
    Channel,
    ChannelOverride,
    ChannelProfile,
    ChannelProfileMembership,
    ChannelStream,
    Logo,
    Stream,
)
from apps.epg.models import EPGData

FREE, AFTER = 0, -1


class Numbers:
    """Gives out channel numbers that nobody has."""

    def __init__(self, start: float | None) -> None:
        self._taken = {n for n in Channel.objects.values_list("channel_number", flat=True) if n is not None}
        self._taken.update(
            n for n in ChannelOverride.objects.values_list("channel_number", flat=True) if n is not None
        )
        self._start = start
        self._next = max(self._taken, default=0) + 1 if start == AFTER else max(start or 0, 1)

    def take(self, stream: Stream) -> float:
        """The number for a stream's channel."""
        number = stream.stream_chno if self._start is None else None
        if number is None or number in self._taken:
            number = smallest_free(self._taken, self._next)
        self._taken.add(number)
        return number


def create_channels(
    stream_ids: list[int], profile_ids: list[int] | None, start: float | None
) -> tuple[list[Channel], list[str]]:
    """Make the channels; returns them, and what could not be made."""
    streams = Stream.objects.in_bulk(list(stream_ids))
    profiles = ChannelProfile.objects.all()
    if profile_ids is not None and list(profile_ids) != [0]:
        profiles = profiles.filter(pk__in=list(profile_ids))
    numbers, made = Numbers(start), []
    errors = [f"there is no stream {pk}" for pk in stream_ids if pk not in streams]
    for pk in stream_ids:
        if pk in streams:
            with transaction.atomic():  # one each, so that nobody waits long
                made.append(_create(streams[pk], numbers, list(profiles)))
    return made, errors


def _create(stream: Stream, numbers: Numbers, profiles: list[ChannelProfile]) -> Channel:
    logo = None
    if stream.logo_url:
        logo, _ = Logo.objects.get_or_create(url=stream.logo_url, defaults={"name": stream.name[:255]})
    guide = EPGData.objects.filter(tvg_id=stream.tvg_id).first() if stream.tvg_id else None
    channel = Channel.objects.create(
        channel_number=numbers.take(stream),
        name=stream.name,
        tvg_id=stream.tvg_id,
        tvc_guide_stationid=(stream.custom_properties or {}).get("tvc-guide-stationid"),
        channel_group=stream.channel_group,
        logo=logo,
        epg_data=guide,
        is_adult=stream.is_adult,
    )
    ChannelStream.objects.create(channel=channel, stream=stream, order=0)
    ChannelProfileMembership.objects.bulk_create(
        [ChannelProfileMembership(channel_profile=profile, channel=channel) for profile in profiles],
        ignore_conflicts=True,
    )
    return channel
