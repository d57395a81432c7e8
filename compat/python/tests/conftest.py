"""Fixtures: one fork-server for all tests, plugins folders and workers for each."""

from __future__ import annotations

import pathlib
import textwrap
from collections.abc import Iterator

import pytest

from tests.database import Database
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


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Django over a database with the host's tables."""
    pytest.importorskip("django", reason="Django is not installed")
    database = Database(tmp_path_factory.mktemp("database"))
    database.reset()
    from pluggarr import orm

    assert orm.load()
    return database


@pytest.fixture
def rows(models):
    """The tables of a fresh host."""
    from pluggarr import orm

    models.reset()
    yield
    orm.close_all()


class FakeHost:
    """Notes what it is asked, and answers with what `answers` holds."""

    def __init__(self):
        self.calls, self.told, self.answers = [], [], {}

    def call(self, method, params):
        self.calls.append((method, params))
        answer = self.answers.get(method)
        return answer(params) if callable(answer) else answer


@pytest.fixture
def asked(rows, monkeypatch):
    """A host, as plugin code reaches it."""
    from pluggarr import host

    fake = FakeHost()
    monkeypatch.setattr(host, "attached", lambda: True)
    monkeypatch.setattr(host, "key", lambda: "mine")
    monkeypatch.setattr(host, "call", fake.call)
    monkeypatch.setattr(host, "notify", lambda method, params: fake.told.append((method, params)) or True)
    return fake
