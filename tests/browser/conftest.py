"""A real browser in front of the real product."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from portal.local.browser import launch_options
from tests.support import services
from tests.support.live import Live

expect.set_options(timeout=20_000)  # milliseconds: two browsers and their servers share two cores


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The machine's own Chromium."""
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A French person's desk. (Date fields still show the browser's own language: fill them with ISO dates.)

    They asked their system for less motion: half-faded words have no colour that axe could measure.
    """
    screen = {"width": 1280, "height": 900}
    french = {"locale": "fr-FR", "timezone_id": "Europe/Paris"}
    return {**browser_context_args, **french, "viewport": screen, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def product(started_services: None) -> Iterator[Live]:
    """The running product, for tests that stop, kill or restart one of its parts."""
    live = Live(f"live-{services.WORKER}")
    try:
        live.start()
        yield live
    finally:
        live.stop()


@pytest.fixture(scope="session")
def live(product: Live) -> str:
    """The address of the running product."""
    return product.url


@pytest.fixture(scope="session")
def base_url(live: str) -> str:
    """What `page.goto("/…")` starts from."""
    return live
