"""How many watch through a login: nobody, this host does not stream."""

from __future__ import annotations

from typing import Any


def get_profile_active_connection_count(profile_id: Any, *_: Any) -> int:
    """How many watch."""
    return 0


def pool_has_capacity_for_profile(profile: Any, *_: Any) -> bool:
    """Whether one more may watch."""
    return True
