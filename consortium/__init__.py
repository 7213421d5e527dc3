"""The project itself and the ground all other apps stand on: who we are and who may do what."""

from consortium.celery import app as celery_app

__all__ = ["celery_app"]
