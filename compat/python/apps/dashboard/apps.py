"""How Django finds this app."""

from __future__ import annotations

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The app apps.dashboard."""

    name = "apps.dashboard"
    label = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"
