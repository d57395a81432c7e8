"""Tasks that the host runs again and again."""

from __future__ import annotations

import json
from typing import Any

from core.models import CoreSettings

FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


def parse_cron_expression(expression: str) -> dict[str, str]:
    """The five fields of a crontab line by their names; ValueError when there are not five."""
    words = (expression or "").split()
    if len(words) != len(FIELDS):
        raise ValueError(
            f"{expression!r} has {len(words)} fields, five are wanted: minute hour day month weekday"
        )
    return dict(zip(FIELDS, words, strict=True))


def create_or_update_periodic_task(
    task_name: str,
    celery_task_path: str,
    kwargs: dict[str, Any] | None = None,
    interval_hours: int = 0,
    cron_expression: str = "",
    enabled: bool = True,
) -> Any:
    """Have a task run by a crontab line, else every so many hours. With neither it is kept switched off."""
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

    values: dict[str, Any] = {
        "task": celery_task_path,
        "kwargs": json.dumps(kwargs or {}),
        "crontab": None,
        "interval": None,
    }
    if (cron_expression or "").strip():
        fields = {**parse_cron_expression(cron_expression), "timezone": CoreSettings.get_system_time_zone()}
        values["crontab"] = CrontabSchedule.objects.filter(
            **fields
        ).first() or CrontabSchedule.objects.create(**fields)
    else:
        hours = max(int(interval_hours or 0), 0)
        enabled = enabled and hours > 0
        every = {"every": hours or 24, "period": IntervalSchedule.HOURS}
        values["interval"] = IntervalSchedule.objects.filter(
            **every
        ).first() or IntervalSchedule.objects.create(**every)
    task, _ = PeriodicTask.objects.update_or_create(name=task_name, defaults={**values, "enabled": enabled})
    return task


def delete_periodic_task(task_name: str) -> bool:
    """Remove a task, and whether there was one; its schedule goes too when no other task has it."""
    from django_celery_beat.models import PeriodicTask

    task = PeriodicTask.objects.filter(name=task_name).first()
    if task is None:
        return False
    schedules = [task.crontab, task.interval, task.clocked]
    task.delete()
    for schedule in schedules:
        if schedule is not None and not schedule.periodictask_set.exists():
            schedule.delete()
    return True
