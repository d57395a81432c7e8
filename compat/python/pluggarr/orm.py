"""Django over the host's database, loaded once in the fork-server."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from types import ModuleType

SETTINGS = "dispatcharr.settings"

# What plugins import with the models; one that could not be installed is left out.
WARM = (
    "apps.channels.tasks",
    "apps.epg.tasks",
    "apps.m3u.tasks",
    "apps.plugins.loader",
    "core.scheduling",
    "core.utils",
    "django.core.cache",
    "django.core.validators",
    "django.db.models.functions",
    "django_celery_beat.models",
    "django_redis",
    "pytz",
    "redis",
    "requests",
)

# The roots of what cannot be imported without it.
ROOTS = frozenset(
    [
        "amqp",
        "apps",
        "asgiref",
        "billiard",
        "celery",
        "core",
        "dispatcharr",
        "django",
        "django_celery_beat",
        "django_redis",
        "kombu",
        "pytz",
        "redis",
        "requests",
        "rest_framework",
        "rest_framework_simplejwt",
        "version",
    ]
)


def load() -> bool:
    """Set Django up; False when it is not installed or there is no database.

    No connection is open afterwards, for one must not be carried through a fork.
    """
    if not os.environ.get("DATABASE_URL"):
        return False
    try:
        django = importlib.import_module("django")
    except ImportError:
        return False
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _warm_models()
    close_all()
    return True


def _warm_models() -> None:
    """Build once what Django builds with the first query of a model."""
    from apps.channels.models import Channel, ChannelStream, Stream

    for model in (Channel, Stream, ChannelStream):
        str(model.objects.select_related().filter(pk=1).query)


def loaded() -> bool:
    """Whether Django was set up in this process."""
    return _module("django.apps") is not None and sys.modules["django.apps"].apps.ready


def close_all() -> None:
    """Close this thread's connections to the database."""
    database = _module("django.db")
    if database is not None:
        database.connections.close_all()


def needs(error: BaseException) -> str:
    """What is missing when error is an import that would work with Django set up, else ""."""
    if not isinstance(error, ImportError) or loaded():
        return ""
    root = (error.name or "").partition(".")[0]
    if root not in ROOTS:
        return ""
    return "Django" if root in {"apps", "core", "dispatcharr", "django", "version"} else root


def _module(name: str) -> ModuleType | None:
    return sys.modules.get(name)
