"""The settings of plugins, whose secrets are sealed in the database."""

from __future__ import annotations

import logging
from typing import Any

from django.db import models

from pluggarr import host

SEALED = "sealed:v1:"

logger = logging.getLogger(__name__)


class SettingsField(models.JSONField):
    """Shows a plugin its own secrets in clear; those of others stay sealed, also when they are saved."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Look like the field it stands for."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open what was sealed for this plugin."""
        values = super().from_db_value(value, expression, connection)
        if not isinstance(value, str) or SEALED not in value or not isinstance(values, dict):
            return values
        return _ask("secrets.open", values)

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Seal the secrets of the plugin's own row."""
        values = super().pre_save(instance, add)
        if isinstance(values, dict) and host.key() and instance.key == host.key():
            return _ask("secrets.seal", values)
        return values


def _ask(method: str, values: dict[str, Any]) -> dict[str, Any]:
    if not host.attached():
        return values  # a program that a plugin started: what is sealed stays sealed
    try:
        return host.call(method, {"settings": values})["settings"]
    except host.HostError as error:
        logger.warning("the secrets among the settings stay as they are: %s", error)
        return values
