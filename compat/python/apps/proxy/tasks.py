"""Counting who watches: nobody."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="apps.proxy.tasks.fetch_channel_stats")
def fetch_channel_stats() -> None:
    """Nobody watches."""
