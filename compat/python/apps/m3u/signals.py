"""What follows from writing accounts."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from apps.m3u.models import M3UAccount, M3UAccountProfile
from core.scheduling import delete_periodic_task
from pluggarr.signals import Refresh, follow_activity, follow_schedule, later

REFRESH = Refresh("apps.m3u.tasks.refresh_single_m3u_account", "account_id", "m3u_account-refresh-")


@receiver(pre_save, sender=M3UAccount)
def follow_status(sender: Any, instance: M3UAccount, update_fields: Any = None, **_: Any) -> None:
    """An account that is switched off says so in its status."""
    follow_activity(instance, update_fields, M3UAccount.Status.IDLE, M3UAccount.Status.DISABLED)


@receiver(post_save, sender=M3UAccount)
def follow_account(
    sender: Any, instance: M3UAccount, created: bool, update_fields: Any = None, **_: Any
) -> None:
    """An account has a default profile and a schedule."""
    if created:
        M3UAccountProfile.objects.get_or_create(
            m3u_account=instance,
            is_default=True,
            defaults={
                "name": f"{instance.name} Default",
                "max_streams": instance.max_streams,
                "search_pattern": "^(.*)$",
                "replace_pattern": "$1",
            },
        )
        if instance.account_type == M3UAccount.Types.STADNARD and not instance.locked:
            from apps.m3u.tasks import refresh_m3u_groups

            later(refresh_m3u_groups, instance.pk)
    elif not update_fields or "max_streams" in update_fields:
        profiles = M3UAccountProfile.objects.filter(m3u_account=instance, is_default=True)
        profiles.exclude(max_streams=instance.max_streams).update(max_streams=instance.max_streams)
    follow_schedule(instance, update_fields, REFRESH)


@receiver(post_delete, sender=M3UAccount)
def forget_account(sender: Any, instance: M3UAccount, **_: Any) -> None:
    """Its schedule goes with it."""
    delete_periodic_task(f"{REFRESH.prefix}{instance.pk}")
