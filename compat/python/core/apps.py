"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The app core."""

    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals."""
        from core import signals  # noqa: F401
