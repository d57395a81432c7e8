"""The project, as plugins import it. Importing it makes its Celery app the one of ``@shared_task``."""

from dispatcharr.celery import app as celery_app

__all__ = ("celery_app",)
