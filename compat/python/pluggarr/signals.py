"""What signals of the models have in common."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from pluggarr import host

logger = logging.getLogger(__name__)


class Refresh(NamedTuple):
    """How the host reads something anew."""

    task: str  # its task
    argument: str  # what the task calls the row's key
    prefix: str  # of the name of a row's schedule


def follow_activity(instance: Any, update_fields: Any, idle: str, disabled: str) -> None:
    """Have an account or a source that is switched on or off say so in its status."""
    rows = type(instance).objects.filter(pk=instance.pk)
    before = rows.values_list("is_active", flat=True).first()
    if before is None or before == instance.is_active or (update_fields and "is_active" not in update_fields):
        return
    instance.status = idle if instance.is_active else disabled
    if update_fields:
        rows.update(status=instance.status)


def follow_schedule(instance: Any, update_fields: Any, refresh: Refresh) -> None:
    """Have the host refresh it every so many hours; a crontab line that was set by hand stays."""
    from core.scheduling import create_or_update_periodic_task

    if update_fields and not {"refresh_interval", "is_active"} & set(update_fields):
        return
    task = instance.refresh_task
    if task is not None and task.crontab_id:
        type(task).objects.filter(pk=task.pk).update(enabled=instance.is_active)
        return
    task = create_or_update_periodic_task(
        f"{refresh.prefix}{instance.pk}",
        refresh.task,
        {refresh.argument: instance.pk},
        instance.refresh_interval,
        enabled=instance.is_active,
    )
    if instance.refresh_task_id != task.pk:
        instance.refresh_task = task
        type(instance).objects.filter(pk=instance.pk).update(refresh_task=task)


def later(task: Any, *args: Any) -> None:
    """Queue a task that follows from a row, which is saved also when the host does not take it."""
    if not host.attached():
        logger.info("%s is left to the host: this program cannot ask it", task.name)
        return
    try:
        task.delay(*args)
    except host.HostError as error:
        logger.warning("%s was not queued: %s", task.name, error)
