"""Rules of the house that fail the build: guards, CSRF, queues, jobs, migrations."""

import ast
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from campaign import sitemap
from campaign.kernel.db import Base, db
from campaign.web import guards
from launcher.plan import plan_for
from launcher.settings import read_settings
from workers import queues, tasks
from workers.schedule import LINES

ROOT = Path(__file__).resolve().parents[2]
CODE = [*(ROOT / "campaign").rglob("*.py"), *(ROOT / "workers").rglob("*.py")]


def routes(app: Flask):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_has_a_guard(app):
    known = guards.guards()
    without = [rule.rule for rule in routes(app) if rule.endpoint.rpartition(".")[0] not in known]
    assert without == []


def test_every_staff_route_stands_behind_the_staff_guard(app):
    known = guards.guards()
    open_doors = [
        rule.rule
        for rule in routes(app)
        if rule.rule.startswith("/staff") and known[rule.endpoint.rpartition(".")[0]] is not guards.staff
    ]
    assert open_doors == []


# Guarded by Origin or by the token in their address, since no session stands behind them. A new line needs a reason.
WITHOUT_CSRF = ROOT / "tests" / "contracts" / "posts_without_csrf.txt"


def test_every_post_but_the_listed_ones_needs_a_csrf_token(app):
    listed = set(WITHOUT_CSRF.read_text().split())
    exempt = {
        rule.rule
        for rule in routes(app)
        if "POST" in (rule.methods or ()) and hasattr(app.view_functions[rule.endpoint], guards.ORIGIN_CHECKED)
    }
    assert exempt == listed


def test_only_posts_that_check_something_else_are_exempt_from_csrf(app):
    exempt = app.extensions["csrf"]._exempt_views
    for rule in routes(app):
        view = app.view_functions[rule.endpoint]
        if f"{view.__module__}.{view.__name__}" in exempt:
            assert hasattr(view, guards.ORIGIN_CHECKED), rule.rule


def test_the_routes_are_those_that_were_agreed_on(app):
    listed = (ROOT / "tests" / "contracts" / "routes.txt").read_text().splitlines()
    found = sorted(
        f"{rule.rule} {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))}" for rule in routes(app)
    )
    assert found == sorted(line for line in listed if line)


def test_every_queue_has_a_consumer():
    commands = plan_for(read_settings({}, ROOT / "no-such-file")).processes
    consumed = {queue for command in commands if "-Q" in command.arguments for queue in _queues_of(command.arguments)}
    assert consumed == set(queues.ALL_QUEUES)


def _queues_of(arguments: list[str]) -> list[str]:
    return arguments[arguments.index("-Q") + 1].split(",")


def job_kinds() -> dict[str, str]:
    """Every job a feature declares, by kind, found in its jobs.py."""
    kinds = {}
    for path in (ROOT / "campaign").glob("**/jobs.py"):
        if path.parent.name == "kernel":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "kind":
                assert isinstance(node.value, ast.Constant)
                kinds[node.value.value] = str(path)
    return kinds


def test_every_job_has_a_handler_and_every_handler_a_job():
    tasks.load()
    assert set(queues.ROUTES) == set(job_kinds())


def test_every_line_of_the_timetable_says_why():
    assert all(line.reason and line.every.total_seconds() >= 1 for line in LINES.values())


def test_models_and_migrations_agree(app):
    def ours(name, kind, _parents):
        return not (kind == "table" and name is not None and name.startswith("signature_p"))

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_commits_happen_in_one_place():
    offenders = [
        str(path.relative_to(ROOT))
        for path in CODE
        if path.name != "db.py" and (".commit()" in path.read_text() or ".begin()" in path.read_text())
        and "crypto" not in path.parts
    ]  # fmt: skip
    assert offenders == []


def test_no_room_grows_past_four_hundred_lines():
    assert [str(path.relative_to(ROOT)) for path in CODE if len(path.read_text().splitlines()) > 400] == []


def test_a_second_application_in_the_same_process_registers_the_very_same_things(app):
    for hooks in sitemap.HOOKS:
        hooks.register()
