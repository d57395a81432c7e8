"""HDHomeRun devices that other programs find. This host keeps the rows and shows none."""

from __future__ import annotations

from django.db import models


class HDHRDevice(models.Model):
    """A device."""

    friendly_name = models.CharField(max_length=100, default="Dispatcharr HDHomeRun")
    device_id = models.CharField(max_length=32, unique=True)
    tuner_count = models.PositiveIntegerField(default=3)

    class Meta:
        managed = False
        db_table = "hdhr_hdhrdevice"

    def __str__(self) -> str:
        return self.friendly_name
