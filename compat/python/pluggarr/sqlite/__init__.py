"""Django's backend for the host's SQLite file."""
