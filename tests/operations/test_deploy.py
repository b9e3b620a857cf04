"""What deploy/ and docs/operations.md say agrees with the code."""

import dataclasses
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from config import Config
from launcher.plan import plan_for
from launcher.settings import read_settings
from workers.queues import ALL_QUEUES

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "CapabilityBoundingSet=\n", "LimitCORE=0")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_may_do_nothing_it_does_not_need(unit):
    text = unit.read_text()
    assert [line for line in HARDENED if line not in text] == []
    assert "User=unforgotten" in text


def test_every_queue_has_a_worker_in_each_way_to_run():
    units = " ".join(unit.read_text() for unit in UNITS)
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    containers = " ".join(str(service.get("command")) for service in compose["services"].values())
    planned = " ".join(str(process.arguments) for process in plan_for(read_settings({})).processes)
    for queue in ALL_QUEUES:
        assert queue in units
        assert queue in containers
        assert queue in planned


def test_the_example_names_settings_that_exist_and_no_secret():
    example = (ROOT / "deploy" / "unforgotten.env.example").read_text()
    code = (ROOT / "config.py").read_text() + (ROOT / "launcher" / "settings.py").read_text()
    names = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    assert [name for name in names if f'"{name.removesuffix("_FILE")}' not in code] == []
    assert not re.search(r"^(SECRET_KEY|MASTER_KEY)=", example, re.MULTILINE)


def test_every_setting_is_explained():
    explained = (ROOT / "docs" / "operations.md").read_text()
    derived = {"testing", "other_master_keys", "data_dir", "master_key_file"}
    names = {field.name.upper() for field in dataclasses.fields(Config)} - {name.upper() for name in derived}
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []


def test_scripts_are_sound_shell():
    subprocess.run(["sh", "-n", ROOT / "deploy" / "backup.sh"], check=True)
