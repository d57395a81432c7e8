"""What follows from writing settings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from core.models import StreamProfile


@receiver(pre_delete, sender=StreamProfile)
def keep_locked(sender: Any, instance: StreamProfile, **_: Any) -> None:
    """A locked profile stays."""
    if instance.locked:
        raise ValidationError(f"the profile {instance.name} is locked and cannot be deleted")
