"""The pages in a browser: accessible by axe-core, and moving as they promise.

Needs Chromium (`apt-get install chromium`). Where there is none the tests say so and do not run;
with CI=true that is a failure.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

from tallystick.publication import html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Portraits

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run({runOnly: rules, iframes: false}).then(found => found)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium is there; install it: apt-get install chromium")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


def faults(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, RULES)
    assert len(found["passes"]) > 10  # it did look
    return [
        f"{one['id']}: {one['help']}: {node['html'][:120]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def opened(browser: Any, text: str, **options: Any) -> Any:
    page = browser.new_context(bypass_csp=True, **options).new_page()
    page.set_content(text)
    return page


@pytest.mark.parametrize(("standing", "language"), [("decided", "zh"), ("no_proposal", "en")])
def test_a_page_has_no_fault_axe_knows(
    browser: Any, portraits: Portraits, standing: str, language: str
) -> None:
    page = opened(browser, html.render(portraits(standing, language), language))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert not faults(page)


def test_faults_planted_in_a_page_are_found(browser: Any, portraits: Portraits) -> None:
    text = html.render(portraits("decided", "en"), "en")
    spoiled = text.replace('lang="en"', "").replace("--soft: #56606e", "--soft: #b6c0ce")
    found = "\n".join(faults(opened(browser, spoiled)))
    assert "html-has-lang" in found
    assert "color-contrast" in found


def test_a_page_on_a_small_screen_scrolls_in_one_direction_only(
    browser: Any, portraits: Portraits
) -> None:
    text = html.render(portraits("decided", "zh"), "zh")
    page = opened(browser, text, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_page_asks_the_network_for_nothing(browser: Any, portraits: Portraits) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html.render(portraits("decided", "zh"), "zh"))
    page.wait_for_timeout(200)
    assert not [url for url in asked if not url.startswith(("about:", "data:"))]


def shown_years(page: Any) -> list[int]:
    """Return the places of the frames that can be seen."""
    seen: list[int] = page.evaluate(
        "[...document.querySelectorAll('.film-frame')].map((frame, place) =>"
        " [Number(getComputedStyle(frame).opacity), place]).filter(([o]) => o > 0.5)"
        ".map(([, place]) => place)"
    )
    return seen


def test_the_film_runs_once_and_stops_at_the_last_year(browser: Any, portraits: Portraits) -> None:
    page = opened(browser, html.render(portraits("decided", "zh"), "zh"))
    last = page.locator(".film-frame").count() - 1
    assert last > 0
    page.wait_for_timeout(700)
    assert shown_years(page) == [0]
    page.evaluate("document.getAnimations().forEach(one => one.finish())")
    assert shown_years(page) == [last]


def test_the_film_can_be_held_and_a_year_chosen_by_keyboard(
    browser: Any, portraits: Portraits
) -> None:
    page = opened(browser, html.render(portraits("decided", "en"), "en"))
    last = page.locator(".film-frame").count() - 1
    page.focus("#film-hold")
    page.keyboard.press("Space")
    states = page.evaluate(
        "[...document.querySelectorAll('.film-frame')].map(f =>"
        " getComputedStyle(f).animationPlayState)"
    )
    assert set(states) == {"paused"}
    page.focus("#film-at-play")
    page.keyboard.press("ArrowDown")
    assert shown_years(page) == [0]
    for _ in range(last):
        page.keyboard.press("ArrowDown")
    assert shown_years(page) == [last]


def test_who_wants_no_motion_sees_the_last_year_at_once(browser: Any, portraits: Portraits) -> None:
    text = html.render(portraits("decided", "zh"), "zh")
    page = opened(browser, text, reduced_motion="reduce")
    last = page.locator(".film-frame").count() - 1
    assert shown_years(page) == [last]
    page.emulate_media(media="print", reduced_motion="no-preference")
    assert shown_years(page) == [last]
