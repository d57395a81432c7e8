"""Modules of that name, for plugins to import."""
