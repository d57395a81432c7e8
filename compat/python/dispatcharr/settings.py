"""Django's settings. All of them come from the environment, so that a program which a plugin starts
can use the models too, with ``DJANGO_SETTINGS_MODULE=dispatcharr.settings`` and ``django.setup()``.

``DATABASE_URL`` says which database, ``REDIS_URL`` which Redis, ``DISPATCHARR_DATA_DIR`` where plugins
may write, ``DJANGO_SECRET_KEY`` what signs their tokens; it is not the key that signs the host's.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
from datetime import timedelta
from pathlib import Path

from pluggarr.database import database

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DISPATCHARR_DATA_DIR") or os.getcwd())
MEDIA_ROOT = str(DATA_DIR / "media")
MEDIA_URL = "/media/"
STATIC_URL = "/static/"

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "dispatcharr.urls"

INSTALLED_APPS = [
    "apps.accounts",
    "apps.channels",
    "apps.connect",
    "apps.dashboard",
    "apps.epg",
    "apps.hdhr",
    "apps.m3u",
    "apps.plugins",
    "apps.vod",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_celery_beat",
]
if importlib.util.find_spec("rest_framework"):
    INSTALLED_APPS.append("rest_framework")

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Records go to the host, which keeps them as the plugin's log.
LOGGING_CONFIG = None

CELERY_BROKER_URL = "memory://"
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=30),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
    "ROTATE_REFRESH_TOKENS": False,
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
