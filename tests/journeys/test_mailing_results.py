"""Somebody comes by the link of a mailing, signs and confirms; an organiser sees that readers acted, and not who."""

import time
import uuid

import psycopg
import pytest
from playwright.sync_api import Page, expect

from launcher.keeper import attach
from tests.journeys.test_one_letter import look
from tests.journeys.test_preferences import link_for
from tests.support.platform import Platform
from tests.support.smtp import Mailserver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.browser]
PASSPHRASE = "look around kindly, nothing here is real"
SENT = """
INSERT INTO mailing (id, state, title, code, audience, topic, quiet_days, send_at, by_local_time, ab_share, ab_hours,
    proposed_by, approved_by, paused_reason, is_demo, created_on, started_at, version)
VALUES (%(id)s, 'sending', 'Before the year ends', %(code)s, 'segment', 'news', 3, now(), false, 0, 4,
    gen_random_uuid(), gen_random_uuid(), '', false, current_date, now(), 1)
"""
MAILS = """
INSERT INTO mailing_tally (mailing_id, outcome, variant, language, provider, hour, amount)
VALUES (%(id)s, 'sent', 'a', 'en', 'gmail', date_trunc('hour', now()), 40),
    (%(id)s, 'hard', 'a', 'en', 'gmail', date_trunc('hour', now()), 2)
"""


def begin_mailing(platform: Platform, code: str) -> tuple[str, str]:
    """A mailing that has left; gives its id and the alias of a petition."""
    identity = str(uuid.uuid4())
    url = attach(platform.data_dir).database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        connection.execute(SENT, {"id": identity, "code": code})
        connection.execute(MAILS, {"id": identity})
        alias = connection.execute("SELECT alias FROM petition WHERE slug = 'light-in-every-window'").fetchone()
    assert alias is not None
    return identity, alias[0]


def sign_in(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/account/sign-in")
    page.fill("input[name=username]", "organiser-1")
    page.fill("input[name=passphrase]", PASSPHRASE)
    form = page.locator("main form").filter(has=page.locator("input[name=passphrase]"))
    form.locator("button").last.click()
    page.wait_for_load_state()


def test_from_the_link_in_a_mail_to_the_number(platform: Platform, mail: Mailserver, page: Page, request):
    has_scripts = "with-scripts" in request.node.name
    code = "journeya" if has_scripts else "journeyb"
    identity, alias = begin_mailing(platform, code)

    def see() -> None:
        page.wait_for_load_state()
        look(page, has_scripts=has_scripts)

    for number in range(5):
        address = f"reader-{number}-{code}@example.org"
        page.goto(f"{platform.url}/l/{alias}?m={code}")
        assert page.url.endswith(f"/petitions/light-in-every-window?m={code}")
        page.locator("#email").fill(address)
        time.sleep(2.1)  # quicker is taken for a program
        page.locator("form[data-sign] button").last.click()
        page.wait_for_load_state()
        assert "m=" not in page.url
        page.goto(platform.url + link_for(mail, address, "/confirm/"))
        page.locator("form button").first.click()
        page.wait_for_load_state()
    assert page.context.cookies() == []
    sign_in(page, platform)
    page.goto(f"{platform.url}/staff/mailings/{identity}/results")
    expect(page.locator("main .lead")).to_have_text(
        "Of 40 mails 40 were handed over and 2 came back; readers acted 5 times."
    )
    see()
    page.goto(f"{platform.url}/staff/mailings/results?sort=-acted")
    expect(page.locator("table")).to_contain_text("Before the year ends")
    see()
