"""Users."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models


class UserManager(DjangoUserManager):
    """Makes users."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        """Make a user who may do everything."""
        fields.setdefault("user_level", User.UserLevel.ADMIN)
        return super().create_superuser(username, email, password, **fields)


class User(AbstractUser):
    """Somebody who may log in."""

    class UserLevel(models.IntegerChoices):
        """What somebody may do."""

        STREAMER = 0, "Streamer"
        STANDARD = 1, "Standard User"
        ADMIN = 10, "Admin"

    avatar_config = models.JSONField(null=True, blank=True, default=dict)
    user_level = models.IntegerField(default=UserLevel.STREAMER, choices=UserLevel.choices)
    custom_properties = models.JSONField(null=True, blank=True, default=dict)
    api_key = models.CharField(max_length=200, null=True, blank=True, db_index=True)
    stream_limit = models.IntegerField(default=0)
    channel_profiles = models.ManyToManyField(
        "dispatcharr_channels.ChannelProfile", related_name="users", blank=True
    )

    objects = UserManager()

    class Meta:
        managed = False
        db_table = "accounts_user"

    def __str__(self) -> str:
        return self.username

    def get_groups(self) -> models.QuerySet:
        """The groups of Django's that the user is in."""
        return self.groups.all()

    def get_permissions(self) -> models.QuerySet:
        """The permissions of Django's that were given to the user alone."""
        return self.user_permissions.all()
