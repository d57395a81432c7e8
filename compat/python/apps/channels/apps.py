"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The app apps.channels."""

    name = "apps.channels"
    label = "dispatcharr_channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals."""
        from apps.channels import signals  # noqa: F401
