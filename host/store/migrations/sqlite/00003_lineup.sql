-- Tables of channels, accounts, sources, their
-- settings and the schedules of django_celery_beat:
-- column for column what Dispatcharr has, in the types that Django gives them on SQLite.
-- +goose Up
CREATE TABLE "core_coresettings" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" varchar(255) NOT NULL UNIQUE,
    "name" varchar(255) NOT NULL,
    "value" text NOT NULL CHECK ((JSON_VALID("value") OR "value" IS NULL))
);

CREATE TABLE "core_outputprofile" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL UNIQUE,
    "command" varchar(255) NOT NULL,
    "parameters" text NOT NULL,
    "locked" bool NOT NULL,
    "is_active" bool NOT NULL
);

CREATE TABLE "core_systemevent" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "event_type" varchar(50) NOT NULL,
    "timestamp" datetime NOT NULL,
    "channel_id" char(32) NULL,
    "channel_name" varchar(255) NULL,
    "details" text NOT NULL CHECK ((JSON_VALID("details") OR "details" IS NULL))
);
CREATE INDEX "core_system_event_t_4267d9_idx" ON "core_systemevent" ("event_type", "timestamp" DESC);
CREATE INDEX "core_system_timesta_c6c3d1_idx" ON "core_systemevent" ("timestamp" DESC);
CREATE INDEX "core_systemevent_channel_id_d4beb5ea" ON "core_systemevent" ("channel_id");
CREATE INDEX "core_systemevent_event_type_4b96dbbc" ON "core_systemevent" ("event_type");
CREATE INDEX "core_systemevent_timestamp_42015ffa" ON "core_systemevent" ("timestamp");

CREATE TABLE "core_systemnotification" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "notification_key" varchar(255) NOT NULL UNIQUE,
    "notification_type" varchar(50) NOT NULL,
    "priority" varchar(20) NOT NULL,
    "source" varchar(20) NOT NULL,
    "title" varchar(255) NOT NULL,
    "message" text NOT NULL,
    "action_data" text NOT NULL CHECK ((JSON_VALID("action_data") OR "action_data" IS NULL)),
    "is_active" bool NOT NULL,
    "admin_only" bool NOT NULL,
    "expires_at" datetime NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "core_system_is_acti_afab03_idx" ON "core_systemnotification" ("is_active", "created_at" DESC);
CREATE INDEX "core_system_notific_2179e3_idx" ON "core_systemnotification" ("notification_type", "is_active");
CREATE INDEX "core_system_source_a35829_idx" ON "core_systemnotification" ("source", "is_active");
CREATE INDEX "core_systemnotification_expires_at_16f24d62" ON "core_systemnotification" ("expires_at");
CREATE INDEX "core_systemnotification_is_active_46d192ca" ON "core_systemnotification" ("is_active");
CREATE INDEX "core_systemnotification_notification_type_15d8a684" ON "core_systemnotification" ("notification_type");
CREATE INDEX "core_systemnotification_source_679a564f" ON "core_systemnotification" ("source");

CREATE TABLE "core_notificationdismissal" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "notification_id" bigint NOT NULL REFERENCES "core_systemnotification" ("id") DEFERRABLE INITIALLY DEFERRED,
    "dismissed_at" datetime NOT NULL,
    "action_taken" varchar(50) NULL
);
CREATE INDEX "core_notifi_user_id_93e02e_idx" ON "core_notificationdismissal" ("user_id", "notification_id");
CREATE UNIQUE INDEX "core_notificationdismiss_user_id_notification_id_c50b872d_uniq" ON "core_notificationdismissal" ("user_id", "notification_id");
CREATE INDEX "core_notificationdismissal_notification_id_6cce0b6b" ON "core_notificationdismissal" ("notification_id");
CREATE INDEX "core_notificationdismissal_user_id_cec67307" ON "core_notificationdismissal" ("user_id");

CREATE TABLE "core_useragent" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(512) NOT NULL UNIQUE,
    "user_agent" varchar(512) NOT NULL UNIQUE,
    "description" varchar(255) NOT NULL,
    "is_active" bool NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);

CREATE TABLE "core_streamprofile" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "command" varchar(255) NOT NULL,
    "parameters" text NOT NULL,
    "locked" bool NOT NULL,
    "is_active" bool NOT NULL,
    "user_agent_id" bigint NULL REFERENCES "core_useragent" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX "core_streamprofile_user_agent_id_1ea2e018" ON "core_streamprofile" ("user_agent_id");

CREATE TABLE "django_celery_beat_clockedschedule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "clocked_time" datetime NOT NULL
);

CREATE TABLE "django_celery_beat_crontabschedule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "minute" varchar(240) NOT NULL,
    "hour" varchar(96) NOT NULL,
    "day_of_week" varchar(64) NOT NULL,
    "day_of_month" varchar(124) NOT NULL,
    "month_of_year" varchar(64) NOT NULL,
    "timezone" varchar(63) NOT NULL
);

CREATE TABLE "django_celery_beat_intervalschedule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "every" integer NOT NULL,
    "period" varchar(24) NOT NULL
);

CREATE TABLE "django_celery_beat_periodictasks" (
    "ident" smallint NOT NULL PRIMARY KEY,
    "last_update" datetime NOT NULL
);

CREATE TABLE "django_celery_beat_solarschedule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "event" varchar(24) NOT NULL,
    "latitude" decimal NOT NULL,
    "longitude" decimal NOT NULL
);
CREATE UNIQUE INDEX "django_celery_beat_solar_event_latitude_longitude_ba64999a_uniq" ON "django_celery_beat_solarschedule" ("event", "latitude", "longitude");

CREATE TABLE "django_celery_beat_periodictask" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(200) NOT NULL UNIQUE,
    "task" varchar(200) NOT NULL,
    "interval_id" integer NULL REFERENCES "django_celery_beat_intervalschedule" ("id") DEFERRABLE INITIALLY DEFERRED,
    "crontab_id" integer NULL REFERENCES "django_celery_beat_crontabschedule" ("id") DEFERRABLE INITIALLY DEFERRED,
    "solar_id" integer NULL REFERENCES "django_celery_beat_solarschedule" ("id") DEFERRABLE INITIALLY DEFERRED,
    "clocked_id" integer NULL REFERENCES "django_celery_beat_clockedschedule" ("id") DEFERRABLE INITIALLY DEFERRED,
    "args" text NOT NULL,
    "kwargs" text NOT NULL,
    "queue" varchar(200) NULL,
    "exchange" varchar(200) NULL,
    "routing_key" varchar(200) NULL,
    "headers" text NOT NULL,
    "priority" integer unsigned NULL CHECK ("priority" >= 0),
    "expires" datetime NULL,
    "expire_seconds" integer unsigned NULL CHECK ("expire_seconds" >= 0),
    "one_off" bool NOT NULL,
    "start_time" datetime NULL,
    "enabled" bool NOT NULL,
    "last_run_at" datetime NULL,
    "total_run_count" integer unsigned NOT NULL CHECK ("total_run_count" >= 0),
    "date_changed" datetime NOT NULL,
    "description" text NOT NULL
);
CREATE INDEX "django_celery_beat_periodictask_clocked_id_47a69f82" ON "django_celery_beat_periodictask" ("clocked_id");
CREATE INDEX "django_celery_beat_periodictask_crontab_id_d3cba168" ON "django_celery_beat_periodictask" ("crontab_id");
CREATE INDEX "django_celery_beat_periodictask_interval_id_a8ca27da" ON "django_celery_beat_periodictask" ("interval_id");
CREATE INDEX "django_celery_beat_periodictask_solar_id_a87ce72c" ON "django_celery_beat_periodictask" ("solar_id");

CREATE TABLE "m3u_servergroup" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(100) NOT NULL UNIQUE
);

CREATE TABLE "m3u_m3uaccount" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL UNIQUE,
    "server_url" varchar(1000) NULL,
    "file_path" varchar(255) NULL,
    "server_group_id" bigint NULL REFERENCES "m3u_servergroup" ("id") DEFERRABLE INITIALLY DEFERRED,
    "max_streams" integer unsigned NOT NULL CHECK ("max_streams" >= 0),
    "is_active" bool NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NULL,
    "status" varchar(20) NOT NULL,
    "last_message" text NULL,
    "user_agent_id" bigint NULL REFERENCES "core_useragent" ("id") DEFERRABLE INITIALLY DEFERRED,
    "locked" bool NOT NULL,
    "stream_profile_id" bigint NULL REFERENCES "core_streamprofile" ("id") DEFERRABLE INITIALLY DEFERRED,
    "account_type" varchar NOT NULL,
    "username" varchar(255) NULL,
    "password" varchar(255) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "refresh_interval" integer NOT NULL,
    "refresh_task_id" integer NULL REFERENCES "django_celery_beat_periodictask" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stale_stream_days" integer unsigned NOT NULL CHECK ("stale_stream_days" >= 0),
    "priority" integer unsigned NOT NULL CHECK ("priority" >= 0)
);
CREATE INDEX "m3u_m3uaccount_refresh_task_id_5a66b2fe" ON "m3u_m3uaccount" ("refresh_task_id");
CREATE INDEX "m3u_m3uaccount_server_group_id_4bac86ea" ON "m3u_m3uaccount" ("server_group_id");
CREATE INDEX "m3u_m3uaccount_stream_profile_id_3b509102" ON "m3u_m3uaccount" ("stream_profile_id");
CREATE INDEX "m3u_m3uaccount_user_agent_id_580db728" ON "m3u_m3uaccount" ("user_agent_id");

CREATE TABLE "m3u_m3uaccountprofile" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "name" varchar(255) NOT NULL,
    "is_default" bool NOT NULL,
    "max_streams" integer unsigned NOT NULL CHECK ("max_streams" >= 0),
    "is_active" bool NOT NULL,
    "search_pattern" varchar(255) NOT NULL,
    "replace_pattern" varchar(255) NOT NULL,
    "current_viewers" integer unsigned NOT NULL CHECK ("current_viewers" >= 0),
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "exp_date" datetime NULL
);
CREATE INDEX "m3u_m3uaccountprofile_m3u_account_id_7ec08551" ON "m3u_m3uaccountprofile" ("m3u_account_id");
CREATE UNIQUE INDEX "unique_account_name" ON "m3u_m3uaccountprofile" ("m3u_account_id", "name");

CREATE TABLE "m3u_m3ufilter" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "filter_type" varchar(50) NOT NULL,
    "regex_pattern" varchar(200) NOT NULL,
    "exclude" bool NOT NULL,
    "order" integer unsigned NOT NULL CHECK ("order" >= 0),
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL))
);
CREATE INDEX "m3u_m3ufilter_m3u_account_id_62d5538b" ON "m3u_m3ufilter" ("m3u_account_id");

CREATE TABLE "epg_epgsource" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL UNIQUE,
    "source_type" varchar(20) NOT NULL,
    "url" varchar(1000) NULL,
    "username" varchar(255) NULL,
    "password" varchar(255) NULL,
    "is_active" bool NOT NULL,
    "file_path" varchar(1024) NULL,
    "extracted_file_path" varchar(1024) NULL,
    "refresh_interval" integer NOT NULL,
    "refresh_task_id" integer NULL REFERENCES "django_celery_beat_periodictask" ("id") DEFERRABLE INITIALLY DEFERRED,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "priority" integer unsigned NOT NULL CHECK ("priority" >= 0),
    "status" varchar(20) NOT NULL,
    "last_message" text NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NULL
);
CREATE INDEX "epg_epgsource_refresh_task_id_56cffd0b" ON "epg_epgsource" ("refresh_task_id");

CREATE TABLE "epg_epgdata" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "tvg_id" varchar(255) NULL,
    "name" varchar(512) NOT NULL,
    "icon_url" varchar(500) NULL,
    "epg_source_id" bigint NULL REFERENCES "epg_epgsource" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX "epg_epgdata_epg_source_id_194a02dc" ON "epg_epgdata" ("epg_source_id");
CREATE INDEX "epg_epgdata_tvg_id_228d3b9f" ON "epg_epgdata" ("tvg_id");
CREATE UNIQUE INDEX "epg_epgdata_tvg_id_epg_source_id_d0a49d70_uniq" ON "epg_epgdata" ("tvg_id", "epg_source_id");

CREATE TABLE "epg_epgsourceindex" (
    "source_id" bigint NOT NULL PRIMARY KEY REFERENCES "epg_epgsource" ("id") DEFERRABLE INITIALLY DEFERRED,
    "data" text NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)),
    "updated_at" datetime NOT NULL
);

CREATE TABLE "epg_programdata" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "epg_id" bigint NOT NULL REFERENCES "epg_epgdata" ("id") DEFERRABLE INITIALLY DEFERRED,
    "start_time" datetime NOT NULL,
    "end_time" datetime NOT NULL,
    "title" varchar(255) NOT NULL,
    "sub_title" text NULL,
    "description" text NULL,
    "tvg_id" varchar(255) NULL,
    "program_id" varchar(64) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL))
);
CREATE INDEX "epg_prog_epg_id_idx" ON "epg_programdata" ("epg_id", "id");
CREATE INDEX "epg_programdata_epg_id_830719b5" ON "epg_programdata" ("epg_id");

CREATE TABLE "epg_sdprogrammd5" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "epg_source_id" bigint NOT NULL REFERENCES "epg_epgsource" ("id") DEFERRABLE INITIALLY DEFERRED,
    "program_id" varchar(64) NOT NULL,
    "md5" varchar(22) NOT NULL
);
CREATE INDEX "epg_sdprogrammd5_epg_source_id_7bb64712" ON "epg_sdprogrammd5" ("epg_source_id");
CREATE UNIQUE INDEX "epg_sdprogrammd5_epg_source_id_program_id_2c568d9f_uniq" ON "epg_sdprogrammd5" ("epg_source_id", "program_id");

CREATE TABLE "epg_sdschedulemd5" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "epg_source_id" bigint NOT NULL REFERENCES "epg_epgsource" ("id") DEFERRABLE INITIALLY DEFERRED,
    "station_id" varchar(20) NOT NULL,
    "date" date NOT NULL,
    "md5" varchar(22) NOT NULL,
    "last_modified" datetime NOT NULL
);
CREATE INDEX "epg_sdsched_epg_sou_0d700e_idx" ON "epg_sdschedulemd5" ("epg_source_id", "station_id");
CREATE INDEX "epg_sdschedulemd5_epg_source_id_4f75c39f" ON "epg_sdschedulemd5" ("epg_source_id");
CREATE UNIQUE INDEX "epg_sdschedulemd5_epg_source_id_station_id_date_2fef8348_uniq" ON "epg_sdschedulemd5" ("epg_source_id", "station_id", "date");

CREATE TABLE "dispatcharr_channels_channelgroup" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE
);

CREATE TABLE "dispatcharr_channels_channelgroupm3uaccount" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_group_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channelgroup" ("id") DEFERRABLE INITIALLY DEFERRED,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "enabled" bool NOT NULL,
    "auto_channel_sync" bool NOT NULL,
    "auto_sync_channel_start" real NULL,
    "auto_sync_channel_end" real NULL,
    "last_seen" datetime NOT NULL,
    "is_stale" bool NOT NULL
);
CREATE UNIQUE INDEX "dispatcharr_channels_cha_channel_group_id_m3u_acc_cf87bca4_uniq" ON "dispatcharr_channels_channelgroupm3uaccount" ("channel_group_id", "m3u_account_id");
CREATE INDEX "dispatcharr_channels_chann_channel_group_id_349e35c9" ON "dispatcharr_channels_channelgroupm3uaccount" ("channel_group_id");
CREATE INDEX "dispatcharr_channels_chann_m3u_account_id_a771580d" ON "dispatcharr_channels_channelgroupm3uaccount" ("m3u_account_id");
CREATE INDEX "dispatcharr_channels_channelgroupm3uaccount_is_stale_b63df151" ON "dispatcharr_channels_channelgroupm3uaccount" ("is_stale");
CREATE INDEX "dispatcharr_channels_channelgroupm3uaccount_last_seen_95fe9986" ON "dispatcharr_channels_channelgroupm3uaccount" ("last_seen");

CREATE TABLE "dispatcharr_channels_channelprofile" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(100) NOT NULL UNIQUE
);

CREATE TABLE "dispatcharr_channels_logo" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "url" text NOT NULL UNIQUE
);

CREATE TABLE "dispatcharr_channels_channel" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_number" real NULL,
    "name" varchar(512) NOT NULL,
    "logo_id" bigint NULL REFERENCES "dispatcharr_channels_logo" ("id") DEFERRABLE INITIALLY DEFERRED,
    "channel_group_id" bigint NULL REFERENCES "dispatcharr_channels_channelgroup" ("id") DEFERRABLE INITIALLY DEFERRED,
    "tvg_id" varchar(255) NULL,
    "tvc_guide_stationid" varchar(255) NULL,
    "epg_data_id" bigint NULL REFERENCES "epg_epgdata" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_profile_id" bigint NULL REFERENCES "core_streamprofile" ("id") DEFERRABLE INITIALLY DEFERRED,
    "uuid" char(32) NOT NULL UNIQUE,
    "user_level" integer NOT NULL,
    "is_adult" bool NOT NULL,
    "auto_created" bool NOT NULL,
    "auto_created_by_id" bigint NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "is_catchup" bool NOT NULL,
    "catchup_days" integer unsigned NOT NULL CHECK ("catchup_days" >= 0),
    "hidden_from_output" bool NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "dispatcharr_channels_channel_auto_created_by_id_a6b916de" ON "dispatcharr_channels_channel" ("auto_created_by_id");
CREATE INDEX "dispatcharr_channels_channel_channel_group_id_d0fffbce" ON "dispatcharr_channels_channel" ("channel_group_id");
CREATE INDEX "dispatcharr_channels_channel_channel_number_4f2bc3a9" ON "dispatcharr_channels_channel" ("channel_number");
CREATE INDEX "dispatcharr_channels_channel_epg_data_id_f313c37a" ON "dispatcharr_channels_channel" ("epg_data_id");
CREATE INDEX "dispatcharr_channels_channel_hidden_from_output_4dbadc0b" ON "dispatcharr_channels_channel" ("hidden_from_output");
CREATE INDEX "dispatcharr_channels_channel_is_adult_f94fb5b3" ON "dispatcharr_channels_channel" ("is_adult");
CREATE INDEX "dispatcharr_channels_channel_is_catchup_483e3554" ON "dispatcharr_channels_channel" ("is_catchup");
CREATE INDEX "dispatcharr_channels_channel_logo_id_3f8eca21" ON "dispatcharr_channels_channel" ("logo_id");
CREATE INDEX "dispatcharr_channels_channel_stream_profile_id_298925ef" ON "dispatcharr_channels_channel" ("stream_profile_id");

CREATE TABLE "dispatcharr_channels_channeloverride" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_id" bigint NOT NULL UNIQUE REFERENCES "dispatcharr_channels_channel" ("id") DEFERRABLE INITIALLY DEFERRED,
    "name" varchar(512) NULL,
    "channel_number" real NULL,
    "channel_group_id" bigint NULL REFERENCES "dispatcharr_channels_channelgroup" ("id") DEFERRABLE INITIALLY DEFERRED,
    "logo_id" bigint NULL REFERENCES "dispatcharr_channels_logo" ("id") DEFERRABLE INITIALLY DEFERRED,
    "tvg_id" varchar(255) NULL,
    "tvc_guide_stationid" varchar(255) NULL,
    "epg_data_id" bigint NULL REFERENCES "epg_epgdata" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_profile_id" bigint NULL REFERENCES "core_streamprofile" ("id") DEFERRABLE INITIALLY DEFERRED,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "dispatcharr_channels_channeloverride_channel_group_id_a6b48160" ON "dispatcharr_channels_channeloverride" ("channel_group_id");
CREATE INDEX "dispatcharr_channels_channeloverride_epg_data_id_55e75048" ON "dispatcharr_channels_channeloverride" ("epg_data_id");
CREATE INDEX "dispatcharr_channels_channeloverride_logo_id_ed488b3a" ON "dispatcharr_channels_channeloverride" ("logo_id");
CREATE INDEX "dispatcharr_channels_channeloverride_stream_profile_id_1bef13c4" ON "dispatcharr_channels_channeloverride" ("stream_profile_id");

CREATE TABLE "dispatcharr_channels_channelprofilemembership" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_profile_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channelprofile" ("id") DEFERRABLE INITIALLY DEFERRED,
    "channel_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channel" ("id") DEFERRABLE INITIALLY DEFERRED,
    "enabled" bool NOT NULL
);
CREATE UNIQUE INDEX "dispatcharr_channels_cha_channel_profile_id_chann_9df6078d_uniq" ON "dispatcharr_channels_channelprofilemembership" ("channel_profile_id", "channel_id");
CREATE INDEX "dispatcharr_channels_chann_channel_id_5e80f725" ON "dispatcharr_channels_channelprofilemembership" ("channel_id");
CREATE INDEX "dispatcharr_channels_chann_channel_profile_id_42ddbfb9" ON "dispatcharr_channels_channelprofilemembership" ("channel_profile_id");

CREATE TABLE "dispatcharr_channels_recording" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channel" ("id") DEFERRABLE INITIALLY DEFERRED,
    "start_time" datetime NOT NULL,
    "end_time" datetime NOT NULL,
    "task_id" varchar(255) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL))
);
CREATE INDEX "dispatcharr_channels_recording_channel_id_e2d5b75c" ON "dispatcharr_channels_recording" ("channel_id");

CREATE TABLE "dispatcharr_channels_recurringrecordingrule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channel" ("id") DEFERRABLE INITIALLY DEFERRED,
    "days_of_week" text NOT NULL CHECK ((JSON_VALID("days_of_week") OR "days_of_week" IS NULL)),
    "start_time" time NOT NULL,
    "end_time" time NOT NULL,
    "enabled" bool NOT NULL,
    "name" varchar(255) NOT NULL,
    "start_date" date NULL,
    "end_date" date NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "dispatcharr_channels_recurringrecordingrule_channel_id_f50ad02e" ON "dispatcharr_channels_recurringrecordingrule" ("channel_id");

CREATE TABLE "dispatcharr_channels_stream" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(512) NOT NULL,
    "url" varchar(4096) NULL,
    "m3u_account_id" bigint NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "logo_url" text NULL,
    "tvg_id" varchar(255) NULL,
    "local_file" varchar(100) NULL,
    "current_viewers" integer unsigned NOT NULL CHECK ("current_viewers" >= 0),
    "updated_at" datetime NOT NULL,
    "channel_group_id" bigint NULL REFERENCES "dispatcharr_channels_channelgroup" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_profile_id" bigint NULL REFERENCES "core_streamprofile" ("id") DEFERRABLE INITIALLY DEFERRED,
    "is_custom" bool NOT NULL,
    "stream_hash" varchar(255) NULL UNIQUE,
    "last_seen" datetime NOT NULL,
    "is_stale" bool NOT NULL,
    "is_adult" bool NOT NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "stream_id" integer NULL,
    "stream_chno" real NULL,
    "stream_stats" text NULL CHECK ((JSON_VALID("stream_stats") OR "stream_stats" IS NULL)),
    "stream_stats_updated_at" datetime NULL,
    "is_catchup" bool NOT NULL,
    "catchup_days" integer unsigned NOT NULL CHECK ("catchup_days" >= 0)
);
CREATE INDEX "dispatcharr_channels_stream_channel_group_id_39fcd44a" ON "dispatcharr_channels_stream" ("channel_group_id");
CREATE INDEX "dispatcharr_channels_stream_is_adult_ff2db7cc" ON "dispatcharr_channels_stream" ("is_adult");
CREATE INDEX "dispatcharr_channels_stream_is_catchup_8db1a145" ON "dispatcharr_channels_stream" ("is_catchup");
CREATE INDEX "dispatcharr_channels_stream_is_stale_ae9a7e34" ON "dispatcharr_channels_stream" ("is_stale");
CREATE INDEX "dispatcharr_channels_stream_last_seen_b639eb7c" ON "dispatcharr_channels_stream" ("last_seen");
CREATE INDEX "dispatcharr_channels_stream_m3u_account_id_b0c37034" ON "dispatcharr_channels_stream" ("m3u_account_id");
CREATE INDEX "dispatcharr_channels_stream_name_c6335d42" ON "dispatcharr_channels_stream" ("name");
CREATE INDEX "dispatcharr_channels_stream_stream_chno_46791b42" ON "dispatcharr_channels_stream" ("stream_chno");
CREATE INDEX "dispatcharr_channels_stream_stream_id_8a140224" ON "dispatcharr_channels_stream" ("stream_id");
CREATE INDEX "dispatcharr_channels_stream_stream_profile_id_13d2c875" ON "dispatcharr_channels_stream" ("stream_profile_id");
CREATE INDEX "dispatcharr_channels_stream_stream_stats_updated_at_a98122b5" ON "dispatcharr_channels_stream" ("stream_stats_updated_at");

CREATE TABLE "dispatcharr_channels_channelstream" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "channel_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channel" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_id" bigint NOT NULL REFERENCES "dispatcharr_channels_stream" ("id") DEFERRABLE INITIALLY DEFERRED,
    "order" integer unsigned NOT NULL CHECK ("order" >= 0)
);
CREATE INDEX "dispatcharr_channels_channelstream_channel_id_55646015" ON "dispatcharr_channels_channelstream" ("channel_id");
CREATE INDEX "dispatcharr_channels_channelstream_stream_id_e116b43d" ON "dispatcharr_channels_channelstream" ("stream_id");
CREATE UNIQUE INDEX "unique_channel_stream" ON "dispatcharr_channels_channelstream" ("channel_id", "stream_id");
