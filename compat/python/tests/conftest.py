"""Fixtures: one fork-server for all tests, plugins folders and workers for each."""

from __future__ import annotations

import pathlib
import textwrap
from collections.abc import Iterator

import pytest

from tests.harness import Server, Worker


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A fork-server."""
    made = Server({})
    yield made
    assert made.close() == 0


@pytest.fixture
def worker(server: Server) -> Iterator[Worker]:
    """A worker nothing was said to yet."""
    made = server.fork()
    yield made
    made.close()
    server.exit_of(made.pid)


@pytest.fixture
def plugins(tmp_path: pathlib.Path) -> pathlib.Path:
    """An empty plugins folder."""
    made = tmp_path / "plugins"
    made.mkdir()
    return made


@pytest.fixture
def write(plugins: pathlib.Path):
    """Writes a plugin: write("my_plugin", {"plugin.py": source}) returns its folder."""

    def make(name: str, files: dict[str, str | bytes]) -> pathlib.Path:
        folder = plugins / name
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        return folder

    return make


@pytest.fixture
def loaded(worker: Worker, write):
    """Loads one plugin.py: loaded(source) returns the worker, which has described it."""

    def make(source: str) -> Worker:
        worker.load(write("it", {"plugin.py": source}))
        return worker

    return make
