"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class PluginsConfig(AppConfig):
    """The app apps.plugins."""

    name = "apps.plugins"
    label = "plugins"
    default_auto_field = "django.db.models.BigAutoField"
