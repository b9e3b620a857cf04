"""The site file of deploy/ on a real nginx: what is kept, for whom, and what an outage shows."""

import http.client
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.smtp import free_port

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
PUBLIC = "public, max-age=1, stale-while-revalidate=30"
BRIEF = "public, max-age=1, stale-while-revalidate=1"
PORTRAIT = "max-age=1, must-revalidate"
LARGE = 900_000

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


class Upstream(ThreadingHTTPServer):
    """Stands in for the application: numbers its answers and keeps the headers it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.served = 0
        self.gone: set[str] = set()
        self.seen: list[dict[str, str]] = []


class Answer(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        self.server.served += 1
        self.server.seen.append(dict(self.headers.items()))
        body = f"answer {self.server.served}".encode()
        is_gone = self.path in self.server.gone
        self.send_response(404 if is_gone else 200)
        kept = {"/petitions": f"{PUBLIC}, stale-if-error=3600", "/prisoners": BRIEF, "/portrait.webp": PORTRAIT}
        self.send_header("Cache-Control", "no-store" if is_gone else kept.get(self.path, "no-store"))
        self.send_header("Vary", "Cookie")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        received = 0
        if self.headers.get("Content-Length"):
            received = len(self.rfile.read(int(self.headers["Content-Length"])))
        else:
            # Passed on as it comes, it has no length.
            while size := int(self.rfile.readline(), 16):
                received += len(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        body = f"{received}".encode().ljust(LARGE)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Site:
    """nginx as a visitor meets it."""

    def __init__(self, port: int, upstream: Upstream) -> None:
        self.port, self.upstream = port, upstream

    def get(self, path: str, cookie: str = "", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Host": "example.org", "Cookie": cookie, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def post(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, body=b"x" * LARGE, headers={"Host": "example.org"})
        text = connection.getresponse().read().decode()
        connection.close()
        return text.strip()


def configuration(folder: Path, upstream_port: int, servers: str) -> Path:
    shared = (FILES / "unforgotten.conf").read_text().split("\nserver {")[0]
    shared = shared.replace("/var/cache/nginx/unforgotten", f"{folder}/cache")
    shared = shared.replace("127.0.0.1:8000", f"127.0.0.1:{upstream_port}")
    site = (FILES / "unforgotten-site.conf").read_text().replace("/var/log/nginx", str(folder))
    # Only here it tells when something is written into a file.
    site = site.replace("error.log crit;", "error.log warn;")
    (folder / "site.conf").write_text(site.replace("/opt/unforgotten", str(ROOT)))
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        # Started by root, its workers would be another user's, out of reach of the folder.
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/pid; error_log {folder}/start.log;\n"
        "events {}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\n{temporary}\n"
        f"{shared}\n{servers.replace('/etc/nginx/snippets/unforgotten-site.conf', f'{folder}/site.conf')}\n}}\n"
    )
    return file


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    upstream, port = Upstream(), free_port()
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    server = f"server {{ listen 127.0.0.1:{port}; include /etc/nginx/snippets/unforgotten-site.conf; }}"
    process = subprocess.Popen([str(NGINX), "-c", str(configuration(tmp_path, upstream.server_port, server))])
    deadline = time.monotonic() + 10
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    yield Site(port, upstream)
    process.send_signal(signal.SIGQUIT)
    process.wait(10)
    upstream.shutdown()
    upstream.server_close()


def test_an_anonymous_page_is_kept_once_for_each_place(site):
    assert site.get("/petitions") == (200, "answer 1")
    assert site.get("/petitions") == (200, "answer 1")
    assert site.get("/petitions", cookie="place=ru") == (200, "answer 2")
    assert site.get("/petitions", cookie="place=out") == (200, "answer 3")
    assert site.get("/petitions", cookie="place=made-up; other=1") == (200, "answer 1")
    assert site.get("/ru/petitions")[1] == "answer 4", "another language is another page"


def test_who_is_signed_in_neither_reads_nor_fills_the_cache(site):
    assert site.get("/petitions", cookie="__Host-session=x") == (200, "answer 1")
    assert site.get("/petitions") == (200, "answer 2")
    assert site.get("/petitions", cookie="place=ru; session=x") == (200, "answer 3")
    assert site.get("/petitions") == (200, "answer 2")


def test_what_may_not_be_kept_is_not_kept(site):
    assert [site.get("/confirm/x")[1] for _ in range(2)] == ["answer 1", "answer 2"]


def test_an_old_copy_is_shown_while_a_new_one_is_made(site):
    site.get("/petitions")
    time.sleep(1.2)
    assert site.get("/petitions")[1] == "answer 1"
    deadline = time.monotonic() + 5
    while site.get("/petitions")[1] != "answer 2" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert site.get("/petitions")[1] == "answer 2"


def test_in_an_outage_petitions_stay_and_pages_about_persons_do_not(site):
    site.get("/petitions")
    site.get("/prisoners")
    site.upstream.shutdown()
    site.upstream.server_close()
    # nginx counts whole seconds: what lives one and may be old for one more is gone for certain after three.
    time.sleep(3.2)
    assert site.get("/petitions") == (200, "answer 1")
    assert site.get("/prisoners")[0] == 502, "a person who was withdrawn must not come back under attack"
    status, text = site.get("/somewhere")
    assert status == 502
    assert "Back in a moment" in text


def test_a_visitor_cannot_make_up_an_address_and_none_is_written_down(site, tmp_path):
    site.get("/confirm/x", **{"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
    assert site.upstream.seen[0]["X-Forwarded-For"] == "127.0.0.1"
    assert "Forwarded" not in site.upstream.seen[0]
    written = [path.read_text(errors="replace") for path in tmp_path.glob("*.log")]
    assert "127.0.0.1" not in "".join(written)
    assert "remote_addr" not in (FILES / "unforgotten.conf").read_text()


def test_static_files_come_from_nginx_itself(site):
    status, text = site.get("/static/favicon.svg")
    assert (status, site.upstream.served) == (200, 0)
    assert "<svg" in text
    assert site.get("/dev/mail")[0] == site.get("/ru/dev/mail")[0] == 404


def test_the_whole_file_is_understood(tmp_path):
    servers = "server {" + (FILES / "unforgotten.conf").read_text().split("\nserver {", 1)[1]
    for number in ("80", "443"):
        servers = servers.replace(f"listen {number} ", f"listen 127.0.0.1:{free_port()} ")
        servers = servers.replace(f"    listen [::]:{number} default_server;\n", "")
        servers = servers.replace(f"    listen [::]:{number} ssl http2;\n", "")
    servers = servers.replace("127.0.0.1:8081", f"127.0.0.1:{free_port()}")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=example.org",
         "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    servers = servers.replace("/etc/letsencrypt/live/example.org", str(tmp_path))
    # Only root may write there, and the test runs as anybody.
    servers = servers.replace("/var/log/nginx/", f"{tmp_path}/")
    told = subprocess.run(
        [str(NGINX), "-t", "-c", str(configuration(tmp_path, 8000, servers))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("path", ["/prisoners", "/portrait.webp"])
def test_who_withdrew_is_gone_once_the_short_time_is_over(site, path):
    assert site.get(path) == (200, "answer 1")
    assert site.get(path) == (200, "answer 1"), "kept for a moment"
    site.upstream.gone.add(path)
    # nginx counts whole seconds.
    time.sleep(3.2)
    # No old copy, not even to the first who asks: the time in which one may be shown has passed as well.
    assert [site.get(path)[0] for _ in range(2)] == [404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "/staff/replies/1/pages",
        "/ru/account/letters/1",
        "/prisoners/a-b/write/letter",
        "/de/letters/t/text",
        "/tell-us",
    ],
)
def test_what_will_be_sealed_is_never_written_into_a_file(site, tmp_path, path):
    assert site.post(path) == str(LARGE)
    assert "is buffered to a temporary file" not in (tmp_path / "unforgotten-error.log").read_text()
    assert site.post("/petitions/a/sign") == str(LARGE)
    assert "request body is buffered to a temporary file" in (tmp_path / "unforgotten-error.log").read_text(), (
        "the test would notice"
    )
