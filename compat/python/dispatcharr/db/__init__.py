"""The database, as plugins ask about it."""
