"""What follows from writing sources of guides."""

from __future__ import annotations

import re
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from apps.epg.models import EPGData, EPGSource
from core.scheduling import delete_periodic_task
from pluggarr.signals import Refresh, follow_activity, follow_schedule, later

REFRESH = Refresh("apps.epg.tasks.refresh_epg_data", "source_id", "epg_source-refresh-")


@receiver(pre_save, sender=EPGSource)
def follow_status(sender: Any, instance: EPGSource, update_fields: Any = None, **_: Any) -> None:
    """A source that is switched off says so in its status."""
    follow_activity(instance, update_fields, EPGSource.STATUS_IDLE, EPGSource.STATUS_DISABLED)


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
    if instance.source_type != "dummy":
        follow_schedule(instance, update_fields, REFRESH)


@receiver(post_delete, sender=EPGSource)
def forget_source(sender: Any, instance: EPGSource, **_: Any) -> None:
    """Its schedule goes with it."""
    delete_periodic_task(f"{REFRESH.prefix}{instance.pk}")
