-- Tables that plugins see through Django's models: column for column what
-- Dispatcharr has, in the types that Django gives them on SQLite.
-- +goose Up
CREATE TABLE "plugins_pluginrepo" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(255) NOT NULL,
    "url" varchar(200) NOT NULL UNIQUE,
    "is_official" bool NOT NULL,
    "enabled" bool NOT NULL,
    "cached_manifest" text NOT NULL CHECK ((JSON_VALID("cached_manifest") OR "cached_manifest" IS NULL)),
    "public_key" text NOT NULL,
    "signature_verified" bool NULL,
    "last_fetched" datetime NULL,
    "last_fetch_status" varchar(255) NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);

CREATE TABLE "plugins_pluginconfig" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" varchar(128) NOT NULL UNIQUE,
    "name" varchar(255) NOT NULL,
    "version" varchar(64) NOT NULL,
    "description" text NOT NULL,
    "enabled" bool NOT NULL,
    "ever_enabled" bool NOT NULL,
    "settings" text NOT NULL CHECK ((JSON_VALID("settings") OR "settings" IS NULL)),
    "source_repo_id" bigint NULL REFERENCES "plugins_pluginrepo" ("id") DEFERRABLE INITIALLY DEFERRED,
    "slug" varchar(128) NOT NULL,
    "installed_version_is_prerelease" bool NOT NULL,
    "deprecated" bool NOT NULL,
    "created_at" datetime NOT NULL,
    "updated_at" datetime NOT NULL
);
CREATE INDEX "plugins_pluginconfig_source_repo_id_308dcbde" ON "plugins_pluginconfig" ("source_repo_id");

CREATE TABLE "accounts_user" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "password" varchar(128) NOT NULL,
    "last_login" datetime NULL,
    "is_superuser" bool NOT NULL,
    "username" varchar(150) NOT NULL UNIQUE,
    "first_name" varchar(150) NOT NULL,
    "last_name" varchar(150) NOT NULL,
    "email" varchar(254) NOT NULL,
    "is_staff" bool NOT NULL,
    "is_active" bool NOT NULL,
    "date_joined" datetime NOT NULL,
    "avatar_config" text NULL CHECK ((JSON_VALID("avatar_config") OR "avatar_config" IS NULL)),
    "user_level" integer NOT NULL,
    "custom_properties" text NULL CHECK ((JSON_VALID("custom_properties") OR "custom_properties" IS NULL)),
    "api_key" varchar(200) NULL,
    "stream_limit" integer NOT NULL
);
CREATE INDEX "accounts_user_api_key_dd94a1a5" ON "accounts_user" ("api_key");
