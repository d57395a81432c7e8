-- Coordinates to six digits, as django-celery-beat has them.
-- +goose Up
ALTER TABLE "django_celery_beat_solarschedule"
    ALTER COLUMN "latitude" TYPE numeric(9, 6),
    ALTER COLUMN "longitude" TYPE numeric(9, 6);
