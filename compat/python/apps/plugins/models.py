"""Plugins as the host knows them."""

from __future__ import annotations

from django.db import models

from apps.plugins.fields import SettingsField


class PluginConfig(models.Model):
    """A plugin: whether it is enabled, and its settings."""

    key = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=255)
    version = models.CharField(max_length=64, default="", blank=True)
    description = models.TextField(default="", blank=True)
    enabled = models.BooleanField(default=False)
    ever_enabled = models.BooleanField(default=False)
    settings = SettingsField(default=dict)
    source_repo = models.ForeignKey(
        "PluginRepo", on_delete=models.SET_NULL, related_name="installed_plugins", null=True, blank=True
    )
    slug = models.CharField(max_length=128, default="", blank=True)
    installed_version_is_prerelease = models.BooleanField(default=False)
    deprecated = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "plugins_pluginconfig"

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"

    @property
    def is_managed(self) -> bool:
        """Whether it came from a repository."""
        return self.source_repo_id is not None


class PluginRepo(models.Model):
    """A repository of plugins."""

    name = models.CharField(max_length=255)
    url = models.CharField(max_length=200, unique=True)
    is_official = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    cached_manifest = models.JSONField(default=dict)
    public_key = models.TextField(default="", blank=True)
    signature_verified = models.BooleanField(null=True, blank=True, default=None)
    last_fetched = models.DateTimeField(null=True, blank=True)
    last_fetch_status = models.CharField(max_length=255, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "plugins_pluginrepo"
        ordering = ["-is_official", "name"]

    def __str__(self) -> str:
        return self.name
