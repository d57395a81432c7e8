"""Films and series of the providers. This host imports none: the tables are there for plugins."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from apps.m3u.models import M3UAccount

# The films and series that only their name and year tell apart.
EXTERNAL_UNKNOWN = models.Q(tmdb_id__isnull=True, imdb_id__isnull=True)


def stream_url(account: M3UAccount, kind: str, stream_id: str, extension: str | None) -> str | None:
    """The address of a film or an episode on an Xtream Codes server."""
    if account.account_type != M3UAccount.Types.XC or not account.server_url:
        return None
    server = account.server_url.rstrip("/")
    return f"{server}/{kind}/{account.username}/{account.password}/{stream_id}.{extension or 'mp4'}"


class VODLogo(models.Model):
    """A picture of a film or a series."""

    name = models.CharField(max_length=255)
    url = models.TextField(unique=True)

    class Meta:
        managed = False
        db_table = "vod_vodlogo"

    def __str__(self) -> str:
        return self.name


class VODCategory(models.Model):
    """A category of films or series."""

    CATEGORY_TYPE_CHOICES = (("movie", "Movie"), ("series", "Series"))

    name = models.CharField(max_length=255)
    category_type = models.CharField(max_length=10, choices=CATEGORY_TYPE_CHOICES, default="movie")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "vod_vodcategory"
        ordering = ["name"]
        unique_together = [("name", "category_type")]

    def __str__(self) -> str:
        return f"{self.name} ({self.category_type})"

    @classmethod
    def bulk_create_and_fetch(
        cls, objects: Iterable[VODCategory], ignore_conflicts: bool = False
    ) -> list[VODCategory]:
        """Insert categories, and return them as they are stored."""
        wanted = list(objects)
        cls.objects.bulk_create(wanted, ignore_conflicts=ignore_conflicts)
        return list(cls.objects.filter(name__in=[category.name for category in wanted]))


class Movie(models.Model):
    """A film."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    year = models.IntegerField(null=True, blank=True)
    rating = models.CharField(max_length=10, null=True, blank=True)
    genre = models.CharField(max_length=255, null=True, blank=True)
    duration_secs = models.IntegerField(null=True, blank=True)
    logo = models.ForeignKey(
        "VODLogo", on_delete=models.SET_NULL, related_name="movie", null=True, blank=True
    )
    tmdb_id = models.CharField(max_length=50, null=True, blank=True, unique=True)
    imdb_id = models.CharField(max_length=50, null=True, blank=True, unique=True)
    is_adult = models.BooleanField(db_index=True, default=False)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "vod_movie"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "year"],
                name="unique_movie_name_year_no_external_id",
                condition=EXTERNAL_UNKNOWN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})" if self.year else self.name


class Series(models.Model):
    """A series."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    year = models.IntegerField(null=True, blank=True)
    rating = models.CharField(max_length=10, null=True, blank=True)
    genre = models.CharField(max_length=255, null=True, blank=True)
    logo = models.ForeignKey(
        "VODLogo", on_delete=models.SET_NULL, related_name="series", null=True, blank=True
    )
    tmdb_id = models.CharField(max_length=50, null=True, blank=True, unique=True)
    imdb_id = models.CharField(max_length=50, null=True, blank=True, unique=True)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "vod_series"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "year"],
                name="unique_series_name_year_no_external_id",
                condition=EXTERNAL_UNKNOWN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})" if self.year else self.name


class Episode(models.Model):
    """An episode of a series."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    air_date = models.DateField(null=True, blank=True)
    rating = models.CharField(max_length=10, null=True, blank=True)
    duration_secs = models.IntegerField(null=True, blank=True)
    series = models.ForeignKey("Series", on_delete=models.CASCADE, related_name="episodes")
    season_number = models.IntegerField(null=True, blank=True)
    episode_number = models.IntegerField(null=True, blank=True)
    tmdb_id = models.CharField(max_length=50, null=True, blank=True, db_index=True)
    imdb_id = models.CharField(max_length=50, null=True, blank=True, db_index=True)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "vod_episode"
        ordering = ["series__name", "season_number", "episode_number"]
        unique_together = [("series", "season_number", "episode_number")]

    def __str__(self) -> str:
        return f"{self.series.name} S{self.season_number or 0:02d}E{self.episode_number or 0:02d}"


class M3UMovieRelation(models.Model):
    """A film as an account has it."""

    m3u_account = models.ForeignKey(
        "m3u.M3UAccount", on_delete=models.CASCADE, related_name="movie_relations"
    )
    movie = models.ForeignKey("Movie", on_delete=models.CASCADE, related_name="m3u_relations")
    category = models.ForeignKey("VODCategory", on_delete=models.SET_NULL, null=True, blank=True)
    stream_id = models.CharField(max_length=255)
    container_extension = models.CharField(max_length=10, null=True, blank=True)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_advanced_refresh = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        managed = False
        db_table = "vod_m3umovierelation"
        unique_together = [("m3u_account", "stream_id")]

    def get_stream_url(self) -> str | None:
        """Where it can be watched; None when the account is no Xtream Codes server."""
        return stream_url(self.m3u_account, "movie", self.stream_id, self.container_extension)


class M3USeriesRelation(models.Model):
    """A series as an account has it."""

    m3u_account = models.ForeignKey(
        "m3u.M3UAccount", on_delete=models.CASCADE, related_name="series_relations"
    )
    series = models.ForeignKey("Series", on_delete=models.CASCADE, related_name="m3u_relations")
    category = models.ForeignKey("VODCategory", on_delete=models.SET_NULL, null=True, blank=True)
    external_series_id = models.CharField(max_length=255)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_episode_refresh = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        managed = False
        db_table = "vod_m3useriesrelation"
        unique_together = [("m3u_account", "external_series_id")]


class M3UEpisodeRelation(models.Model):
    """An episode as an account has it."""

    m3u_account = models.ForeignKey(
        "m3u.M3UAccount", on_delete=models.CASCADE, related_name="episode_relations"
    )
    episode = models.ForeignKey("Episode", on_delete=models.CASCADE, related_name="m3u_relations")
    series_relation = models.ForeignKey(
        "M3USeriesRelation", on_delete=models.CASCADE, related_name="episode_relations", null=True, blank=True
    )
    stream_id = models.CharField(max_length=255)
    container_extension = models.CharField(max_length=10, null=True, blank=True)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        managed = False
        db_table = "vod_m3uepisoderelation"
        unique_together = [("m3u_account", "stream_id")]

    def get_stream_url(self) -> str | None:
        """Where it can be watched; None when the account is no Xtream Codes server."""
        return stream_url(self.m3u_account, "series", self.stream_id, self.container_extension)


class M3UVODCategoryRelation(models.Model):
    """A category as an account has it, and whether it is wanted."""

    m3u_account = models.ForeignKey(
        "m3u.M3UAccount", on_delete=models.CASCADE, related_name="category_relations"
    )
    category = models.ForeignKey("VODCategory", on_delete=models.CASCADE, related_name="m3u_relations")
    enabled = models.BooleanField(default=False)
    custom_properties = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "vod_m3uvodcategoryrelation"
        unique_together = [("m3u_account", "category")]
