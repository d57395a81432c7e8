"""The host's real tables in a SQLite file, for tests of the models."""

import os
import re
import shutil
import sqlite3
from pathlib import Path

MIGRATIONS = Path(__file__).parents[3] / "host/store/migrations/sqlite"


def make(path):
    """Make a database as a fresh host does."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        for file in sorted(MIGRATIONS.glob("*.sql")):
            up = file.read_text(encoding="utf-8").partition("-- +goose Down")[0]
            database.executescript(re.sub(r"^-- \+goose .*$", "", up, flags=re.MULTILINE))
    database.close()


class Database:
    """One file that every test finds fresh."""

    def __init__(self, folder):
        self.fresh, self.path = folder / "fresh.db", folder / "host.db"
        make(self.fresh)
        os.environ["DATABASE_URL"] = f"sqlite:///{self.path}"
        os.environ["DISPATCHARR_DATA_DIR"] = str(folder)
        os.environ.pop("REDIS_URL", None)

    def reset(self):
        """Put the fresh one in place."""
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        shutil.copy(self.fresh, self.path)
