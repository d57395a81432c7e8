-- Tables of Django's groups and permissions, and what
-- plugins may look into: films, webhooks, the dashboard:
-- column for column what Dispatcharr has, in the types that Django gives them on SQLite.
-- +goose Up
CREATE TABLE "django_content_type" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "app_label" varchar(100) NOT NULL,
    "model" varchar(100) NOT NULL
);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");

CREATE TABLE "auth_group" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(150) NOT NULL UNIQUE
);

CREATE TABLE "auth_permission" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED,
    "codename" varchar(100) NOT NULL
);
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");

CREATE TABLE "auth_group_permissions" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED,
    "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");

CREATE TABLE "accounts_user_channel_profiles" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "channelprofile_id" bigint NOT NULL REFERENCES "dispatcharr_channels_channelprofile" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX "accounts_user_channel_pr_user_id_channelprofile_i_54c38dab_uniq" ON "accounts_user_channel_profiles" ("user_id", "channelprofile_id");
CREATE INDEX "accounts_user_channel_profiles_channelprofile_id_112cd1f1" ON "accounts_user_channel_profiles" ("channelprofile_id");
CREATE INDEX "accounts_user_channel_profiles_user_id_8610766e" ON "accounts_user_channel_profiles" ("user_id");

CREATE TABLE "accounts_user_groups" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX "accounts_user_groups_group_id_bd11a704" ON "accounts_user_groups" ("group_id");
CREATE INDEX "accounts_user_groups_user_id_52b62117" ON "accounts_user_groups" ("user_id");
CREATE UNIQUE INDEX "accounts_user_groups_user_id_group_id_59c0b32f_uniq" ON "accounts_user_groups" ("user_id", "group_id");

CREATE TABLE "accounts_user_user_permissions" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX "accounts_user_user_permi_user_id_permission_id_2ab516c2_uniq" ON "accounts_user_user_permissions" ("user_id", "permission_id");
CREATE INDEX "accounts_user_user_permissions_permission_id_113bb443" ON "accounts_user_user_permissions" ("permission_id");
CREATE INDEX "accounts_user_user_permissions_user_id_e4f0a161" ON "accounts_user_user_permissions" ("user_id");

CREATE TABLE "vod_vodcategory" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "category_type" varchar(10) NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE UNIQUE INDEX "vod_vodcategory_name_category_type_24f6dbfb_uniq" ON "vod_vodcategory" ("name", "category_type");

CREATE TABLE "vod_m3uvodcategoryrelation" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "category_id" bigint NOT NULL REFERENCES "vod_vodcategory" ("id") DEFERRABLE INITIALLY DEFERRED,
    "enabled" bool NOT NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE UNIQUE INDEX "vod_m3uvodcategoryrelati_m3u_account_id_category__f9cf20be_uniq" ON "vod_m3uvodcategoryrelation" ("m3u_account_id", "category_id");
CREATE INDEX "vod_m3uvodcategoryrelation_category_id_f3a1c233" ON "vod_m3uvodcategoryrelation" ("category_id");
CREATE INDEX "vod_m3uvodcategoryrelation_m3u_account_id_91c8e797" ON "vod_m3uvodcategoryrelation" ("m3u_account_id");

CREATE TABLE "vod_vodlogo" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "url" text NOT NULL UNIQUE
);

CREATE TABLE "vod_movie" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "uuid" char(32) NOT NULL UNIQUE,
    "name" varchar(255) NOT NULL,
    "description" text NULL,
    "year" integer NULL,
    "rating" varchar(10) NULL,
    "genre" varchar(255) NULL,
    "duration_secs" integer NULL,
    "logo_id" bigint NULL REFERENCES "vod_vodlogo" ("id") DEFERRABLE INITIALLY DEFERRED,
    "tmdb_id" varchar(50) NULL UNIQUE,
    "imdb_id" varchar(50) NULL UNIQUE,
    "is_adult" bool NOT NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE UNIQUE INDEX "unique_movie_name_year_no_external_id" ON "vod_movie" ("name", "year") WHERE "tmdb_id" IS NULL AND "imdb_id" IS NULL;
CREATE INDEX "vod_movie_is_adult_a63dfa81" ON "vod_movie" ("is_adult");
CREATE INDEX "vod_movie_logo_id_c9c89b1b" ON "vod_movie" ("logo_id");

CREATE TABLE "vod_m3umovierelation" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "movie_id" bigint NOT NULL REFERENCES "vod_movie" ("id") DEFERRABLE INITIALLY DEFERRED,
    "category_id" bigint NULL REFERENCES "vod_vodcategory" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_id" varchar(255) NOT NULL,
    "container_extension" varchar(10) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL,
    "last_advanced_refresh" datetime NULL,
    "last_seen" datetime NOT NULL
);
CREATE INDEX "vod_m3umovierelation_category_id_c5b05222" ON "vod_m3umovierelation" ("category_id");
CREATE INDEX "vod_m3umovierelation_m3u_account_id_3a37eda8" ON "vod_m3umovierelation" ("m3u_account_id");
CREATE UNIQUE INDEX "vod_m3umovierelation_m3u_account_id_stream_id_093ead38_uniq" ON "vod_m3umovierelation" ("m3u_account_id", "stream_id");
CREATE INDEX "vod_m3umovierelation_movie_id_7b56ea3e" ON "vod_m3umovierelation" ("movie_id");

CREATE TABLE "vod_series" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "uuid" char(32) NOT NULL UNIQUE,
    "name" varchar(255) NOT NULL,
    "description" text NULL,
    "year" integer NULL,
    "rating" varchar(10) NULL,
    "genre" varchar(255) NULL,
    "logo_id" bigint NULL REFERENCES "vod_vodlogo" ("id") DEFERRABLE INITIALLY DEFERRED,
    "tmdb_id" varchar(50) NULL UNIQUE,
    "imdb_id" varchar(50) NULL UNIQUE,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE UNIQUE INDEX "unique_series_name_year_no_external_id" ON "vod_series" ("name", "year") WHERE "tmdb_id" IS NULL AND "imdb_id" IS NULL;
CREATE INDEX "vod_series_logo_id_9edbac2d" ON "vod_series" ("logo_id");

CREATE TABLE "vod_episode" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "uuid" char(32) NOT NULL UNIQUE,
    "name" varchar(255) NOT NULL,
    "description" text NULL,
    "air_date" date NULL,
    "rating" varchar(10) NULL,
    "duration_secs" integer NULL,
    "series_id" bigint NOT NULL REFERENCES "vod_series" ("id") DEFERRABLE INITIALLY DEFERRED,
    "season_number" integer NULL,
    "episode_number" integer NULL,
    "tmdb_id" varchar(50) NULL,
    "imdb_id" varchar(50) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "vod_episode_imdb_id_d6347c38" ON "vod_episode" ("imdb_id");
CREATE INDEX "vod_episode_series_id_e881a362" ON "vod_episode" ("series_id");
CREATE UNIQUE INDEX "vod_episode_series_id_season_number__73053ba7_uniq" ON "vod_episode" ("series_id", "season_number", "episode_number");
CREATE INDEX "vod_episode_tmdb_id_4ae776e8" ON "vod_episode" ("tmdb_id");

CREATE TABLE "vod_m3useriesrelation" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "series_id" bigint NOT NULL REFERENCES "vod_series" ("id") DEFERRABLE INITIALLY DEFERRED,
    "category_id" bigint NULL REFERENCES "vod_vodcategory" ("id") DEFERRABLE INITIALLY DEFERRED,
    "external_series_id" varchar(255) NOT NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL,
    "last_episode_refresh" datetime NULL,
    "last_seen" datetime NOT NULL
);
CREATE INDEX "vod_m3useriesrelation_category_id_4e3f07bd" ON "vod_m3useriesrelation" ("category_id");
CREATE INDEX "vod_m3useriesrelation_m3u_account_id_c8c5bce1" ON "vod_m3useriesrelation" ("m3u_account_id");
CREATE UNIQUE INDEX "vod_m3useriesrelation_m3u_account_id_external__ab7db0bb_uniq" ON "vod_m3useriesrelation" ("m3u_account_id", "external_series_id");
CREATE INDEX "vod_m3useriesrelation_series_id_6cc73ead" ON "vod_m3useriesrelation" ("series_id");

CREATE TABLE "vod_m3uepisoderelation" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "m3u_account_id" bigint NOT NULL REFERENCES "m3u_m3uaccount" ("id") DEFERRABLE INITIALLY DEFERRED,
    "episode_id" bigint NOT NULL REFERENCES "vod_episode" ("id") DEFERRABLE INITIALLY DEFERRED,
    "series_relation_id" bigint NULL REFERENCES "vod_m3useriesrelation" ("id") DEFERRABLE INITIALLY DEFERRED,
    "stream_id" varchar(255) NOT NULL,
    "container_extension" varchar(10) NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL,
    "last_seen" datetime NOT NULL
);
CREATE INDEX "vod_m3uepisoderelation_episode_id_29a32719" ON "vod_m3uepisoderelation" ("episode_id");
CREATE INDEX "vod_m3uepisoderelation_m3u_account_id_dbd6665b" ON "vod_m3uepisoderelation" ("m3u_account_id");
CREATE UNIQUE INDEX "vod_m3uepisoderelation_m3u_account_id_stream_id_67fe9dd6_uniq" ON "vod_m3uepisoderelation" ("m3u_account_id", "stream_id");
CREATE INDEX "vod_m3uepisoderelation_series_relation_id_c2ff56f2" ON "vod_m3uepisoderelation" ("series_relation_id");

CREATE TABLE "dispatcharr_connect_integration" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "type" varchar(50) NOT NULL,
    "config" text NOT NULL CHECK ((JSON_VALID("config") OR "config" IS NULL)),
    "enabled" bool NOT NULL,
    "created_at" datetime NOT NULL
);

CREATE TABLE "dispatcharr_connect_eventsubscription" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "event" varchar(100) NOT NULL,
    "integration_id" bigint NOT NULL REFERENCES "dispatcharr_connect_integration" ("id") DEFERRABLE INITIALLY DEFERRED,
    "enabled" bool NOT NULL,
    "payload_template" text NULL
);
CREATE INDEX "dispatcharr_connect_eventsubscription_integration_id_53f86354" ON "dispatcharr_connect_eventsubscription" ("integration_id");

CREATE TABLE "dispatcharr_connect_deliverylog" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "subscription_id" bigint NOT NULL REFERENCES "dispatcharr_connect_eventsubscription" ("id") DEFERRABLE INITIALLY DEFERRED,
    "status" varchar(50) NOT NULL,
    "request_payload" text NOT NULL CHECK ((JSON_VALID("request_payload") OR "request_payload" IS NULL)),
    "response_payload" text NOT NULL CHECK ((JSON_VALID("response_payload") OR "response_payload" IS NULL)),
    "error_message" text NULL,
    "created_at" datetime NOT NULL
);
CREATE INDEX "dispatcharr_connect_deliverylog_subscription_id_6df61176" ON "dispatcharr_connect_deliverylog" ("subscription_id");

CREATE TABLE "dashboard_settings" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "server_name" varchar(255) NOT NULL,
    "time_zone" varchar(50) NOT NULL,
    "default_logo_url" varchar(200) NULL,
    "max_concurrent_streams" integer unsigned NOT NULL CHECK ("max_concurrent_streams" >= 0),
    "auto_backup_frequency" varchar(50) NOT NULL,
    "enable_debug_logs" bool NOT NULL,
    "schedules_direct_username" varchar(255) NULL,
    "schedules_direct_password" varchar(255) NULL,
    "schedules_direct_update_frequency" varchar(50) NOT NULL,
    "schedules_direct_api_key" varchar(255) NULL,
    "transcoding_bitrate" integer unsigned NOT NULL CHECK ("transcoding_bitrate" >= 0),
    "transcoding_audio_codec" varchar(50) NOT NULL,
    "transcoding_resolution" varchar(50) NOT NULL,
    "failover_behavior" varchar(50) NOT NULL,
    "stream_health_check_frequency" integer unsigned NOT NULL CHECK ("stream_health_check_frequency" >= 0),
    "email_notifications" bool NOT NULL,
    "webhook_url" varchar(200) NULL,
    "cpu_alert_threshold" integer unsigned NOT NULL CHECK ("cpu_alert_threshold" >= 0),
    "memory_alert_threshold" integer unsigned NOT NULL CHECK ("memory_alert_threshold" >= 0),
    "hdhr_integration" bool NOT NULL,
    "custom_api_endpoints" text NULL CHECK ((JSON_VALID("custom_api_endpoints") OR "custom_api_endpoints" IS NULL)),
    "backup_path" varchar(255) NOT NULL,
    "backup_frequency" varchar(50) NOT NULL,
    "ffmpeg_path" varchar(255) NOT NULL,
    "custom_transcoding_flags" text NULL,
    "celery_worker_concurrency" integer unsigned NOT NULL CHECK ("celery_worker_concurrency" >= 0)
);

CREATE TABLE "django_admin_log" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "action_time" datetime NOT NULL,
    "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED,
    "object_id" text NULL,
    "object_repr" varchar(200) NOT NULL,
    "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0),
    "change_message" text NOT NULL
);
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id");

CREATE TABLE "django_session" (
    "session_key" varchar(40) NOT NULL PRIMARY KEY,
    "session_data" text NOT NULL,
    "expire_date" datetime NOT NULL
);
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");

CREATE TABLE "hdhr_hdhrdevice" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "friendly_name" varchar(100) NOT NULL,
    "device_id" varchar(32) NOT NULL UNIQUE,
    "tuner_count" integer unsigned NOT NULL CHECK ("tuner_count" >= 0)
);
