"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """The app apps.connect."""

    name = "apps.connect"
    label = "dispatcharr_connect"
    default_auto_field = "django.db.models.BigAutoField"
