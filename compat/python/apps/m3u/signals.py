"""What follows from writing accounts."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from apps.m3u.models import M3UAccount, M3UAccountProfile
from core.scheduling import create_or_update_periodic_task, delete_periodic_task
from pluggarr.signals import later

REFRESH = "apps.m3u.tasks.refresh_single_m3u_account"


@receiver(pre_save, sender=M3UAccount)
def follow_activity(sender: Any, instance: M3UAccount, update_fields: Any = None, **_: Any) -> None:
    """An account that is switched off says so in its status."""
    before = M3UAccount.objects.filter(pk=instance.pk).values_list("is_active", flat=True).first()
    if before is None or before == instance.is_active or (update_fields and "is_active" not in update_fields):
        return
    instance.status = M3UAccount.Status.IDLE if instance.is_active else M3UAccount.Status.DISABLED
    if update_fields:
        M3UAccount.objects.filter(pk=instance.pk).update(status=instance.status)


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
    if not update_fields or {"refresh_interval", "is_active"} & set(update_fields):
        schedule(instance)


def schedule(instance: M3UAccount) -> None:
    """Have the host refresh the account every so many hours; a crontab line that was set by hand stays."""
    task = instance.refresh_task
    if task is not None and task.crontab_id:
        type(task).objects.filter(pk=task.pk).update(enabled=instance.is_active)
        return
    task = create_or_update_periodic_task(
        f"m3u_account-refresh-{instance.pk}",
        REFRESH,
        {"account_id": instance.pk},
        instance.refresh_interval,
        enabled=instance.is_active,
    )
    if instance.refresh_task_id != task.pk:
        instance.refresh_task = task
        M3UAccount.objects.filter(pk=instance.pk).update(refresh_task=task)


@receiver(post_delete, sender=M3UAccount)
def forget_account(sender: Any, instance: M3UAccount, **_: Any) -> None:
    """Its schedule goes with it."""
    delete_periodic_task(f"m3u_account-refresh-{instance.pk}")
