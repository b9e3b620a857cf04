"""A partner's server on this machine that listens to webhooks."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread


@dataclass
class Listener:
    """What came, and what is answered."""

    port: int
    status: int = 200
    location: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As it stands in an address."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(listener.status)
            if listener.location:
                self.send_header("Location", listener.location)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(server.server_address[1])
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping(certificate: Path | None) -> Iterator[str]:
    """A server that never comes to the end of a header, under TLS with `certificate`; gives localhost:port."""
    server, is_over = socket.create_server(("127.0.0.1", 0)), Event()

    def drip() -> None:
        with suppress(OSError):
            caller, _from = server.accept()
            if certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate)
                caller = context.wrap_socket(caller, server_side=True)
            with caller:
                caller.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not is_over.wait(0.05):
                    caller.sendall(b"x")

    thread = Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield f"localhost:{server.getsockname()[1]}"
    finally:
        is_over.set()
        server.close()
        thread.join()
