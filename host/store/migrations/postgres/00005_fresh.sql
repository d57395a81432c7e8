-- The rows of a fresh install. The ids count from 1 in the order given here;
-- plugins and settings name some of them.
-- +goose Up
INSERT INTO "core_useragent" ("name", "user_agent", "description", "is_active", "created_at", "updated_at") VALUES
    ('TiviMate', 'TiviMate/5.1.6 (Android 12)', 'A player for Android TV', true, date_trunc('second', now()), date_trunc('second', now())),
    ('VLC', 'VLC/3.0.21 LibVLC/3.0.21', 'The VLC media player', true, date_trunc('second', now()), date_trunc('second', now())),
    ('Chrome', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36', 'A browser', true, date_trunc('second', now()), date_trunc('second', now()));

INSERT INTO "core_streamprofile" ("name", "command", "parameters", "locked", "is_active", "user_agent_id") VALUES
    ('ffmpeg', 'ffmpeg', '-user_agent {userAgent} -i {streamUrl} -c copy -f mpegts pipe:1', true, true, NULL),
    ('streamlink', 'streamlink', '--http-header User-Agent={userAgent} --stdout {streamUrl} best', true, true, NULL),
    ('Proxy', '', '', true, true, NULL),
    ('Redirect', '', '', true, true, NULL),
    ('VLC', 'cvlc', '--http-user-agent {userAgent} {streamUrl} --sout #standard{access=file,mux=ts,dst=-} vlc://quit', true, true, NULL);

INSERT INTO "core_outputprofile" ("name", "command", "parameters", "locked", "is_active") VALUES
    ('H.264 720p', 'ffmpeg', '-i pipe:0 -vf scale=-2:720 -c:v libx264 -preset veryfast -c:a aac -f mpegts pipe:1', true, true),
    ('H.264 1080p', 'ffmpeg', '-i pipe:0 -vf scale=-2:1080 -c:v libx264 -preset veryfast -c:a aac -f mpegts pipe:1', true, true);

INSERT INTO "core_coresettings" ("key", "name", "value") VALUES
    ('stream_settings', 'Stream Settings', '{"m3u_hash_key": "url", "default_user_agent": 1, "default_stream_profile": 1}'),
    ('dvr_settings', 'DVR Settings', '{}'),
    ('backup_settings', 'Backup Settings', '{}'),
    ('network_access', 'Network Access', '{}'),
    ('user_limit_settings', 'User Limit Settings', '{}'),
    ('system_settings', 'System Settings', '{"time_zone": "UTC", "max_system_events": 100, "preferred_region": "us", "auto_import_mapped_files": true}'),
    ('proxy_settings', 'Proxy Settings', '{"buffering_timeout": 15, "buffering_speed": 1.0, "redis_chunk_ttl": 60, "channel_shutdown_delay": 0, "channel_init_grace_period": 60, "channel_client_wait_period": 5}');

INSERT INTO "django_celery_beat_intervalschedule" ("every", "period") VALUES
    (24, 'hours');

INSERT INTO "django_celery_beat_periodictask" ("name", "task", "interval_id", "args", "kwargs", "headers", "one_off", "enabled", "total_run_count", "date_changed", "description") VALUES
    ('m3u_account-refresh-1', 'apps.m3u.tasks.refresh_single_m3u_account', (SELECT "id" FROM "django_celery_beat_intervalschedule"), '[]', '{"account_id": 1}', '{}', false, false, 0, date_trunc('second', now()), '');

INSERT INTO "django_celery_beat_periodictasks" ("ident", "last_update") VALUES
    (1, date_trunc('second', now()));

INSERT INTO "m3u_m3uaccount" ("name", "max_streams", "is_active", "created_at", "status", "locked", "account_type", "custom_properties", "refresh_interval", "refresh_task_id", "stale_stream_days", "priority") VALUES
    ('custom', 0, true, date_trunc('second', now()), 'idle', true, 'STD', '{}', 0, (SELECT "id" FROM "django_celery_beat_periodictask"), 7, 0);

INSERT INTO "m3u_m3uaccountprofile" ("m3u_account_id", "name", "is_default", "max_streams", "is_active", "search_pattern", "replace_pattern", "current_viewers", "custom_properties") VALUES
    ((SELECT "id" FROM "m3u_m3uaccount"), 'custom Default', true, 0, true, '^(.*)$', '$1', 0, '{}');
