"""Which address would be streamed."""

from __future__ import annotations

from pluggarr.unsupported import NO_STREAMING, unsupported

get_stream_info_for_switch = unsupported("get_stream_info_for_switch", NO_STREAMING)
transform_url = unsupported("transform_url", NO_STREAMING)
generate_stream_url = unsupported("generate_stream_url", NO_STREAMING)
