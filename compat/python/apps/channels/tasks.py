"""Long work on channels. It is done in the process of the plugin that asks for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from celery import shared_task

from core.utils import send_websocket_update
from pluggarr.guides import Guides
from pluggarr.unsupported import NO_RECORDING, unsupported

MANY, ONE = 80, 75  # how alike names must be, of 100, when many channels or one are matched

logger = logging.getLogger(__name__)

run_recording = unsupported("run_recording", NO_RECORDING)
comskip_process_recording = unsupported("comskip_process_recording", NO_RECORDING)
evaluate_series_rules = unsupported("evaluate_series_rules", NO_RECORDING)
prefetch_recording_artwork = unsupported("prefetch_recording_artwork", NO_RECORDING)


def tell(kind: str, **data: Any) -> None:
    """Say on the page how far it is."""
    send_websocket_update("updates", "update", {"type": kind, **data})


@shared_task(name="apps.channels.tasks.match_epg_channels")
def match_epg_channels() -> str:
    """Give guides to the channels that have none."""
    from apps.channels.models import Channel

    return _match(Channel.objects.filter(epg_data=None))


@shared_task(name="apps.channels.tasks.match_selected_channels_epg")
def match_selected_channels_epg(channel_ids: list[int]) -> str:
    """Give guides to these channels, also to those that have one."""
    from apps.channels.models import Channel

    return _match(Channel.objects.filter(pk__in=list(channel_ids)))


def _match(channels: Any) -> str:
    guides, rows, found = Guides(), list(channels), []
    for done, channel in enumerate(rows, 1):
        guide = guides.match(channel, MANY)
        if guide and guide != channel.epg_data_id:
            channel.epg_data_id = guide
            channel.save(update_fields=["epg_data"])
            found.append({"channel_id": channel.pk, "epg_data_id": guide})
        tell(
            "epg_matching_progress",
            total=len(rows),
            matched=len(found),
            remaining=len(rows) - done,
            current_channel=channel.name,
            stage="completed" if done == len(rows) else "matching",
            progress_percent=round(done * 100 / len(rows)),
        )
    message = f"{len(found)} of {len(rows)} channels were given a guide"
    tell(
        "epg_match",
        success=True,
        refresh_channels=True,
        matches_count=len(found),
        message=message,
        associations=found,
    )
    return message


@shared_task(name="apps.channels.tasks.match_single_channel_epg")
def match_single_channel_epg(channel_id: int) -> dict[str, Any]:
    """Give a guide to this channel."""
    from apps.channels.models import Channel

    channel = Channel.objects.get(pk=channel_id)
    guide = Guides().match(channel, ONE)
    answer: dict[str, Any] = {
        "channel_id": channel_id,
        "matched": bool(guide),
        "message": "no guide has such a name",
    }
    if guide:
        channel.epg_data_id = guide
        channel.save(update_fields=["epg_data"])
        answer |= {
            "message": f"{channel.name} was given {channel.epg_data.name}",
            "epg_id": guide,
            "epg_name": channel.epg_data.name,
        }
    tell("single_channel_epg_match", **answer)
    return answer


@shared_task(name="apps.channels.tasks.set_channels_names_from_epg")
def set_channels_names_from_epg(channel_ids: Iterable[int]) -> dict[str, Any]:
    """Name channels as their guides do."""
    return _copy("epg_name_setting_progress", channel_ids, "name", "name")


@shared_task(name="apps.channels.tasks.set_channels_tvg_ids_from_epg")
def set_channels_tvg_ids_from_epg(channel_ids: Iterable[int]) -> dict[str, Any]:
    """Give channels the tvg_id of their guides."""
    return _copy("epg_tvg_id_setting_progress", channel_ids, "tvg_id", "tvg_id")


@shared_task(name="apps.channels.tasks.set_channels_logos_from_epg")
def set_channels_logos_from_epg(
    channel_ids: Iterable[int] | None = None, epg_source_id: int | None = None
) -> dict[str, Any]:
    """Give channels the logos of their guides."""
    from apps.channels.models import Channel, Logo

    channels = Channel.objects.exclude(epg_data=None).select_related("epg_data")
    if channel_ids is not None:
        channels = channels.filter(pk__in=list(channel_ids))
    if epg_source_id is not None:
        channels = channels.filter(epg_data__epg_source_id=epg_source_id)
    changed, made = [], 0
    for channel in channels:
        if channel.epg_data.icon_url:
            logo, created = Logo.objects.get_or_create(
                url=channel.epg_data.icon_url, defaults={"name": channel.epg_data.name[:255]}
            )
            made += created
            if channel.logo_id != logo.pk:
                channel.logo = logo
                changed.append(channel)
    Channel.objects.bulk_update(changed, ["logo"], batch_size=500)
    answer = {"status": "completed", "updated_count": len(changed), "created_logos_count": made}
    tell("epg_logo_setting_progress", progress=len(changed), total=len(changed), **answer)
    return answer


def _copy(kind: str, channel_ids: Iterable[int], to: str, column: str) -> dict[str, Any]:
    from apps.channels.models import Channel

    changed = []
    channels = (
        Channel.objects.filter(pk__in=list(channel_ids)).exclude(epg_data=None).select_related("epg_data")
    )
    for channel in channels:
        value = getattr(channel.epg_data, column)
        if value and getattr(channel, to) != value:
            setattr(channel, to, value)
            changed.append(channel)
    Channel.objects.bulk_update(changed, [to], batch_size=500)
    answer = {"status": "completed", "updated_count": len(changed)}
    tell(kind, progress=len(changed), total=len(changed), **answer)
    return answer


@shared_task(name="apps.channels.tasks.bulk_create_channels_from_streams")
def bulk_create_channels_from_streams(
    stream_ids: list[int],
    channel_profile_ids: list[int] | None = None,
    starting_channel_number: float | None = None,
) -> dict[str, Any]:
    """Make a channel of each stream. Numbers: None is the provider's, 0 the lowest free one, -1 after the
    highest, any other from there on. Profiles: None is all, an empty list none.
    """
    from apps.channels.create import create_channels

    made, errors = create_channels(stream_ids, channel_profile_ids, starting_channel_number)
    answer = {
        "status": "completed",
        "created_count": len(made),
        "error_count": len(errors),
        "errors": errors[:10],
    }
    tell("bulk_channel_creation_progress", progress=len(stream_ids), total=len(stream_ids), **answer)
    tell("channels_created", count=len(made))
    return answer
