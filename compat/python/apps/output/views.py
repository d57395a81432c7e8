"""Playlists and guides for players, which this host does not give out."""

from __future__ import annotations

from pluggarr.unsupported import NO_OUTPUT, unsupported

generate_m3u = unsupported("generate_m3u", NO_OUTPUT)
generate_epg = unsupported("generate_epg", NO_OUTPUT)
xc_get_epg = unsupported("xc_get_epg", NO_OUTPUT)
xc_get_live_streams = unsupported("xc_get_live_streams", NO_OUTPUT)
xc_get_live_categories = unsupported("xc_get_live_categories", NO_OUTPUT)
xc_player_api = unsupported("xc_player_api", NO_OUTPUT)
