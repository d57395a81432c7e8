"""Refreshing accounts. The host does it."""

from __future__ import annotations

from typing import Any

from pluggarr.tasks import host_task

refresh_m3u_accounts = host_task(
    f"{__name__}.refresh_m3u_accounts", "Queue a refresh of every active account."
)
refresh_single_m3u_account = host_task(
    f"{__name__}.refresh_single_m3u_account", "Refresh the account with this id: its groups and streams."
)
refresh_m3u_groups = host_task(
    f"{__name__}.refresh_m3u_groups", "Read the groups of the account with this id."
)
sync_auto_channels = host_task(
    f"{__name__}.sync_auto_channels",
    "Make, change and remove the channels that follow the account with this id.",
)
refresh_account_profiles = host_task(
    f"{__name__}.refresh_account_profiles", "Ask the server about every login of the account with this id."
)
refresh_account_info = host_task(
    f"{__name__}.refresh_account_info", "Ask the server about the login with this id."
)
check_account_expirations = host_task(
    f"{__name__}.check_account_expirations", "Tell of accounts that end soon."
)


def process_groups(account: Any, groups: dict[str, Any], scan_start_time: Any = None) -> None:
    """Make the groups of an account that are not there yet."""
    from django.utils import timezone

    from apps.channels.models import ChannelGroup, ChannelGroupM3UAccount

    enabled = (account.custom_properties or {}).get("auto_enable_new_groups_live", True)
    seen = scan_start_time or timezone.now()
    for name, properties in groups.items():
        group, _ = ChannelGroup.objects.get_or_create(name=name)
        values = {"last_seen": seen, "is_stale": False}
        made = {"enabled": enabled, "custom_properties": properties or {}, **values}
        ChannelGroupM3UAccount.objects.update_or_create(
            channel_group=group, m3u_account=account, defaults=values, create_defaults=made
        )
