"""Noor looks at what people announced: approves, returns, merges, refuses, tells all of them something, ends it."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import in_both_looks, violations
from tests.cast import MAYA, OTTO, PILAR, RUI
from tests.journeys import steps
from tests.running.mailbox import Mailbox
from tests.running.server import PASSWORD, SLUG, Server
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser

DESK = f"/desk/campaign/{SLUG}/rallies/"
PUBLIC = f"/en/{SLUG}/rallies/"
HOSTS = {"Kassel": OTTO, "Lisbon": RUI, "Porto": PILAR, "Cádiz": MAYA}
PUT_UP = """
from tocsin.cli.commands import set_django_up
set_django_up()
from tests.journeys.test_noor_approves import store
store()
"""


def store() -> None:
    """Store what four people announced, two of them the same rally; run with a server's settings."""
    from tests.factories import rallies as factory  # noqa: PLC0415  only where Django is set up
    from tocsin.campaigns.models import Campaign  # noqa: PLC0415
    from tocsin.rallies.details import Where  # noqa: PLC0415
    from tocsin.rallies.states import State  # noqa: PLC0415

    campaign, now = Campaign.objects.get(slug=SLUG), datetime.now(UTC)
    on = (now + timedelta(days=20)).date()
    for city, country in (("Kassel", "DE"), ("Lisbon", "PT"), ("Porto", "PT"), ("Cádiz", "ES")):
        where = Where(city=city, country=country, place="Main square")
        common: dict[str, Any] = {
            "campaign": campaign,
            "now": now,
            "first_on": on,
            "where": where,
            "state": State.ANNOUNCED,
        }
        factory.host(factory.rally(**common, repeat="FREQ=WEEKLY"), person=HOSTS[city])
    again = Where(city="Kassel", country="DE", place="By the fountain")
    factory.rally(campaign=campaign, now=now, first_on=on, where=again, state=State.ANNOUNCED)


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own, where rallies wait for Noor."""
    server = make_server(tmp_path_factory.mktemp("approving"))
    environ = server.environ | {"DJANGO_SETTINGS_MODULE": "tocsin.config.settings"}
    subprocess.run([sys.executable, "-c", PUT_UP], env=environ, check=True)
    return server


def press_on(page: Page, town: str, button: str) -> None:
    """Press a button on the card of a town's rally."""
    cards = page.locator(".rally-card").filter(has_text=town)
    cards.first.get_by_role("button", name=button, exact=True).click()


def until_shown(page: Page, path: str, selector: str) -> None:
    """Open a public page until it shows something: each process looks once a second whether it has changed."""
    for _ in range(40):
        page.goto(path)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)


def said(page: Page, words: str) -> None:
    expect(page.locator(".notes")).to_contain_text(words)


def test_noor_looks_after_rallies_and_ends_them(
    open_page: Callable[..., Page], mailbox: Mailbox, visitor: Visitor
) -> None:
    page = open_page(java_script_enabled=False)
    steps.sign_in_at_desk(page)
    page.goto(DESK)
    expect(page.locator(".rally-card")).to_have_count(5)
    expect(page.locator(".rally-alike").first).to_contain_text("This may be the same as:")

    press_on(page, "Porto", "Refuse")
    said(page, "1 rally is refused")
    assert visitor.get(f"{PUBLIC}porto/").status == 404
    page.get_by_role("button", name="Undo: put it back").click()
    assert visitor.get(f"{PUBLIC}porto/").status == 200

    press_on(page, "Cádiz", "Return …")
    page.locator("[name=note]").fill("Which of the two squares?")
    page.get_by_role("button", name="Return with this note").click()
    said(page, "went back to its host, with your note")
    mailbox.wait_for(MAYA.address, saying="Which of the two squares?")

    page.locator(".rally-alike a").first.click()
    page.get_by_role("button", name="Merge them").click()
    said(page, "The two are one now")

    page.goto(f"{DESK}?all")
    page.get_by_role("button", name="Approve those ticked").click()
    said(page, "3 rallies are public now. Their hosts are told.")
    expect(page.locator(".empty")).to_contain_text("Nothing waits.")
    mailbox.wait_for(RUI.address, saying="on the map")

    page.goto(f"{DESK}tell/new/")
    page.locator("[name='text.en']").fill("A storm is coming: we meet indoors.")
    page.locator("[name=country]").select_option("PT")
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.locator("main")).to_contain_text("It is for 2 rallies.")
    page.get_by_role("button", name="Send it to all of them").click()
    said(page, "The notice stands on their pages now")
    until_shown(page, f"{PUBLIC}lisbon/", ".broadcast")
    expect(page.locator(".broadcast")).to_contain_text("A storm is coming: we meet indoors.")

    page.goto(f"{DESK}resolve/")
    page.locator("[name='text.en']").fill("The night train runs again. Thank you.")
    page.locator("[name=own_password]").fill(PASSWORD)
    page.get_by_role("button", name="End every rally, and tell everybody").click()
    said(page, "It is said.")
    until_shown(page, f"{PUBLIC}lisbon/", ".broadcast--ending")
    expect(page.locator(".broadcast--ending")).to_contain_text("The night train runs again. Thank you.")


@pytest.mark.any_database
@in_both_looks
def test_axe_finds_nothing_at_the_desk(open_page: Callable[..., Page], theme: str, language: str) -> None:
    page = open_page(color_scheme=theme, locale=language, reduced_motion="reduce")
    steps.sign_in_at_desk(page)
    found: dict[str, list[str]] = {}
    for path in ("", "?refused=1", "all/", "all/?words=kassel", "1/", "1/edit/", "1/merge/", "1/merge/?into=2",
                 "1/dates/1/", "days/", "days/new/", "tell/", "tell/new/", "resolve/"):  # fmt: skip
        page.goto(f"{DESK}{path}")
        if flaws := violations(page):
            found[path] = flaws
    assert found == {}
