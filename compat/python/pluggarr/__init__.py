"""Runs Dispatcharr's Python plugins as workers of a Pluggarr host."""
