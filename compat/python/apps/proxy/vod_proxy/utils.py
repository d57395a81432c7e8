"""Who asks for a film."""

from __future__ import annotations

from typing import Any

from dispatcharr.utils import get_client_ip


def get_client_info(request: Any) -> tuple[str | None, str]:
    """Where a request came from, and what it says it is."""
    return get_client_ip(request), request.META.get("HTTP_USER_AGENT", "unknown")
