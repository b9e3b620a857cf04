"""A plain page of another site shows a petition in a frame, and a visitor without scripts signs there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from campaign.kernel.db import session, transaction
from campaign.petitions.service.frame_sites import allow_site
from campaign.signatures.models import Signature
from tests.support import make

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120), pytest.mark.browser]


@contextmanager
def running(server: HTTPServer, host: str) -> Iterator[str]:
    """Let a server answer; gives its address."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{host}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def plain_site(body: str) -> ThreadingHTTPServer:
    """A site with one page, on a port of its own."""

    class OnePage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>A friend</title>{body}".encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), OnePage)


def test_it_is_signed_without_scripts_on_a_named_site_and_shown_on_no_other(app: Flask, browser: Browser):
    petition = make.petition()
    with running(make_server("localhost", 0, app, threaded=True), "localhost") as ours:
        body = f'<iframe src="{ours}/embed/petitions/{petition.slug}" width="340" height="900"></iframe>'
        with running(plain_site(body), "127.0.0.1") as friend, running(plain_site(body), "127.0.0.1") as stranger:
            with transaction():
                allow_site(petition, friend, actor=None)
            context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
            page, asked = context.new_page(), set[str]()
            page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
            page.goto(friend)
            frame = page.frame_locator("iframe")
            frame.locator("input[name=email]").fill("anna@example.org")
            frame.get_by_role("button", name="Sign").click()
            expect(frame.locator("h1")).to_have_text("Now look into your mail")
            assert session.query(Signature).count() == 1
            assert context.cookies() == []
            assert asked <= {urlsplit(friend).netloc, urlsplit(ours).netloc}, "nobody else was called"
            page.goto(stranger)
            page.wait_for_timeout(300)
            assert page.frame_locator("iframe").locator("form").count() == 0, "a site that was not named"
            context.close()
