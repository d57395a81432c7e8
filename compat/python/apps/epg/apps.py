"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class EPGConfig(AppConfig):
    """The app apps.epg."""

    name = "apps.epg"
    label = "epg"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals."""
        from apps.epg import signals  # noqa: F401
