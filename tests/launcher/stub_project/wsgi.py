"""The smallest project that `run` can start: it is ready once a worker has done a task for it."""

import os
from pathlib import Path

import click
import redis
from flask import Flask
from flask.cli import AppGroup

app = Flask(__name__)
database = AppGroup("db")
demo = AppGroup("demo")


@app.get("/readyz")
def readyz() -> tuple[str, int]:
    from workers.celery_app import beat_once

    if redis.from_url(os.environ["REDIS_URL"]).get("worked"):
        return "ready", 200
    beat_once.apply_async(queue="jobs")
    return "no worker", 503


@app.get("/crash")
def crash() -> str:
    os.kill(os.getpid(), 9)
    return ""


@database.command()
def upgrade() -> None:
    click.echo("migrated")
    if Path("broken-migration").exists():
        raise SystemExit(3)


@demo.command()
def load() -> None:
    click.echo("demo loaded")


@demo.command()
def sign_ins() -> None:
    click.echo("anna  secret-words")


app.cli.add_command(database)
app.cli.add_command(demo)
