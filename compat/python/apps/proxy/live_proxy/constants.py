"""Names of what is told about a running channel."""

from __future__ import annotations


class ChannelState:
    """What a channel does."""

    INITIALIZING = "initializing"
    CONNECTING = "connecting"
    WAITING_FOR_CLIENTS = "waiting_for_clients"
    ACTIVE = "active"
    ERROR = "error"
    STOPPING = "stopping"
    STOPPED = "stopped"
    BUFFERING = "buffering"


class ChannelMetadataField:
    """The keys of a running channel's record."""

    STATE = "state"
    URL = "url"
    STREAM_ID = "stream_id"
    STREAM_NAME = "stream_name"
    CHANNEL_NAME = "channel_name"
    STREAM_PROFILE = "stream_profile"
    M3U_PROFILE = "m3u_profile"
    INIT_TIME = "init_time"
    TOTAL_BYTES = "total_bytes"
    OWNER = "owner"
    USER_AGENT = "user_agent"
    VIDEO_CODEC = "video_codec"
    VIDEO_BITRATE = "video_bitrate"
    RESOLUTION = "resolution"
    WIDTH = "width"
    HEIGHT = "height"
    SOURCE_FPS = "source_fps"
    PIXEL_FORMAT = "pixel_format"
    AUDIO_CODEC = "audio_codec"
    AUDIO_CHANNELS = "audio_channels"
    AUDIO_BITRATE = "audio_bitrate"
    SAMPLE_RATE = "sample_rate"
    STREAM_TYPE = "stream_type"
    FFMPEG_SPEED = "ffmpeg_speed"
    FFMPEG_FPS = "ffmpeg_fps"
    FFMPEG_OUTPUT_BITRATE = "ffmpeg_output_bitrate"
    ACTUAL_FPS = "actual_fps"
    CONNECTED_AT = "connected_at"
    LAST_ACTIVE = "last_active"
    IP_ADDRESS = "ip_address"
