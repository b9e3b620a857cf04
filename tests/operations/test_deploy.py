"""What deploy/ and docs/operations.md say agrees with the code."""

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
import yaml
from flask import Flask

from config import Config
from launcher.plan import plan_for
from launcher.settings import read_settings
from workers.queues import ALL_QUEUES

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
EXAMPLE = (ROOT / "deploy" / "unforgotten.env.example").read_text()
HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "CapabilityBoundingSet=\n", "LimitCORE=0")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_may_do_nothing_it_does_not_need(unit):
    text = unit.read_text()
    assert [line for line in HARDENED if line not in text] == []
    assert "User=unforgotten" in text


def test_every_queue_has_a_worker_in_each_way_to_run():
    units = " ".join(unit.read_text() for unit in UNITS)
    containers = " ".join(str(service.get("command")) for service in COMPOSE["services"].values())
    planned = " ".join(str(process.arguments) for process in plan_for(read_settings({})).processes)
    for queue in ALL_QUEUES:
        assert queue in units
        assert queue in containers
        assert queue in planned


def test_the_example_names_settings_that_exist_and_no_secret():
    code = (ROOT / "config.py").read_text() + (ROOT / "launcher" / "settings.py").read_text()
    names = re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    assert [name for name in names if f'"{name.removesuffix("_FILE")}' not in code] == []
    assert not re.search(r"^(SECRET_KEY|MASTER_KEY)=", EXAMPLE, re.MULTILINE)


def test_every_setting_is_explained():
    explained = (ROOT / "docs" / "operations.md").read_text()
    derived = {"testing", "other_master_keys", "data_dir", "master_key_file"}
    names = {field.name.upper() for field in dataclasses.fields(Config)} - {name.upper() for name in derived}
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []


def test_scripts_are_sound_shell():
    subprocess.run(["sh", "-n", ROOT / "deploy" / "backup.sh"], check=True)


def command_lines() -> Iterator[list[str]]:
    """Every program deploy/ starts, with its arguments."""
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text().replace("\\\n", " "), re.MULTILINE):
            yield shlex.split(line)
    for service in COMPOSE["services"].values():
        if "build" in service and "command" in service:
            yield [str(word) for word in service["command"]]
    last = re.search(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)
    assert last
    yield shlex.split(json.loads(last[1])[2].removeprefix("exec "))


def test_what_is_started_exists():
    for program, *arguments in command_lines():
        name = program.removeprefix("/opt/unforgotten/")
        place = ROOT / name if name.startswith("deploy/") else ROOT / ".venv" / "bin" / Path(name).name
        assert os.access(place, os.X_OK), program
        known = {"rsgi:server", "workers.celery_app", "workers.lmtp", "wsgi"}
        modules = [word.partition(":")[0] for word in arguments if word in known]
        assert modules or name.startswith("deploy/"), arguments
        assert all(find_spec(module) for module in modules)


def test_what_a_unit_takes_from_the_settings_the_example_gives():
    given = set(re.findall(r"^([A-Z_]+)=.", EXAMPLE, re.MULTILINE))
    for unit in UNITS:
        assert set(re.findall(r"\$\{([A-Z_]+)\}", unit.read_text())) <= given, unit.name


def test_a_shell_reads_the_example_as_systemd_does():
    show = "set -a; . ./deploy/unforgotten.env.example; exec env -0"
    told = subprocess.run(["sh", "-c", show], cwd=ROOT, env={}, capture_output=True, text=True, check=True)
    read = dict(entry.split("=", 1) for entry in told.stdout.rstrip("\0").split("\0"))
    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert {name: read[name] for name in written} == {name: text.strip('"') for name, text in written.items()}
    assert told.stderr == ""


def test_commands_that_operators_are_told_exist(app):
    told = [(ROOT / "deploy" / "backup.sh").read_text().replace('"$flask" --app wsgi', "flask")]
    told += [(ROOT / "docs" / "operations.md").read_text()]
    told += [" ".join(map(str, COMPOSE["services"]["migrate"]["command"])).replace("--app wsgi ", "")]
    named = {
        words for text in told for words in re.findall(r"(?:`|^|\b)flask ([a-z]+(?: [a-z-]+)?)", text, re.MULTILINE)
    }
    assert len(named) > 15
    assert [words for words in sorted(named) if not is_command(app, words.split())] == []


def is_command(app: Flask, words: list[str]) -> bool:
    group = app.cli
    for word in words:
        command = group.get_command(click.Context(group), word)
        if command is None:
            return False
        if not isinstance(command, click.Group):
            return True
        group = command
    return True


def test_the_image_is_made_of_files_that_are_there():
    sources = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert [name for names in sources for name in names if not (ROOT / name).exists()] == []
    # What the application imports at the top of the house is in the image as well.
    shipped = {name for names in sources for name in names}
    top = {path.name for path in ROOT.glob("*.py")}
    assert top | {"campaign", "workers", "launcher", "migrations", "templates", "translations"} <= shipped


def test_the_compose_file_refers_to_what_it_defines():
    services = COMPOSE["services"]
    for name, service in services.items():
        assert "image" in service or "build" in service, name
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert volumes <= set(COMPOSE["volumes"])
        for setting, text in service.get("environment", {}).items():
            if str(text).startswith("/run/secrets/"):
                assert text.removeprefix("/run/secrets/") in service["secrets"], setting


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path):
    for unit in (*UNITS, *UNITS[0].parent.glob("*.timer")):
        # The programs are elsewhere on this machine; everything else is verified as it stands.
        text = re.sub(r"^ExecStart=/opt/unforgotten/\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    told = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("name", ["opendkim/opendkim.conf", "rspamd/dkim_signing.conf"])
def test_a_relay_signs_what_unsubscribes_once_more_than_it_is_there(name):
    """RFC 8058, 4: both headers have to be covered by the signature."""
    lines = (ROOT / "deploy" / name).read_text().lower()
    over = next(line for line in lines.splitlines() if line.startswith(("oversignheaders", "sign_headers")))
    signed = {each.strip(' "()o;').removeprefix("o)") for each in re.split(r"[,: =]", over)}
    assert {"from", "subject", "list-id", "list-unsubscribe", "list-unsubscribe-post"} <= signed
