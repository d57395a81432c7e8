"""Settings of the whole host, and rows that others refer to."""

from __future__ import annotations

import shlex
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from core.groups import SettingsGroups
from pluggarr.names import ALL_EVENTS


class CoreSettings(SettingsGroups, models.Model):
    """A group of settings, as one JSON object."""

    key = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    value = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_coresettings"

    def __str__(self) -> str:
        return self.name


class UserAgent(models.Model):
    """What a download says it is."""

    name = models.CharField(max_length=512, unique=True)
    user_agent = models.CharField(max_length=512, unique=True)
    description = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "core_useragent"

    def __str__(self) -> str:
        return self.name


class StreamProfile(models.Model):
    """How a stream is played."""

    name = models.CharField(max_length=255)
    command = models.CharField(max_length=255)
    parameters = models.TextField()
    locked = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    user_agent = models.ForeignKey("UserAgent", on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        managed = False
        db_table = "core_streamprofile"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def default(cls) -> StreamProfile | None:
        """The profile of what has none of its own."""
        return cls.objects.filter(pk=CoreSettings.get_default_stream_profile_id()).first()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; of a locked profile only the user agent may change."""
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        if before is not None and before.locked:
            for name in ("name", "command", "parameters", "locked", "is_active"):
                if getattr(self, name) != getattr(before, name):
                    raise ValidationError(f"{name} cannot be changed: the profile {before.name} is locked.")
        super().save(*args, **kwargs)

    def is_proxy(self) -> bool:
        """Whether streams are passed on as they come."""
        return self.locked and self.name == "Proxy"

    def is_redirect(self) -> bool:
        """Whether players are sent to the provider."""
        return self.locked and self.name == "Redirect"

    def build_command(self, stream_url: str, user_agent: str, channel_id: Any = None) -> list[str]:
        """The program that plays a stream, with its arguments; empty for the proxy."""
        if self.is_proxy():
            return []
        values = {"{streamUrl}": stream_url, "{userAgent}": user_agent, "{channelId}": str(channel_id or "")}
        words = [self.command]
        for word in shlex.split(self.parameters):
            for name, value in values.items():
                word = word.replace(name, value)  # noqa: PLW2901
            words.append(word)
        return words


class OutputProfile(models.Model):
    """How a stream is converted."""

    name = models.CharField(max_length=255, unique=True)
    command = models.CharField(max_length=255)
    parameters = models.TextField()
    locked = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        managed = False
        db_table = "core_outputprofile"

    def __str__(self) -> str:
        return self.name

    def build_command(self) -> list[str]:
        """The program that converts, with its arguments."""
        return [self.command, *shlex.split(self.parameters)]


class SystemEvent(models.Model):
    """Something that happened."""

    event_type = models.CharField(max_length=50, db_index=True, choices=ALL_EVENTS)
    timestamp = models.DateTimeField(db_index=True, auto_now_add=True)
    channel_id = models.UUIDField(null=True, blank=True, db_index=True)
    channel_name = models.CharField(max_length=255, null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_systemevent"
        ordering = ["-timestamp"]

    def __str__(self) -> str:
        return f"{self.event_type} at {self.timestamp}"


class SystemNotification(models.Model):
    """Something that users are told."""

    class NotificationType(models.TextChoices):
        """What it is about."""

        VERSION_UPDATE = "version_update", "Newer version"
        SETTING_RECOMMENDATION = "setting_recommendation", "Advice on a setting"
        ANNOUNCEMENT = "announcement", "Announcement"
        WARNING = "warning", "Warning"
        INFO = "info", "Information"

    class Priority(models.TextChoices):
        """How urgent it is."""

        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        CRITICAL = "critical", "Critical"

    class Source(models.TextChoices):
        """Who says it."""

        SYSTEM = "system", "The host"
        DEVELOPER = "developer", "The developers"

    notification_key = models.CharField(max_length=255, unique=True)
    notification_type = models.CharField(
        max_length=50, db_index=True, choices=NotificationType.choices, default="info"
    )
    priority = models.CharField(max_length=20, choices=Priority.choices, default="normal")
    source = models.CharField(max_length=20, db_index=True, choices=Source.choices, default="system")
    title = models.CharField(max_length=255)
    message = models.TextField()
    action_data = models.JSONField(default=dict)
    is_active = models.BooleanField(db_index=True, default=True)
    admin_only = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "core_systemnotification"
        ordering = ["-priority", "-created_at"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def create_version_notification(cls, version: str, **more: Any) -> tuple[SystemNotification, bool]:
        """Tell that there is a newer version."""
        values = {
            "notification_type": cls.NotificationType.VERSION_UPDATE,
            "title": f"Version {version} is available",
            "message": more.pop("message", f"Version {version} can be installed."),
            "action_data": {"version": version, **more},
            "admin_only": True,
        }
        return cls.objects.update_or_create(notification_key=f"version-{version}", defaults=values)

    @classmethod
    def create_setting_recommendation(
        cls, setting_key: str, recommended_value: Any, reason: str, **more: Any
    ) -> tuple[SystemNotification, bool]:
        """Advise a setting."""
        values = {
            "notification_type": cls.NotificationType.SETTING_RECOMMENDATION,
            "title": more.pop("title", f"Recommended setting: {setting_key}"),
            "message": reason,
            "action_data": {"setting_key": setting_key, "recommended_value": recommended_value, **more},
            "admin_only": True,
        }
        return cls.objects.update_or_create(notification_key=f"setting-{setting_key}", defaults=values)


class NotificationDismissal(models.Model):
    """Somebody does not want to see a notification any more."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="dismissed_notifications"
    )
    notification = models.ForeignKey(
        "SystemNotification", on_delete=models.CASCADE, related_name="dismissals"
    )
    dismissed_at = models.DateTimeField(auto_now_add=True)
    action_taken = models.CharField(max_length=50, null=True, blank=True)

    class Meta:
        managed = False
        db_table = "core_notificationdismissal"
        unique_together = [("user", "notification")]
