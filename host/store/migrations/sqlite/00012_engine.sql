-- Which engine an operator wished for a plugin; no row where nobody did.
-- +goose Up
CREATE TABLE "pluggarr_engine" (
    "plugin" varchar(128) NOT NULL PRIMARY KEY,
    "engine" varchar(16) NOT NULL
);
