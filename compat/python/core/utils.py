"""What plugins use of the host: its Redis, its page, its log of events, and small things."""

from __future__ import annotations

import gc
import logging
import os
import re
import threading
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.exceptions import ValidationError

from core.events import log_system_event  # noqa: F401 - plugins find it here
from pluggarr import host
from version import __version__

LOCK_TTL = 300  # seconds
PROTECTED = ("epgs", "uploads", "m3us")

logger = logging.getLogger(__name__)


class RedisClient:
    """The connections to Redis; None where the operator has switched it off."""

    _clients: dict[str, redis.Redis] = {}  # noqa: RUF012 - one for the process is the point
    _lock = threading.Lock()

    @classmethod
    def get_client(cls, max_retries: int = 5, retry_interval: float = 1) -> redis.Redis | None:
        """A connection whose values are text."""
        return cls._get("text", decode_responses=True, socket_timeout=5)

    @classmethod
    def get_buffer(cls, max_retries: int = 5, retry_interval: float = 1) -> redis.Redis | None:
        """A connection whose values are bytes."""
        return cls._get("bytes", socket_timeout=5)

    @classmethod
    def get_pubsub_client(cls, max_retries: int = 5, retry_interval: float = 1) -> redis.Redis | None:
        """A connection that waits for messages as long as it takes."""
        return cls._get("pubsub", decode_responses=True)

    @classmethod
    def _get(cls, kind: str, **options: Any) -> redis.Redis | None:
        if not settings.REDIS_URL:
            return None
        with cls._lock:
            client = cls._clients.get(kind)
            if client is None:
                client = redis.Redis.from_url(settings.REDIS_URL, health_check_interval=30, **options)
                try:
                    client.ping()
                except redis.RedisError as error:
                    logger.warning("Redis does not answer: %s", error)
                    return None
                cls._clients[kind] = client
        return client


def _lock_key(task_name: str, object_id: Any) -> str:
    return f"task_lock_{task_name}_{object_id}"


def acquire_task_lock(task_name: str, object_id: Any) -> bool:
    """Take a lock that all processes share; it ends by itself after five minutes. True without a Redis."""
    client = RedisClient.get_client()
    return client is None or bool(client.set(_lock_key(task_name, object_id), "locked", nx=True, ex=LOCK_TTL))


def release_task_lock(task_name: str, object_id: Any) -> None:
    """Give the lock back."""
    client = RedisClient.get_client()
    if client is not None:
        client.delete(_lock_key(task_name, object_id))


def is_task_lock_held(task_name: str, object_id: Any) -> bool:
    """Whether somebody has the lock."""
    client = RedisClient.get_client()
    return client is not None and bool(client.exists(_lock_key(task_name, object_id)))


class TaskLockRenewer:
    """Keeps a lock from ending while long work goes on."""

    def __init__(
        self, task_name: str, object_id: Any, ttl: int = LOCK_TTL, renewal_interval: float = 120
    ) -> None:
        self._key = _lock_key(task_name, object_id)
        self._ttl, self._interval = ttl, renewal_interval
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> TaskLockRenewer:
        """Begin to renew it."""
        self._thread = threading.Thread(target=self._renew, name="lock-renewer", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Leave it to end."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _renew(self) -> None:
        while not self._ended.wait(self._interval):
            client = RedisClient.get_client()
            if client is not None:
                client.expire(self._key, self._ttl)

    def __enter__(self) -> TaskLockRenewer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def send_websocket_update(group_name: str, event_type: str, data: Any, collect_garbage: bool = False) -> None:
    """Tell everybody who has the page open. Never fails; who is not there does not hear it."""
    try:
        if not host.notify("page.send", {"group": group_name, "type": event_type, "data": data}):
            logger.debug("nobody hears %s from here", event_type)
    except Exception as error:
        logger.warning("a message to the page was lost: %s", error)


send_websocket_update_sync = send_websocket_update


def send_websocket_event(event: str, success: bool, data: dict[str, Any] | None) -> None:
    """Tell the page of an event by its name."""
    send_websocket_update("updates", "update", {"success": success, "type": event, **(data or {})})


def send_websocket_notification(notification: Any) -> None:
    """Show a notification, a row or a dictionary."""
    if not isinstance(notification, dict):
        notification = {
            "id": notification.id,
            "notification_key": notification.notification_key,
            "notification_type": notification.notification_type,
            "priority": notification.priority,
            "title": notification.title,
            "message": notification.message,
            "action_data": notification.action_data,
            "is_active": notification.is_active,
            "admin_only": notification.admin_only,
            "created_at": notification.created_at.isoformat() if notification.created_at else None,
        }
    send_websocket_update(
        "updates", "update", {"success": True, "type": "system_notification", "notification": notification}
    )


def send_notification_dismissed(notification_key: str) -> None:
    """Take a notification away."""
    data = {"success": True, "type": "notification_dismissed", "notification_key": notification_key}
    send_websocket_update("updates", "update", data)


def natural_sort_key(text: Any) -> list[Any]:
    """A key by which "2" comes before "10"."""
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", str(text or ""))]


def custom_properties_as_dict(value: Any) -> dict[str, Any]:
    """The properties as a dictionary, also when they were stored as JSON text."""
    import json

    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


ensure_custom_properties_dict = custom_properties_as_dict


def validate_flexible_url(value: str) -> None:
    """Raise ValidationError unless value is an address of a stream or a file; short host names are."""
    parts = urlsplit(value or "")
    if parts.scheme not in {"http", "https", "rtsp", "rtp", "udp", "ftp"} or not parts.netloc.lstrip("@"):
        raise ValidationError("Enter a valid URL.")


def safe_upload_path(filename: str, base_dir: str) -> str:
    """The path of a file directly in a folder; ValueError for a name that leads elsewhere."""
    path = os.path.realpath(os.path.join(base_dir, os.path.basename(filename or "")))
    if os.path.dirname(path) != os.path.realpath(base_dir):
        raise ValueError(f"{filename!r} is no name of a file")
    return path


def is_protected_path(path: str | None) -> bool:
    """Whether a file is the user's own, and not to be removed with its account or source."""
    if not path:
        return False
    real = os.path.realpath(path)
    roots = [
        os.path.realpath(os.path.join(data, name))
        for name in PROTECTED
        for data in ("/data", settings.DATA_DIR)
    ]
    return any(real.startswith(root + os.sep) for root in roots)


def dispatcharr_user_agent() -> str:
    """What the host says it is when it downloads."""
    return f"Dispatcharr/{__version__}"


def dispatcharr_http_headers(**more: str) -> dict[str, str]:
    """Headers for a download of the host's own."""
    return {"User-Agent": dispatcharr_user_agent(), **more}


def cleanup_memory(log_usage: bool = False, force_collection: bool = True) -> None:
    """Give memory back that nothing uses any more."""
    if force_collection:
        gc.collect()


def spawn_memory_trim() -> None:
    """Give memory back, at some time."""


def get_memory_usage() -> float:
    """How much memory the process uses, in MB."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    except OSError:
        return 0.0


def monitor_memory_usage(function: Any) -> Any:
    """Leave a function as it is; the host watches memory itself."""
    return function
