-- What plugins keep for themselves: JSON values by key, as text kept as it came.
-- +goose Up
CREATE TABLE "pluggarr_storage" (
    "plugin" text NOT NULL,
    "key" text NOT NULL,
    "value" text NOT NULL,
    "size" bigint NOT NULL,
    "updated_at" timestamp with time zone NOT NULL,
    PRIMARY KEY ("plugin", "key")
);
