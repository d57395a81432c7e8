"""What the host changed, as if Django had saved it here."""

from __future__ import annotations

from typing import Any

# What a refresh writes into the row of its account or source.
FIELDS = frozenset({"status", "last_message", "updated_at"})


def tell(params: dict[str, Any]) -> None:
    """Send post_save for a row that the host has refreshed, to who listens for it in this plugin."""
    from django.apps import apps
    from django.db.models.signals import post_save

    model = apps.get_model(str(params["model"]))
    if not post_save.has_listeners(model):
        return
    row = model._default_manager.filter(pk=params["id"]).first()
    if row is not None:
        post_save.send(model, instance=row, created=False, update_fields=FIELDS, raw=False, using="default")
