"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class M3UConfig(AppConfig):
    """The app apps.m3u."""

    name = "apps.m3u"
    label = "m3u"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals."""
        from apps.m3u import signals  # noqa: F401
