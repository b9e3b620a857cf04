"""A worker with one task: it leaves a mark in the broker."""

import os

import redis
from celery import Celery

celery_app = Celery("stub", broker=os.environ["REDIS_URL"])


@celery_app.task(ignore_result=True)
def beat_once() -> None:
    redis.from_url(os.environ["REDIS_URL"]).set("worked", "1")
