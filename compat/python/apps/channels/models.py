"""The lineup: groups, streams, channels and what ties them together."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from apps.channels.managers import ChannelManager, smallest_free
from core.models import CoreSettings, StreamProfile
from core.utils import RedisClient  # noqa: F401 - plugins find it here too
from pluggarr.unsupported import NO_STREAMING, NotSupported


class ChannelGroup(models.Model):
    """A group of channels and streams, shared by all accounts."""

    name = models.TextField(unique=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channelgroup"

    def __str__(self) -> str:
        return self.name

    def related_channels(self) -> models.QuerySet[Channel]:
        """The channels of the group."""
        return Channel.objects.filter(channel_group=self)

    @classmethod
    def bulk_create_and_fetch(cls, objects: Iterable[ChannelGroup]) -> list[ChannelGroup]:
        """Insert groups that are not there yet, and return all of them as they are stored."""
        wanted = list(objects)
        cls.objects.bulk_create(wanted, ignore_conflicts=True)
        return list(cls.objects.filter(name__in=[group.name for group in wanted]))


class Logo(models.Model):
    """A picture of a channel, known by its address."""

    name = models.CharField(max_length=255)
    url = models.TextField(unique=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_logo"

    def __str__(self) -> str:
        return self.name


class Stream(models.Model):
    """One address of a provider at which something can be watched."""

    name = models.CharField(max_length=512, db_index=True, default="Default Stream")
    url = models.CharField(max_length=4096, null=True, blank=True)
    m3u_account = models.ForeignKey(
        "m3u.M3UAccount", on_delete=models.CASCADE, related_name="streams", null=True, blank=True
    )
    logo_url = models.TextField(null=True, blank=True)
    tvg_id = models.CharField(max_length=255, null=True, blank=True)
    local_file = models.FileField(upload_to="uploads/", null=True, blank=True)
    current_viewers = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    channel_group = models.ForeignKey(
        "ChannelGroup", on_delete=models.SET_NULL, related_name="streams", null=True, blank=True
    )
    stream_profile = models.ForeignKey(
        "core.StreamProfile", on_delete=models.SET_NULL, related_name="streams", null=True, blank=True
    )
    is_custom = models.BooleanField(default=False)
    stream_hash = models.CharField(max_length=255, null=True, blank=True, unique=True)
    last_seen = models.DateTimeField(db_index=True, default=timezone.now)
    is_stale = models.BooleanField(db_index=True, default=False)
    is_adult = models.BooleanField(db_index=True, default=False)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    stream_id = models.IntegerField(null=True, blank=True, db_index=True)
    stream_chno = models.FloatField(null=True, blank=True, db_index=True)
    stream_stats = models.JSONField(null=True, blank=True)
    stream_stats_updated_at = models.DateTimeField(null=True, blank=True, db_index=True)
    is_catchup = models.BooleanField(db_index=True, default=False)
    catchup_days = models.PositiveIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_stream"
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.name or self.url or str(self.pk)

    @classmethod
    def generate_hash_key(
        cls,
        name: str | None,
        url: str | None,
        tvg_id: str | None,
        keys: Sequence[str] | None = None,
        m3u_id: int | None = None,
        group: str | None = None,
        account_type: str | None = None,
        stream_id: int | None = None,
    ) -> str:
        """The hash by which a refresh finds a stream again, of the keys given or those of the settings."""
        if keys is None:
            keys = [key.strip() for key in CoreSettings.get_m3u_hash_key().split(",")]
        parts: dict[str, Any] = {"name": name, "url": url, "tvg_id": tvg_id, "m3u_id": m3u_id, "group": group}
        chosen = {key: parts[key] for key in keys if key in parts}
        if account_type == "XC" and "url" in chosen and stream_id is not None:
            # The address holds the login, which may change while the stream stays.
            chosen["url"] = stream_id
            chosen["m3u_id"] = m3u_id
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()

    @classmethod
    def update_or_create_by_hash(cls, hash_value: str, **fields: Any) -> tuple[Stream, bool]:
        """The stream of that hash with the fields set, and whether it is new."""
        return cls.objects.update_or_create(stream_hash=hash_value, defaults=fields)

    def get_stream_profile(self) -> StreamProfile | None:
        """Its own profile, else the default one."""
        return self.stream_profile or StreamProfile.default()

    def get_stream(self, requester: Any = None) -> Any:
        """Would take one of the provider's connections."""
        raise NotSupported("Stream.get_stream()", NO_STREAMING)

    def release_stream(self) -> bool:
        """Would give a connection back."""
        raise NotSupported("Stream.release_stream()", NO_STREAMING)


class Channel(models.Model):
    """Something to watch, by number and name, from one or more streams."""

    channel_number = models.FloatField(null=True, blank=True, db_index=True)
    name = models.CharField(max_length=512)
    logo = models.ForeignKey(
        "Logo", on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    channel_group = models.ForeignKey(
        "ChannelGroup", on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    tvg_id = models.CharField(max_length=255, null=True, blank=True)
    tvc_guide_stationid = models.CharField(max_length=255, null=True, blank=True)
    epg_data = models.ForeignKey(
        "epg.EPGData", on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    stream_profile = models.ForeignKey(
        "core.StreamProfile", on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user_level = models.IntegerField(default=0)
    is_adult = models.BooleanField(db_index=True, default=False)
    auto_created = models.BooleanField(default=False)
    auto_created_by = models.ForeignKey(
        "m3u.M3UAccount",
        on_delete=models.SET_NULL,
        related_name="auto_created_channels",
        null=True,
        blank=True,
    )
    is_catchup = models.BooleanField(db_index=True, default=False)
    catchup_days = models.PositiveIntegerField(default=0)
    hidden_from_output = models.BooleanField(db_index=True, default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    streams = models.ManyToManyField("Stream", through="ChannelStream", related_name="channels", blank=True)

    objects = ChannelManager()

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channel"

    def __str__(self) -> str:
        return f"{self.channel_number} - {self.name}"

    def clean(self) -> None:
        """A number may be given once in a group; only full_clean asks."""
        if self.channel_number is None:
            return
        same = Channel.objects.filter(
            channel_number=self.channel_number, channel_group_id=self.channel_group_id
        )
        if same.exclude(pk=self.pk).exists():
            raise ValidationError(f"Channel number {self.channel_number} is taken in this group.")

    @classmethod
    def get_next_available_channel_number(cls, starting_from: float = 1) -> int:
        """The smallest whole number from there on that no channel shows."""
        taken = set(cls.objects.exclude(channel_number=None).values_list("channel_number", flat=True))
        overridden = ChannelOverride.objects.exclude(channel_number=None)
        taken.update(overridden.values_list("channel_number", flat=True))
        return smallest_free(taken, starting_from)

    def get_stream_profile(self) -> StreamProfile | None:
        """Its own profile, else the default one."""
        return self.effective_stream_profile_obj or StreamProfile.default()

    @property
    def effective_logo_obj(self) -> Logo | None:
        """The logo that is shown."""
        return self._effective("logo")

    @property
    def effective_channel_group_obj(self) -> ChannelGroup | None:
        """The group that is shown."""
        return self._effective("channel_group")

    @property
    def effective_epg_data_obj(self) -> Any:
        """The guide's channel that is used."""
        return self._effective("epg_data")

    @property
    def effective_stream_profile_obj(self) -> StreamProfile | None:
        """The profile that is used, None for the default."""
        return self._effective("stream_profile")

    def _effective(self, name: str) -> Any:
        override = getattr(self, "override", None)
        own = getattr(self, name)
        return own if override is None else getattr(override, name) or own

    def get_stream(self, requester: Any = None) -> Any:
        """Would choose a stream and take one of its provider's connections."""
        raise NotSupported("Channel.get_stream()", NO_STREAMING)

    def release_stream(self) -> bool:
        """Would give a connection back."""
        raise NotSupported("Channel.release_stream()", NO_STREAMING)

    def update_stream_profile(self, profile_id: int) -> bool:
        """Would move a running stream to another profile."""
        raise NotSupported("Channel.update_stream_profile()", NO_STREAMING)


class ChannelOverride(models.Model):
    """What somebody set by hand on a channel that a refresh keeps up to date."""

    COLUMNS = (
        "name",
        "channel_number",
        "channel_group_id",
        "logo_id",
        "tvg_id",
        "tvc_guide_stationid",
        "epg_data_id",
        "stream_profile_id",
    )

    channel = models.OneToOneField("Channel", on_delete=models.CASCADE, related_name="override")
    name = models.CharField(max_length=512, null=True, blank=True)
    channel_number = models.FloatField(null=True, blank=True)
    channel_group = models.ForeignKey(
        "ChannelGroup", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    logo = models.ForeignKey("Logo", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    tvg_id = models.CharField(max_length=255, null=True, blank=True)
    tvc_guide_stationid = models.CharField(max_length=255, null=True, blank=True)
    epg_data = models.ForeignKey(
        "epg.EPGData", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    stream_profile = models.ForeignKey(
        "core.StreamProfile", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channeloverride"

    def has_any_override(self) -> bool:
        """Whether anything is set."""
        return any(getattr(self, column) is not None for column in self.COLUMNS)


class ChannelStream(models.Model):
    """A stream of a channel; the lowest order is tried first."""

    channel = models.ForeignKey("Channel", on_delete=models.CASCADE)
    stream = models.ForeignKey("Stream", on_delete=models.CASCADE)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channelstream"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["channel", "stream"], name="unique_channel_stream")]


class ChannelProfile(models.Model):
    """A choice of channels."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channelprofile"


class ChannelProfileMembership(models.Model):
    """Whether a profile shows a channel."""

    channel_profile = models.ForeignKey("ChannelProfile", on_delete=models.CASCADE)
    channel = models.ForeignKey("Channel", on_delete=models.CASCADE)
    enabled = models.BooleanField(default=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channelprofilemembership"
        unique_together = [("channel_profile", "channel")]


class ChannelGroupM3UAccount(models.Model):
    """A group as one account has it, and what a refresh does with it."""

    channel_group = models.ForeignKey("ChannelGroup", on_delete=models.CASCADE, related_name="m3u_accounts")
    m3u_account = models.ForeignKey("m3u.M3UAccount", on_delete=models.CASCADE, related_name="channel_group")
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    enabled = models.BooleanField(default=True)
    auto_channel_sync = models.BooleanField(default=False)
    auto_sync_channel_start = models.FloatField(null=True, blank=True)
    auto_sync_channel_end = models.FloatField(null=True, blank=True)
    last_seen = models.DateTimeField(db_index=True, default=timezone.now)
    is_stale = models.BooleanField(db_index=True, default=False)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_channelgroupm3uaccount"
        unique_together = [("channel_group", "m3u_account")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep custom_properties an object, also when it was given as JSON text."""
        if isinstance(self.custom_properties, str):
            try:
                self.custom_properties = json.loads(self.custom_properties)
            except ValueError:
                self.custom_properties = {}
        super().save(*args, **kwargs)


class Recording(models.Model):
    """A recording that was asked for. This host keeps the row and records nothing."""

    channel = models.ForeignKey("Channel", on_delete=models.CASCADE, related_name="recordings")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    task_id = models.CharField(max_length=255, null=True, blank=True)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_recording"


class RecurringRecordingRule(models.Model):
    """Recordings that come back every week. This host keeps the row and records nothing."""

    channel = models.ForeignKey("Channel", on_delete=models.CASCADE, related_name="recurring_rules")
    days_of_week = models.JSONField(default=list)
    start_time = models.TimeField()
    end_time = models.TimeField()
    enabled = models.BooleanField(default=True)
    name = models.CharField(max_length=255)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_channels_recurringrecordingrule"
        ordering = ["channel", "start_time"]

    def cleaned_days(self) -> list[int]:
        """The days of the week, 0 to 6, in order and once each."""
        days = {int(day) for day in self.days_of_week or () if str(day).isdigit()}
        return sorted(day for day in days if day <= 6)


def get_total_viewers(channel_id: Any) -> int:
    """How many watch a channel: nobody, this host does not stream."""
    return 0
