"""What follows from writing sources of guides."""

from __future__ import annotations

import re
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from apps.epg.models import EPGData, EPGSource
from core.scheduling import create_or_update_periodic_task, delete_periodic_task
from pluggarr.signals import later

REFRESH = "apps.epg.tasks.refresh_epg_data"


@receiver(pre_save, sender=EPGSource)
def follow_activity(sender: Any, instance: EPGSource, update_fields: Any = None, **_: Any) -> None:
    """A source that is switched off says so in its status."""
    before = EPGSource.objects.filter(pk=instance.pk).values_list("is_active", flat=True).first()
    if before is None or before == instance.is_active or (update_fields and "is_active" not in update_fields):
        return
    instance.status = EPGSource.STATUS_IDLE if instance.is_active else EPGSource.STATUS_DISABLED
    if update_fields:
        EPGSource.objects.filter(pk=instance.pk).update(status=instance.status)


@receiver(post_save, sender=EPGSource)
def follow_source(
    sender: Any, instance: EPGSource, created: bool, update_fields: Any = None, **_: Any
) -> None:
    """A source has a schedule; a dummy one has a channel."""
    if created and instance.source_type == "dummy":
        slug = re.sub(r"[^a-z0-9]+", "_", instance.name.lower()).strip("_")
        EPGData.objects.get_or_create(
            tvg_id=f"dummy_{slug}", epg_source=instance, defaults={"name": instance.name}
        )
        from core.utils import send_websocket_event

        send_websocket_event(
            "epg_data_created", True, {"source_id": instance.pk, "source_name": instance.name}
        )
    if created and instance.is_active and instance.source_type == "xmltv":
        from apps.epg.tasks import refresh_epg_data

        later(refresh_epg_data, instance.pk)
    if instance.source_type != "dummy" and (
        not update_fields or {"refresh_interval", "is_active"} & set(update_fields)
    ):
        schedule(instance)


def schedule(instance: EPGSource) -> None:
    """Have the host refresh the source every so many hours; a crontab line that was set by hand stays."""
    task = instance.refresh_task
    if task is not None and task.crontab_id:
        type(task).objects.filter(pk=task.pk).update(enabled=instance.is_active)
        return
    task = create_or_update_periodic_task(
        f"epg_source-refresh-{instance.pk}",
        REFRESH,
        {"source_id": instance.pk},
        instance.refresh_interval,
        enabled=instance.is_active,
    )
    if instance.refresh_task_id != task.pk:
        instance.refresh_task = task
        EPGSource.objects.filter(pk=instance.pk).update(refresh_task=task)


@receiver(post_delete, sender=EPGSource)
def forget_source(sender: Any, instance: EPGSource, **_: Any) -> None:
    """Its schedule goes with it."""
    delete_periodic_task(f"epg_source-refresh-{instance.pk}")
