"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class VODConfig(AppConfig):
    """The app apps.vod."""

    name = "apps.vod"
    label = "vod"
    default_auto_field = "django.db.models.BigAutoField"
