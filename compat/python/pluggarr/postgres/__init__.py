"""Django's backend for the host's PostgreSQL server."""
