"""The plain application beside which ours is measured: Flask, psycopg, and nothing that anybody needs.

It stores addresses as they come, lets one address sign twice, owes no mail and checks nothing.
"""

import os
import threading
from typing import Any

import psycopg
from flask import Flask, Response, request

TABLES = """
CREATE TABLE IF NOT EXISTS plain_signature (
    id bigserial PRIMARY KEY, petition text NOT NULL, email text NOT NULL, display_name text NOT NULL,
    country text NOT NULL, visibility text NOT NULL, signed_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS plain_mail (id bigint PRIMARY KEY, state text NOT NULL, sent_at timestamptz)
"""
INSERT = "INSERT INTO plain_signature (petition, email, display_name, country, visibility) VALUES (%s, %s, %s, %s, %s)"
FIELDS = ("email", "display_name", "country", "visibility")

app = Flask(__name__)
local = threading.local()
page = "x" * int(os.environ.get("PLAIN_PAGE_BYTES", "0"))
autocommit = os.environ.get("PLAIN_AUTOCOMMIT") == "1"


def connection() -> psycopg.Connection[Any]:
    """This thread's connection."""
    if not hasattr(local, "connection"):
        url = os.environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
        local.connection = psycopg.connect(url, autocommit=autocommit)
    mine: psycopg.Connection[Any] = local.connection
    return mine


@app.post("/petitions/<slug>/sign")
def sign(slug: str) -> Response:
    """Parse the form, one INSERT, commit."""
    mine = connection()
    mine.execute(INSERT, [slug, *(request.form[name] for name in FIELDS)])
    mine.commit()
    return Response("", 303, {"Location": f"/petitions/{slug}/signed"})


@app.get("/page")
def show_page() -> Response:
    """A constant."""
    return Response(page, mimetype="text/html")
