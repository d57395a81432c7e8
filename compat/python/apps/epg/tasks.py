"""Refreshing guides. The host does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pluggarr.tasks import host_task
from pluggarr.unsupported import unsupported

refresh_all_epg_data = host_task(f"{__name__}.refresh_all_epg_data", "Refresh every active source.")
refresh_epg_data = host_task(f"{__name__}.refresh_epg_data", "Refresh the source with this id.")
parse_programs_for_tvg_id = host_task(
    f"{__name__}.parse_programs_for_tvg_id", "Read the programmes of the guide channel with this id anew."
)
build_programme_index_task = host_task(
    f"{__name__}.build_programme_index_task", "Note where the source with this id keeps which channel."
)

NO_SCHEDULES_DIRECT = "this host does not speak Schedules Direct"
fetch_schedules_direct_stations = unsupported("fetch_schedules_direct_stations", NO_SCHEDULES_DIRECT)
fetch_sd_guide_for_epg = unsupported("fetch_sd_guide_for_epg", NO_SCHEDULES_DIRECT)
fetch_sd_mapped_guide_batch = unsupported("fetch_sd_mapped_guide_batch", NO_SCHEDULES_DIRECT)


def parse_channels_only(source: Any) -> bool:
    """Read the channels of a source."""
    refresh_epg_data(source.pk)
    return True


def parse_programs_for_source(epg_source: Any, tvg_id: str | None = None) -> bool:
    """Read the programmes of a source."""
    refresh_epg_data(epg_source.pk)
    return True


def dispatch_program_refresh_for_epg_ids(epg_ids: Iterable[int]) -> None:
    """Queue the reading of the programmes of these guide channels."""
    for epg_id in epg_ids:
        parse_programs_for_tvg_id.delay(epg_id)
