"""Importing films and series, which this host does not."""

from __future__ import annotations

from pluggarr.unsupported import NO_VOD, unsupported

refresh_vod_content = unsupported("refresh_vod_content", NO_VOD)
refresh_series_episodes = unsupported("refresh_series_episodes", NO_VOD)
batch_refresh_series_episodes = unsupported("batch_refresh_series_episodes", NO_VOD)
refresh_movie_advanced_data = unsupported("refresh_movie_advanced_data", NO_VOD)
cleanup_orphaned_vod_content = unsupported("cleanup_orphaned_vod_content", NO_VOD)
