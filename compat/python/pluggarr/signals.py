"""What signals of the models have in common."""

from __future__ import annotations

import logging
from typing import Any

from pluggarr import host

logger = logging.getLogger(__name__)


def later(task: Any, *args: Any) -> None:
    """Queue a task that follows from a row, which is saved also when the host does not take it."""
    if not host.attached():
        logger.info("%s is left to the host: this program cannot ask it", task.name)
        return
    try:
        task.delay(*args)
    except host.HostError as error:
        logger.warning("%s was not queued: %s", task.name, error)
