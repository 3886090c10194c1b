"""A real browser, the rules of accessibility, and a way in for any person.

def test_…(live_server, browser_as, looks_right):
    page = browser_as(person)                  # signed in, second factor set up
    page.goto(f"{live_server.url}/concerns/")
    looks_right(page, "concerns")              # axe, 320 px, picture in screenshots/
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.chromium import find

PICTURES = Path(os.environ.get("PICTURES", Path(__file__).resolve().parents[2] / "screenshots"))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/functional/" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's own Chromium: the driver's download needs an open network."""
    chromium = find()
    if not chromium:
        pytest.fail("The browser tests need Debian's Chromium: apt-get install chromium")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu"],
    }


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A fresh browser profile; `new_context(java_script_enabled=False)` for one without scripts."""
    opened: list[BrowserContext] = []

    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        # A page that is refused on purpose (404, 422) is no fault of its scripts.
        if said.type == "error" and "Failed to load resource" not in said.text:
            complaints.append(f"{said.location.get('url')}: {said.text}")

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/London", **options})
        context.on("console", hear)
        context.on("weberror", lambda fault: complaints.append(str(fault.error)))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def browser_as(live_server, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page of a browser in which a person is signed in, their second factor given."""

    def sign_in(person, **options: object) -> Page:
        from django.conf import settings

        from tests.signing_in import sign_in

        cookie = sign_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        context = new_context(**options)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    return sign_in


@pytest.fixture
def looks_right() -> Callable[..., None]:
    """Hold a page to WCAG 2.2 AA and to a screen 320 pixels wide, and take its picture."""

    def look(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
        size = page.viewport_size or {"width": 1280, "height": 720}
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=PICTURES / f"{name}-320.png", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(size)
        # Or the next click aims at where things stood on the narrow screen.
        page.wait_for_function("wide => window.innerWidth === wide", arg=size["width"])
        assert width <= 320, f"{name} is {width} pixels wide on a screen of 320"

    return look
