"""Settings of an early page. Nothing reads them any more."""

from __future__ import annotations

from django.db import models


class Settings(models.Model):
    """The settings, one row."""

    FREQUENCY_CHOICES = (("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"))
    UPDATE_CHOICES = (("12h", "Every 12 Hours"), ("daily", "Daily"))
    CODEC_CHOICES = (("aac", "AAC"), ("mp3", "MP3"))
    RESOLUTION_CHOICES = (("720p", "720p"), ("1080p", "1080p"))
    FAILOVER_CHOICES = (("sequential", "Sequential"), ("random", "Random"))

    server_name = models.CharField(max_length=255, default="Dispatcharr")
    time_zone = models.CharField(max_length=50, default="UTC")
    default_logo_url = models.CharField(max_length=200, null=True, blank=True)
    max_concurrent_streams = models.PositiveIntegerField(default=10)
    auto_backup_frequency = models.CharField(max_length=50, choices=FREQUENCY_CHOICES, default="weekly")
    enable_debug_logs = models.BooleanField(default=False)
    schedules_direct_username = models.CharField(max_length=255, null=True, blank=True)
    schedules_direct_password = models.CharField(max_length=255, null=True, blank=True)
    schedules_direct_update_frequency = models.CharField(
        max_length=50, choices=UPDATE_CHOICES, default="daily"
    )
    schedules_direct_api_key = models.CharField(max_length=255, null=True, blank=True)
    transcoding_bitrate = models.PositiveIntegerField(default=2000)
    transcoding_audio_codec = models.CharField(max_length=50, choices=CODEC_CHOICES, default="aac")
    transcoding_resolution = models.CharField(max_length=50, choices=RESOLUTION_CHOICES, default="1080p")
    failover_behavior = models.CharField(max_length=50, choices=FAILOVER_CHOICES, default="sequential")
    stream_health_check_frequency = models.PositiveIntegerField(default=5)
    email_notifications = models.BooleanField(default=False)
    webhook_url = models.CharField(max_length=200, null=True, blank=True)
    cpu_alert_threshold = models.PositiveIntegerField(default=90)
    memory_alert_threshold = models.PositiveIntegerField(default=90)
    hdhr_integration = models.BooleanField(default=True)
    custom_api_endpoints = models.JSONField(null=True, blank=True)
    backup_path = models.CharField(max_length=255, default="backups/")
    backup_frequency = models.CharField(max_length=50, choices=FREQUENCY_CHOICES, default="weekly")
    ffmpeg_path = models.CharField(max_length=255, default="/usr/bin/ffmpeg")
    custom_transcoding_flags = models.TextField(null=True, blank=True)
    celery_worker_concurrency = models.PositiveIntegerField(default=4)

    class Meta:
        managed = False
        db_table = "dashboard_settings"
