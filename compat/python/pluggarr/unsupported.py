"""What plugins may import and this host has not."""

from __future__ import annotations

from typing import Any, NoReturn

NO_STREAMING = "this host does not stream"
NO_RECORDING = "this host does not record"
NO_OUTPUT = "this host gives out no playlists and guides"
NO_VOD = "this host does not import films and series"


class NotSupported(NotImplementedError):
    """Raised by what exists so that it can be imported, and cannot be used here."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} cannot be used here: {why}")


class Unsupported:
    """Stands in for a class: it can be named and patched, and fails when it is used."""

    why = NO_STREAMING

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise NotSupported(type(self).__name__, self.why)

    @classmethod
    def get_instance(cls) -> NoReturn:
        """Would return the one object of a process."""
        raise NotSupported(f"{cls.__name__}.get_instance()", cls.why)


def unsupported(name: str, why: str) -> Any:
    """A function of that name that fails when it is called."""

    def call(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotSupported(f"{name}()", why)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Cannot be used here: {why}."
    return call
