"""Talks to an Xtream Codes server."""

from __future__ import annotations

from typing import Any

import requests

from core.utils import dispatcharr_user_agent

TIMEOUT = (10, 60)  # seconds to connect, and for each piece of an answer


class Client:
    """One login on one server. Use it in a ``with``."""

    def __init__(self, server_url: str, username: str, password: str, user_agent: str | None = None) -> None:
        self.server_url = server_url.rstrip("/").removesuffix("/player_api.php").removesuffix("/get.php")
        self.username, self.password = username, password
        self.user_agent = user_agent or dispatcharr_user_agent()
        self.server_info: dict[str, Any] | None = None
        self.session = requests.Session()
        self.session.headers["User-Agent"] = self.user_agent

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _ask(self, action: str | None = None, **params: Any) -> Any:
        query = {"username": self.username, "password": self.password, **params}
        if action:
            query["action"] = action
        answer = self.session.get(f"{self.server_url}/player_api.php", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def authenticate(self) -> dict[str, Any]:
        """Log in; what the server says of itself and the login. ValueError when it says no."""
        info = self._ask()
        if not isinstance(info, dict) or not (info.get("user_info") or {}).get("auth"):
            raise ValueError(f"{self.server_url} refuses the login of {self.username}")
        self.server_info = info
        return info

    def get_account_info(self) -> dict[str, Any]:
        """What the server says of itself and the login."""
        return self.server_info or self.authenticate()

    def get_live_categories(self) -> list[dict[str, Any]]:
        """The groups of its streams."""
        return self._ask("get_live_categories")

    def get_live_category_streams(self, category_id: Any) -> list[dict[str, Any]]:
        """The streams of a group."""
        return self._ask("get_live_streams", category_id=category_id)

    def get_all_live_streams(self) -> list[dict[str, Any]]:
        """All its streams."""
        return self._ask("get_live_streams")

    def get_vod_categories(self) -> list[dict[str, Any]]:
        """The categories of its films."""
        return self._ask("get_vod_categories")

    def get_vod_streams(self, category_id: Any = None) -> list[dict[str, Any]]:
        """Its films, of one category or all."""
        return self._ask("get_vod_streams", **({"category_id": category_id} if category_id else {}))

    def get_vod_info(self, vod_id: Any) -> dict[str, Any]:
        """What it knows of a film."""
        return self._ask("get_vod_info", vod_id=vod_id)

    def get_series_categories(self) -> list[dict[str, Any]]:
        """The categories of its series."""
        return self._ask("get_series_categories")

    def get_series(self, category_id: Any = None) -> list[dict[str, Any]]:
        """Its series, of one category or all."""
        return self._ask("get_series", **({"category_id": category_id} if category_id else {}))

    def get_series_info(self, series_id: Any) -> dict[str, Any]:
        """What it knows of a series, with the episodes."""
        return self._ask("get_series_info", series_id=series_id)

    def get_stream_url(self, stream_id: Any) -> str:
        """Where a stream can be watched."""
        return f"{self.server_url}/live/{self.username}/{self.password}/{stream_id}.ts"
