"""A running platform, and a real browser where the machine has one."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.support.platform import Platform, copy_prepared, start_platform
from tests.support.smtp import Mailserver

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--ignore-certificate-errors",
]  # fmt: skip


@pytest.fixture(scope="module")
def mail() -> Iterator[Mailserver]:
    """The SMTP server the platform mails through."""
    server = Mailserver()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def platform(mail: Mailserver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Everything `make run` starts, on real servers, with demo content."""
    data_dir, own = tmp_path_factory.mktemp("platform"), tmp_path_factory.getbasetemp()
    # Test processes of one run have their folders side by side.
    copy_prepared(data_dir, shared=own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
    platform = start_platform(data_dir, SMTP_URL=mail.url, DEMO="1")
    yield platform
    assert platform.stop() == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; tests that need it are skipped, and the last lines say so, on a machine without one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _is_given_up(failed: Request) -> bool:
    """Whether the browser dropped a request of its own, as it does when a page is left before all of it came.

    What a server refuses, or our policy blocks, has other words.
    """
    return failed.failure == "net::ERR_ABORTED"


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh visitor on a narrow phone; every message on the console and every failed request is an error."""
    problems: list[Any] = []
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 360, "height": 740}, ignore_https_errors=True
    )
    page = context.new_page()
    # Chromium also reports the 422 with which a form with a mistake is answered.
    page.on(
        "console",
        lambda message: (
            problems.append(message.text) if message.type == "error" and "422" not in message.text else None
        ),
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda failed: problems.append(failed.url) if not _is_given_up(failed) else None)
    yield page
    context.close()
    assert problems == []
