"""What kind of process this is."""

from __future__ import annotations


def get_process_role() -> str:
    """The kind that plugins start their schedulers in: there is one process a plugin, which is it."""
    return "uwsgi"
