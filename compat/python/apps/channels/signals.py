"""What follows from writing channels and streams."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver

from apps.channels.models import (
    Channel,
    ChannelOverride,
    ChannelProfile,
    ChannelProfileMembership,
    ChannelStream,
    Stream,
)
from apps.m3u.models import M3UAccount
from pluggarr.signals import later

CHUNK = 1000  # memberships that are inserted at once


@receiver(pre_save, sender=Stream)
def own_stream(sender: Any, instance: Stream, **_: Any) -> None:
    """A stream of no account is one that somebody entered by hand."""
    if instance.m3u_account_id is not None:
        return
    try:
        instance.m3u_account = M3UAccount.get_custom_account()
    except M3UAccount.DoesNotExist:
        raise ValueError("there is no account 'custom' for streams without one") from None
    instance.is_custom = True


@receiver(post_save, sender=Stream)
def hash_stream(sender: Any, instance: Stream, created: bool, **_: Any) -> None:
    """A stream that was entered by hand is told apart by its id."""
    if created and instance.is_custom and not instance.stream_hash:
        instance.stream_hash = hashlib.sha256(f"custom_stream_{instance.pk}".encode()).hexdigest()
        Stream.objects.filter(pk=instance.pk).update(stream_hash=instance.stream_hash)


@receiver(m2m_changed, sender=Channel.streams.through)
def name_channel(sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, **_: Any) -> None:
    """A channel without a tvg_id takes that of the first stream it is given."""
    if action != "post_add" or reverse or not pk_set or instance.tvg_id:
        return
    tvg_id = Stream.objects.filter(pk=min(pk_set)).values_list("tvg_id", flat=True).first()
    if tvg_id:
        instance.tvg_id = tvg_id
        Channel.objects.filter(pk=instance.pk).update(tvg_id=tvg_id)


@receiver(post_save, sender=Channel)
def read_programmes(
    sender: Any, instance: Channel, created: bool, update_fields: Any = None, **_: Any
) -> None:
    """A channel that is given a guide wants its programmes."""
    if created or (update_fields and "epg_data" in update_fields):
        _want(instance.epg_data)


@receiver(post_save, sender=ChannelOverride)
def read_overridden(
    sender: Any, instance: ChannelOverride, created: bool, update_fields: Any = None, **_: Any
) -> None:
    """So does one whose guide was set by hand."""
    if created or not update_fields or "epg_data" in update_fields:
        _want(instance.epg_data)


def _want(guide: Any) -> None:
    if guide is None or guide.epg_source is None or guide.epg_source.source_type == "dummy":
        return
    from apps.epg.tasks import parse_programs_for_tvg_id

    later(parse_programs_for_tvg_id, guide.pk)


@receiver(post_save, sender=ChannelProfile)
def fill_profile(sender: Any, instance: ChannelProfile, created: bool, **_: Any) -> None:
    """A new profile shows every channel."""
    if created:
        channels = Channel.objects.values_list("pk", flat=True)
        rows = [ChannelProfileMembership(channel_profile=instance, channel_id=pk) for pk in channels]
        ChannelProfileMembership.objects.bulk_create(rows, CHUNK, ignore_conflicts=True)


@receiver([post_save, post_delete], sender=ChannelStream)
def roll_up_catchup(sender: Any, instance: ChannelStream, **_: Any) -> None:
    """A channel goes as far back as the best of its streams."""
    links = ChannelStream.objects.filter(channel_id=instance.channel_id, stream__is_catchup=True)
    days = list(links.values_list("stream__catchup_days", flat=True))
    best = {"is_catchup": bool(days), "catchup_days": max(days, default=0)}
    Channel.objects.filter(pk=instance.channel_id).exclude(**best).update(**best)
