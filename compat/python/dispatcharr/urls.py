"""Django's routes: none. The host serves HTTP, plugins that serve do it themselves."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
