"""What the launcher itself reads from the environment or from a `.env` file; the application reads the rest."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from launcher.errors import CannotRun

TRUE_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Settings:
    """How to start the platform; `environment` is what its processes get, the `.env` file included."""

    host: str
    port: int
    public_url: str
    data_dir: Path
    database_url: str
    redis_url: str
    demo: bool
    web_workers: int
    web_threads: int
    lmtp_listen: str
    environment: Mapping[str, str]


def read_settings(environ: Mapping[str, str] = os.environ, file: Path = Path(".env")) -> Settings:
    """Return the settings; the environment wins over the file. Raises CannotRun, naming the setting at fault."""
    given = {name: value for name, value in dotenv_values(file).items() if value is not None}
    given.update(environ)
    port = _number(given, "PORT", 8000, 65_535)
    public_url = (given.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    data_dir = Path(given.get("DATA_DIR") or "instance").absolute()
    development = (given.get("ENVIRONMENT") or "development") == "development"
    return Settings(
        host=given.get("HOST") or "127.0.0.1",
        port=port,
        public_url=public_url,
        data_dir=data_dir,
        database_url=given.get("DATABASE_URL") or "",
        redis_url=given.get("REDIS_URL") or "",
        demo=_truth(given, "DEMO", default=development),
        web_workers=_number(given, "WEB_WORKERS", 2, 256),
        web_threads=_number(given, "WEB_THREADS", 4, 1024),
        lmtp_listen=given.get("LMTP_LISTEN") or "",
        environment={**given, "PORT": str(port), "PUBLIC_URL": public_url, "DATA_DIR": str(data_dir)},
    )


def _number(given: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = given.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise CannotRun(f"{name} is {text!r} and has to be a number from 1 to {highest}.")
    return int(text)


def _truth(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name) or ("1" if default else "0")
    if text.lower() not in TRUE_WORDS:
        raise CannotRun(f"{name} is {text!r} and has to be 1 or 0.")
    return TRUE_WORDS[text.lower()]
