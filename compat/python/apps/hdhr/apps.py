"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class HDHRConfig(AppConfig):
    """The app apps.hdhr."""

    name = "apps.hdhr"
    label = "hdhr"
    default_auto_field = "django.db.models.BigAutoField"
