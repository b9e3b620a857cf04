"""After people have signed, neither the database nor Redis nor any log names one of them."""

import base64
import hashlib
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import redis

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.drills.visitors import post, sign_some, statuses
from bench.stage import Stage, serving, stage, working
from launcher.binaries import postgres_program

SIGNATURES = 500


def run(signatures: int = SIGNATURES) -> list[Outcome]:
    """Sign, confirm some, reject some, withdraw some, break something; then search everything that was written."""
    with ExitStack() as stack:
        sink = CountingSink()
        stack.callback(sink.stop)
        on = stack.enter_context(stage(SMTP_URL=sink.url))
        addresses = _live(on, sink, signatures)
        held = dict(what_is_held(on))
        leaks = sorted({f"{place}: {kind}" for place, kind in find(held, addresses)})
        proof = len(set(find({"proof": " ".join(addresses).encode()}, addresses)))
    return [
        Outcome(
            f"all that is stored after {signatures} signatures is taken",
            "no address in clear, base64, hex or any common hash",
            held=not leaks and proof > 0 and sink.count >= signatures,
            figures={"searched": f"{sum(map(len, held.values())) / 1e6:.1f} MB in {len(held)} places",
                     "mails": sink.count, "found": ", ".join(leaks[:5]) or "nothing"},
        )
    ]  # fmt: skip


def _live(on: Stage, sink: CountingSink, signatures: int) -> list[str]:
    slug = content.make_petitions(on.application(), 1)[0]
    with serving(on) as origin, working(on):
        answers = sign_some(origin, slug, "Leak", signatures, updates="y", display_name="Anna", visibility="name")
        if set(statuses(answers)) != {303}:
            raise RuntimeError(f"signing answered {statuses(answers)}")
        sink.wait_for(signatures, 90)
        for number, link in enumerate(list(sink.links.values())[: signatures // 2]):
            post(origin, link + ("", "", "/not-me", "")[number % 4], {"never_again": "y"})
            if number % 4 == 1:
                post(origin, link + "/withdraw", {})
        # Faults are when things are written down that should not be: bad input, a relay that refuses, a second try.
        sink.answer = lambda verb, recipient: f"550 no such user {recipient}" if verb == "RCPT" else None
        more = sign_some(origin, slug, "Refused", 10)
        sign_some(origin, slug, "Leak", 5)
        for bad in ("Signer-Bad@@Example.org", "Signer-Bad@Example.org\r\nBcc: Signer-Leak-1@Example.org"):
            post(origin, f"/petitions/{slug}/sign", {"email": bad})
        time.sleep(3)
    return [answer.email for answer in [*answers, *more]]


def what_is_held(on: Stage) -> Iterator[tuple[str, bytes]]:
    """A plain dump of the database, every key and value of Redis, and every file but the database's own."""
    dump = subprocess.run(
        [str(postgres_program("pg_dump")), "--no-password", on.database_url], capture_output=True, check=True
    )
    yield "database", dump.stdout
    yield "redis", b"\n".join(_redis(on.servers.redis_url))
    for path in sorted(on.folder.rglob("*")):
        if path.is_file() and "cluster" not in path.parts and os.access(path, os.R_OK):
            yield str(path.relative_to(on.folder)), path.read_bytes()


def _redis(url: str) -> Iterator[bytes]:
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            yield key
            yield repr(_value(client, key)).encode()


def _value(client: "redis.Redis", key: bytes) -> Any:  # type: ignore[type-arg]
    kind = client.type(key)
    if kind == b"list":
        return client.lrange(key, 0, -1)
    if kind == b"hash":
        return client.hgetall(key)
    if kind == b"zset":
        return client.zrange(key, 0, -1, withscores=True)
    if kind == b"set":
        return client.smembers(key)
    return client.get(key)


def find(places: dict[str, bytes], addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(place, spelling) for each spelling of an address that occurs in a place."""
    spelled = [(kind, needle) for address in addresses for kind, needle in spellings(address)]
    for place, text in places.items():
        lower = text.lower()
        for kind, needle in spelled:
            if needle in (lower if kind in {"clear", "hex"} or kind.endswith("hex") else text):
                yield place, kind


def spellings(address: str) -> Iterator[tuple[str, bytes]]:
    """The ways an address might be written down unprotected, as typed, in lower case, and its local part alone."""
    local = address.partition("@")[0].lower()
    yield "clear", local.encode()
    yield "clear", address.lower().replace("@", "%40").encode()
    for text in {address, address.lower(), local, address.partition("@")[0]}:
        raw = text.encode()
        yield "hex", raw.hex().encode()
        for offset in range(3):
            # Inside a longer text base64 depends on where the address begins; the unstable ends are cut off.
            yield "base64", base64.b64encode(b"\0" * offset + raw)[4 if offset else 0 : -4]
        for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sha3_256"):
            digest = hashlib.new(name, raw).digest()
            yield f"{name} hex", digest.hex().encode()
            yield f"{name} base64", base64.b64encode(digest).rstrip(b"=")
            yield f"{name} raw", digest
