-- What is done by the clock. The next time is kept, so that a host which was
-- down knows what it missed.
-- +goose Up
CREATE TABLE "pluggarr_schedule" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "owner" text NOT NULL,
    "target" text NOT NULL,
    "name" text NOT NULL,
    "kind" text NOT NULL,
    "args" text NOT NULL,
    "cron" text NOT NULL,
    "every_seconds" bigint NOT NULL,
    "timezone" text NOT NULL,
    "missed" text NOT NULL,
    "paused" bool NOT NULL,
    "next_at" datetime NULL,
    "last_at" datetime NULL,
    "last_job" bigint NOT NULL,
    "created_at" datetime NOT NULL,
    UNIQUE ("owner", "target")
);
CREATE INDEX "pluggarr_schedule_next" ON "pluggarr_schedule" ("next_at") WHERE NOT "paused";
