-- Pluggarr's own tables. JSON in them is text kept as it came: a result nested
-- deeper than JSON_VALID allows must not make a run impossible to finish.
-- Django deletes users without knowing these tables, so the database itself
-- says what happens to their rows.
-- +goose Up
CREATE TABLE "pluggarr_run" (
    "id" text NOT NULL PRIMARY KEY,
    "plugin" text NOT NULL,
    "action" text NOT NULL,
    "user_id" bigint NULL REFERENCES "accounts_user" ("id") ON DELETE SET NULL,
    "trigger" text NOT NULL,
    "version" text NOT NULL,
    "engine" text NOT NULL,
    "params" text NOT NULL,
    "status" text NOT NULL,
    "progress_done" bigint NOT NULL,
    "progress_total" bigint NOT NULL,
    "progress_message" text NOT NULL,
    "result" text NULL,
    "error" text NOT NULL,
    "error_fault" text NOT NULL,
    "traceback" text NOT NULL,
    "created_at" datetime NOT NULL,
    "started_at" datetime NULL,
    "finished_at" datetime NULL,
    "duration_ms" bigint NOT NULL
);
CREATE INDEX "pluggarr_run_plugin_id" ON "pluggarr_run" ("plugin", "id");
CREATE INDEX "pluggarr_run_created_at" ON "pluggarr_run" ("created_at");
CREATE INDEX "pluggarr_run_unfinished" ON "pluggarr_run" ("status") WHERE "finished_at" IS NULL;

CREATE TABLE "pluggarr_apikey" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" bigint NULL REFERENCES "accounts_user" ("id") ON DELETE CASCADE,
    "name" text NOT NULL,
    "prefix" text NOT NULL,
    "hash" text NOT NULL UNIQUE,
    "scope" text NOT NULL,
    "created_at" datetime NOT NULL,
    "last_used_at" datetime NULL,
    "revoked_at" datetime NULL
);

CREATE TABLE "pluggarr_description" (
    "hash" text NOT NULL PRIMARY KEY,
    "description" text NOT NULL,
    "created_at" datetime NOT NULL
);
