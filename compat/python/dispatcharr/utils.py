"""Questions about a request."""

from __future__ import annotations

import ipaddress
from typing import Any


def get_client_ip(request: Any) -> str | None:
    """Where a request came from."""
    forwarded = (
        request.META.get("HTTP_X_REAL_IP") or request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[0]
    )
    return forwarded.strip() or request.META.get("REMOTE_ADDR")


def network_access_allowed(request: Any, settings_key: str, user: Any = None) -> bool:
    """Whether the settings let a request from there in."""
    from core.models import CoreSettings

    own = ((getattr(user, "custom_properties", None) or {}).get("allowed_networks") or {}).get(settings_key)
    everywhere = CoreSettings.get_network_access_settings().get(settings_key)
    try:
        address = ipaddress.ip_address(get_client_ip(request) or "")
    except ValueError:
        return not own and not everywhere
    return all(_inside(address, networks) for networks in (everywhere, own) if networks)


def _inside(address: Any, networks: Any) -> bool:
    for network in networks.split(",") if isinstance(networks, str) else networks:
        try:
            if address in ipaddress.ip_network(network.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False
