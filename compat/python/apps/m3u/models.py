"""Accounts of providers, and what is filtered out of their playlists."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from django.db import models
from django.utils import timezone as django_timezone

from core.models import CoreSettings, UserAgent


class ServerGroup(models.Model):
    """Accounts that share something, as their provider."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        managed = False
        db_table = "m3u_servergroup"

    def __str__(self) -> str:
        return self.name


class M3UAccount(models.Model):
    """A provider: a playlist, or an Xtream Codes server."""

    class Types(models.TextChoices):
        """What a provider speaks. The first name is spelled so everywhere."""

        STADNARD = "STD", "Standard"
        XC = "XC", "Xtream Codes"

    class Status(models.TextChoices):
        """What its refresh does, or how the last one ended."""

        IDLE = "idle", "Idle"
        FETCHING = "fetching", "Fetching"
        PARSING = "parsing", "Parsing"
        ERROR = "error", "Error"
        SUCCESS = "success", "Success"
        PENDING_SETUP = "pending_setup", "Waiting for its groups"
        DISABLED = "disabled", "Disabled"

    name = models.CharField(max_length=255, unique=True)
    server_url = models.CharField(max_length=1000, null=True, blank=True)
    file_path = models.CharField(max_length=255, null=True, blank=True)
    server_group = models.ForeignKey(
        "ServerGroup", on_delete=models.SET_NULL, related_name="m3u_accounts", null=True, blank=True
    )
    max_streams = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default="idle")
    last_message = models.TextField(null=True, blank=True)
    user_agent = models.ForeignKey(
        "core.UserAgent", on_delete=models.SET_NULL, related_name="m3u_accounts", null=True, blank=True
    )
    locked = models.BooleanField(default=False)
    stream_profile = models.ForeignKey(
        "core.StreamProfile", on_delete=models.SET_NULL, related_name="m3u_accounts", null=True, blank=True
    )
    account_type = models.CharField(max_length=20, choices=Types.choices, default="STD")
    username = models.CharField(max_length=255, null=True, blank=True)
    password = models.CharField(max_length=255, null=True, blank=True)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    refresh_interval = models.IntegerField(default=0)
    refresh_task = models.ForeignKey(
        "django_celery_beat.PeriodicTask", on_delete=models.SET_NULL, null=True, blank=True
    )
    stale_stream_days = models.PositiveIntegerField(default=7)
    priority = models.PositiveIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "m3u_m3uaccount"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get_custom_account(cls) -> M3UAccount:
        """The account of streams that somebody entered by hand."""
        return cls.objects.get(name="custom", locked=True)

    def get_user_agent(self) -> UserAgent | None:
        """Its own user agent, if it has one."""
        return self.user_agent

    def get_user_agent_string(self) -> str:
        """What it says it is: its own user agent, else the default one."""
        return self.user_agent.user_agent if self.user_agent else CoreSettings.get_default_user_agent()


class M3UFilter(models.Model):
    """A rule by which a refresh takes entries, or leaves them out."""

    FILTER_TYPE_CHOICES = (("group", "Group"), ("name", "Name"), ("url", "Address"))

    m3u_account = models.ForeignKey("M3UAccount", on_delete=models.CASCADE, related_name="filters")
    filter_type = models.CharField(max_length=50, choices=FILTER_TYPE_CHOICES, default="group")
    regex_pattern = models.CharField(max_length=200)
    exclude = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)

    class Meta:
        managed = False
        db_table = "m3u_m3ufilter"

    def __str__(self) -> str:
        return f"{'not ' if self.exclude else ''}{self.filter_type} {self.regex_pattern}"

    def applies_to(self, stream_name: str, group_name: str) -> bool:
        """Whether the rule speaks of a stream."""
        text = group_name if self.filter_type == "group" else stream_name
        return re.search(self.regex_pattern, text or "", re.IGNORECASE) is not None


class M3UAccountProfile(models.Model):
    """One login of an account, and how addresses are rewritten for it."""

    m3u_account = models.ForeignKey("M3UAccount", on_delete=models.CASCADE, related_name="profiles")
    name = models.CharField(max_length=255)
    is_default = models.BooleanField(default=False)
    max_streams = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    search_pattern = models.CharField(max_length=255)
    replace_pattern = models.CharField(max_length=255)
    current_viewers = models.PositiveIntegerField(default=0)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    exp_date = models.DateTimeField(null=True, blank=True)

    class Meta:
        managed = False
        db_table = "m3u_m3uaccountprofile"
        constraints = [models.UniqueConstraint(fields=["m3u_account", "name"], name="unique_account_name")]

    def __str__(self) -> str:
        return f"{self.m3u_account.name}: {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the end date that an Xtream Codes server told."""
        if self.m3u_account_id and self.m3u_account.account_type == M3UAccount.Types.XC:
            self.exp_date = self.get_account_expiration() or self.exp_date
        super().save(*args, **kwargs)

    def _user_info(self) -> dict[str, Any]:
        info = (self.custom_properties or {}).get("user_info")
        return info if isinstance(info, dict) else {}

    def get_account_expiration(self) -> datetime | None:
        """When the login ends, as the server told."""
        try:
            return datetime.fromtimestamp(int(self._user_info()["exp_date"]), tz=timezone.utc)
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def get_account_status(self) -> str | None:
        """What the server says of the login, as in "Active"."""
        return self._user_info().get("status")

    def get_max_connections(self) -> int:
        """How many may watch at once, 0 when unknown."""
        return _whole(self._user_info().get("max_connections"))

    def get_active_connections(self) -> int:
        """How many watched when the server was asked."""
        return _whole(self._user_info().get("active_cons"))

    def get_last_refresh(self) -> datetime | None:
        """When the server was asked."""
        try:
            found = datetime.fromisoformat(str((self.custom_properties or {})["last_refresh"]))
        except (KeyError, ValueError):
            return None
        return found if found.tzinfo else django_timezone.make_aware(found)


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
