"""Programme guides: where they come from, their channels, their programmes."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.db import models


class EPGSource(models.Model):
    """Where a guide comes from."""

    SOURCE_TYPE_CHOICES = (("xmltv", "XMLTV"), ("schedules_direct", "Schedules Direct"), ("dummy", "Made up"))
    STATUS_IDLE = "idle"
    STATUS_FETCHING = "fetching"
    STATUS_PARSING = "parsing"
    STATUS_ERROR = "error"
    STATUS_SUCCESS = "success"
    STATUS_DISABLED = "disabled"
    STATUS_CHOICES = (
        (STATUS_IDLE, "Idle"),
        (STATUS_FETCHING, "Fetching"),
        (STATUS_PARSING, "Parsing"),
        (STATUS_ERROR, "Error"),
        (STATUS_SUCCESS, "Success"),
        (STATUS_DISABLED, "Disabled"),
    )

    name = models.CharField(max_length=255, unique=True)
    source_type = models.CharField(max_length=20, choices=SOURCE_TYPE_CHOICES)
    url = models.CharField(max_length=1000, null=True, blank=True)
    username = models.CharField(max_length=255, null=True, blank=True)
    password = models.CharField(max_length=255, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    file_path = models.CharField(max_length=1024, null=True, blank=True)
    extracted_file_path = models.CharField(max_length=1024, null=True, blank=True)
    refresh_interval = models.IntegerField(default=0)
    refresh_task = models.ForeignKey(
        "django_celery_beat.PeriodicTask", on_delete=models.SET_NULL, null=True, blank=True
    )
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    priority = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=20, choices=STATUS_CHOICES, default="idle")
    last_message = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        managed = False
        db_table = "epg_epgsource"

    def __str__(self) -> str:
        return self.name

    def get_cache_file(self) -> str:
        """The file a download of it is kept in."""
        folder = os.path.join(settings.MEDIA_ROOT, "cached_epg")
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, f"{self.pk}.xml")

    @property
    def programme_index(self) -> Any:
        """Where each channel's programmes begin in the file, if that was noted."""
        record = EPGSourceIndex.objects.filter(pk=self.pk).first()
        return record.data if record else None


class EPGSourceIndex(models.Model):
    """Where in its file a source keeps which channel."""

    source = models.OneToOneField(
        "EPGSource", on_delete=models.CASCADE, related_name="index_record", primary_key=True
    )
    data = models.JSONField(null=True, blank=True, default=None)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "epg_epgsourceindex"


class EPGData(models.Model):
    """A guide's channel."""

    tvg_id = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    name = models.CharField(max_length=512)
    icon_url = models.CharField(max_length=500, null=True, blank=True)
    epg_source = models.ForeignKey(
        "EPGSource", on_delete=models.CASCADE, related_name="epgs", null=True, blank=True
    )

    class Meta:
        managed = False
        db_table = "epg_epgdata"
        unique_together = [("tvg_id", "epg_source")]

    def __str__(self) -> str:
        return self.name


class ProgramData(models.Model):
    """A programme of a guide: what is shown from when to when."""

    epg = models.ForeignKey("EPGData", on_delete=models.CASCADE, related_name="programs")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    title = models.CharField(max_length=255)
    sub_title = models.TextField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    tvg_id = models.CharField(max_length=255, null=True, blank=True)
    program_id = models.CharField(max_length=64, null=True, blank=True)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)

    class Meta:
        managed = False
        db_table = "epg_programdata"

    def __str__(self) -> str:
        return f"{self.title} ({self.start_time} - {self.end_time})"


class SDScheduleMD5(models.Model):
    """What Schedules Direct said of a day last, so that it is fetched once."""

    epg_source = models.ForeignKey("EPGSource", on_delete=models.CASCADE, related_name="sd_schedule_md5s")
    station_id = models.CharField(max_length=20)
    date = models.DateField()
    md5 = models.CharField(max_length=22)
    last_modified = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "epg_sdschedulemd5"
        unique_together = [("epg_source", "station_id", "date")]


class SDProgramMD5(models.Model):
    """What Schedules Direct said of a programme last."""

    epg_source = models.ForeignKey("EPGSource", on_delete=models.CASCADE, related_name="sd_program_md5s")
    program_id = models.CharField(max_length=64)
    md5 = models.CharField(max_length=22)

    class Meta:
        managed = False
        db_table = "epg_sdprogrammd5"
        unique_together = [("epg_source", "program_id")]
