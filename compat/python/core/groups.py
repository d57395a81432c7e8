"""The groups of settings, and what plugins ask for most among them."""

from __future__ import annotations

from typing import Any

STREAM, EPG, DVR, PROXY = "stream_settings", "epg_settings", "dvr_settings", "proxy_settings"
NETWORK, SYSTEM, LIMITS = "network_access", "system_settings", "user_limit_settings"

# What counts while a group has no row; a row that is there is never filled up from here.
DEFAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    STREAM: (
        "Stream Settings",
        {"default_user_agent": None, "default_stream_profile": None, "m3u_hash_key": "url"},
    ),
    EPG: (
        "EPG Settings",
        {
            "epg_match_ignore_prefixes": [],
            "epg_match_ignore_suffixes": [],
            "epg_match_ignore_custom": [],
        },
    ),
    DVR: (
        "DVR Settings",
        {"pre_offset_minutes": 0, "post_offset_minutes": 0, "comskip_enabled": False, "series_rules": []},
    ),
    PROXY: (
        "Proxy Settings",
        {
            "buffering_timeout": 15,
            "buffering_speed": 1.0,
            "redis_chunk_ttl": 60,
            "channel_shutdown_delay": 0,
            "channel_init_grace_period": 60,
            "channel_client_wait_period": 5,
        },
    ),
    NETWORK: ("Network Access", {}),
    SYSTEM: (
        "System Settings",
        {
            "time_zone": "UTC",
            "max_system_events": 100,
            "preferred_region": None,
            "auto_import_mapped_files": True,
        },
    ),
    LIMITS: ("User Limit Settings", {}),
}


class SettingsGroups:
    """What ``CoreSettings`` answers without a row at hand."""

    @classmethod
    def _get_group(cls, key: str, defaults: dict[str, Any] | None = None) -> dict[str, Any]:
        row = cls.objects.filter(key=key).first()
        if row is None:
            return dict(DEFAULTS.get(key, ("", {}))[1] if defaults is None else defaults)
        return row.value if isinstance(row.value, dict) else {}

    @classmethod
    def _update_group(cls, key: str, name: str, updates: dict[str, Any]) -> dict[str, Any]:
        """Change some values of a group; the others stay."""
        row, _ = cls.objects.get_or_create(key=key, defaults={"name": name or key, "value": {}})
        row.value = {**(row.value if isinstance(row.value, dict) else {}), **updates}
        row.save()
        return row.value

    @classmethod
    def get_stream_settings(cls) -> dict[str, Any]:
        """How streams are played and told apart."""
        return cls._get_group(STREAM)

    @classmethod
    def get_epg_settings(cls) -> dict[str, Any]:
        """How channels and guides are matched."""
        return cls._get_group(EPG)

    @classmethod
    def get_dvr_settings(cls) -> dict[str, Any]:
        """How recordings are made."""
        return cls._get_group(DVR)

    @classmethod
    def get_proxy_settings(cls) -> dict[str, Any]:
        """How streams are passed on."""
        return cls._get_group(PROXY)

    @classmethod
    def get_network_access_settings(cls) -> dict[str, Any]:
        """Who may reach what."""
        return cls._get_group(NETWORK)

    @classmethod
    def get_system_settings(cls) -> dict[str, Any]:
        """Time zone and the like."""
        return cls._get_group(SYSTEM)

    @classmethod
    def get_user_limits_settings(cls) -> dict[str, Any]:
        """What users may use at once."""
        return cls._get_group(LIMITS)

    @classmethod
    def get_default_user_agent_id(cls) -> int | None:
        """The id of the default user agent."""
        return cls.get_stream_settings().get("default_user_agent")

    @classmethod
    def get_default_user_agent(cls) -> str:
        """What a download says it is by default."""
        from core.models import UserAgent
        from core.utils import dispatcharr_user_agent

        row = UserAgent.objects.filter(pk=cls.get_default_user_agent_id()).first()
        return row.user_agent if row else dispatcharr_user_agent()

    @classmethod
    def get_default_stream_profile_id(cls) -> int | None:
        """The id of the default stream profile."""
        return cls.get_stream_settings().get("default_stream_profile")

    @classmethod
    def get_redirect_stream_profile_id(cls) -> int | None:
        """The id of the profile that sends players to the provider."""
        from core.models import StreamProfile

        return StreamProfile.objects.filter(name="Redirect", locked=True).values_list("id", flat=True).first()

    @classmethod
    def is_default_stream_profile_redirect(cls) -> bool:
        """Whether players are sent to the provider by default."""
        default = cls.get_default_stream_profile_id()
        return default is not None and str(default) == str(cls.get_redirect_stream_profile_id())

    @classmethod
    def get_m3u_hash_key(cls) -> str:
        """By what streams are told apart, words with commas between."""
        return cls.get_stream_settings().get("m3u_hash_key") or "url"

    @classmethod
    def get_default_output_format(cls) -> str:
        """In which format streams go out."""
        return cls.get_stream_settings().get("default_output_format") or "mpegts"

    @classmethod
    def get_hdhr_output_profile_id(cls) -> int | None:
        """The id of the output profile of HDHomeRun devices."""
        return cls.get_stream_settings().get("hdhr_output_profile_id")

    @classmethod
    def get_catchup_enabled(cls) -> bool:
        """Whether past programmes may be watched."""
        return bool(cls.get_stream_settings().get("catchup_enabled", False))

    @classmethod
    def get_preferred_region(cls) -> str | None:
        """The region whose channels are preferred."""
        return cls.get_system_settings().get("preferred_region")

    @classmethod
    def get_auto_import_mapped_files(cls) -> bool:
        """Whether files that are found are imported."""
        return bool(cls.get_system_settings().get("auto_import_mapped_files", True))

    @classmethod
    def get_system_time_zone(cls) -> str:
        """The time zone of schedules, as in "Europe/Berlin"."""
        return cls.get_system_settings().get("time_zone") or "UTC"

    @classmethod
    def set_system_time_zone(cls, name: str) -> str:
        """Set the time zone of schedules."""
        value = (name or "").strip() or "UTC"
        cls._update_group(SYSTEM, DEFAULTS[SYSTEM][0], {"time_zone": value})
        return value

    @classmethod
    def get_epg_match_ignore_prefixes(cls) -> list[str]:
        """What is cut from the beginning of names before they are matched."""
        return list(cls.get_epg_settings().get("epg_match_ignore_prefixes") or [])

    @classmethod
    def get_epg_match_ignore_suffixes(cls) -> list[str]:
        """What is cut from the end of names before they are matched."""
        return list(cls.get_epg_settings().get("epg_match_ignore_suffixes") or [])

    @classmethod
    def get_epg_match_ignore_custom(cls) -> list[str]:
        """What is cut from anywhere in names before they are matched."""
        return list(cls.get_epg_settings().get("epg_match_ignore_custom") or [])

    @classmethod
    def get_dvr_pre_offset_minutes(cls) -> int:
        """How long before a programme a recording begins."""
        return int(cls.get_dvr_settings().get("pre_offset_minutes") or 0)

    @classmethod
    def get_dvr_post_offset_minutes(cls) -> int:
        """How long after a programme a recording ends."""
        return int(cls.get_dvr_settings().get("post_offset_minutes") or 0)

    @classmethod
    def get_dvr_comskip_enabled(cls) -> bool:
        """Whether commercials are cut."""
        return bool(cls.get_dvr_settings().get("comskip_enabled", False))

    @classmethod
    def get_dvr_comskip_custom_path(cls) -> str:
        """The file that says how commercials are found."""
        return cls.get_dvr_settings().get("comskip_custom_path") or ""

    @classmethod
    def set_dvr_comskip_custom_path(cls, path: str | None) -> str:
        """Name the file that says how commercials are found."""
        value = (path or "").strip()
        cls._update_group(DVR, DEFAULTS[DVR][0], {"comskip_custom_path": value})
        return value

    @classmethod
    def get_dvr_series_rules(cls) -> list[dict[str, Any]]:
        """Which series are recorded."""
        return list(cls.get_dvr_settings().get("series_rules") or [])

    @classmethod
    def set_dvr_series_rules(cls, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Say which series are recorded."""
        value = list(rules or [])
        cls._update_group(DVR, DEFAULTS[DVR][0], {"series_rules": value})
        return value
