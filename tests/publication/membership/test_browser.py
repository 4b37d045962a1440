"""The page of a membership in a browser: sorting, filtering, turning pages, one member's peers.

Needs Chromium; where there is none the tests say so and do not run, which fails with CI=true.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader
from tests.publication.test_accessible import browser, faults, opened

from tallystick.publication.membership import page

from .conftest import closed, decision, document, member, proposal

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Memberships

__all__ = ["browser"]  # a fixture

READY = "document.documentElement.dataset.ready"
HITS = [{"code": "r4", "level": 4}]


def many() -> list[dict[str, Any]]:
    """A hundred and twenty members, some of each standing, scores in no order of their codes."""
    made = []
    for number in range(120):
        score = f"{50 + (number * 37) % 50}.{number % 7}"
        one = member(number, proposal(score), industry="I", registered_capital=str(100 + number))
        if number % 10 == 0:
            one["decision"] = decision("change", "medium")
        if number % 10 == 1:
            one["proposal"] = closed()
        if number % 10 == 2:
            one["proposal"] = proposal(score, "high", rules_hit=HITS)
        made.append(one)
    return made


@pytest.fixture
def seen(browser: Any, tmp_path: Path) -> Any:
    """Open a document as a file, its policy in force; what the console says is an error."""
    said: list[str] = []

    def show(made: dict[str, Any], fragment: str = "", **options: Any) -> Any:
        file = tmp_path / "members.html"
        file.write_text(page(made), encoding="utf-8")
        tab = browser.new_context(**options).new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda fault: said.append(str(fault)))
        tab.goto(f"{file.as_uri()}{fragment}")
        return tab

    yield show
    assert not said


def column(tab: Any, place: int) -> list[str]:
    cells: list[str] = tab.locator(f"#members tbody tr > :nth-child({place})").all_inner_texts()
    return [cell.strip() for cell in cells]


def test_the_script_runs_under_the_policy_of_the_page(seen: Any) -> None:
    tab = seen(document(many()))
    assert tab.evaluate(READY) == "yes"
    assert len(column(tab, 1)) == 50
    assert tab.inner_text("#p-said") == "1 to 50 of 120 (120 members in all)"


def test_a_column_sorts_both_ways_and_what_is_empty_stands_last(seen: Any) -> None:
    tab = seen(document(many()))
    tab.select_option("#f-size", "0")
    for down in (True, False):
        tab.click("#members th:nth-child(3) button")
        scores = column(tab, 3)
        known = [float(one) for one in scores if one != "–"]
        assert len(scores) == 120
        assert known == sorted(known, reverse=down)
        assert scores[len(known) :] == ["–"] * (120 - len(known))
        told = tab.get_attribute("#members th:nth-child(3)", "aria-sort")
        assert told == ("descending" if down else "ascending")
    tab.click("#members th:nth-child(5) button")
    bands = [one.split("\u00a0")[-1] for one in column(tab, 5) if one != "–"]
    order = ["Low", "Medium", "Medium-high", "High"]
    assert bands == sorted(bands, key=order.index)
    assert len(set(bands)) == 3
    assert tab.locator("#members th[aria-sort]").count() == 1


def test_a_heading_sorts_by_keyboard(seen: Any) -> None:
    tab = seen(document(many()))
    tab.focus("#members th:nth-child(2) button")
    tab.keyboard.press("Enter")
    codes = column(tab, 2)
    assert codes == sorted(codes)


@pytest.mark.parametrize("word", ["proposal", "decided", "withheld"])
def test_filters_show_who_fits_and_nobody_else(seen: Any, word: str) -> None:
    made = document(many())
    tab = seen(made)
    tab.select_option("#f-size", "0")
    tab.select_option("#f-word", word)
    assert len(column(tab, 1)) == made["figures"]["standings"][word]
    if word == "decided":
        tab.select_option("#f-light", "yellow")
        assert len(column(tab, 1)) == made["figures"]["bands"][1]["decided"]
        tab.select_option("#f-light", "green")
        assert not column(tab, 1)
        assert tab.inner_text("#p-said") == "no member fits (120 members in all)"


def test_text_finds_names_codes_and_rules_as_text_and_not_as_a_pattern(seen: Any) -> None:
    made = document(many())
    tab = seen(made)
    tab.select_option("#f-size", "0")
    tab.fill("#f-text", made["members"][7]["subject"].lower())
    assert column(tab, 1) == [made["members"][7]["name"]]
    tab.fill("#f-text", "grave")
    assert len(column(tab, 1)) == made["figures"]["rules"][1]["hit"] > 5
    tab.fill("#f-text", ".*")
    assert not column(tab, 1)
    tab.click("button[type=reset]")
    tab.locator("#members tbody tr").nth(1).wait_for()
    assert tab.inner_text("#p-said").endswith("of 120 (120 members in all)")


def test_pages_turn_and_show_everybody_once(seen: Any) -> None:
    made = document(many())
    tab = seen(made)
    met = column(tab, 2)
    for _ in range(2):
        tab.click("#p-on")
        met += column(tab, 2)
    assert tab.is_disabled("#p-on")
    assert len(met) == 120
    assert set(met) == {one["subject"] for one in made["members"]}
    tab.click("#p-back")
    assert column(tab, 2) == met[50:100]


def test_a_member_is_shown_against_the_quartiles_with_its_peers(seen: Any) -> None:
    made = document(many())
    one = made["members"][5]
    tab = seen(made)
    tab.fill("#c-text", one["subject"])
    tab.keyboard.press("Enter")
    positions, peers = tab.locator("#chosen table").all()
    line = positions.locator("tbody tr").all_inner_texts()[0].split("\t")
    five = made["figures"]["dimensions"][0]["numbers"]
    assert line[1] == one["proposal"]["score"]
    assert line[3:8] == list(five.values())
    assert positions.locator("svg[role=img]").get_attribute("aria-label") == (
        f"{one['proposal']['score']} between {five['least']} and {five['greatest']}"
    )
    listed = [row.split("\t")[1] for row in peers.locator("tbody tr").all_inner_texts()]
    assert listed == [one["subject"], *made["figures"]["peers"][one["subject"]]["members"]]


def test_a_link_opens_the_page_at_a_member(seen: Any) -> None:
    made = document(many())
    tab = seen(made, f"#peer={made['members'][5]['subject']}")
    assert made["members"][5]["name"] in tab.inner_text("#chosen h3")
    tab.fill("#c-text", "nobody of that name")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#chosen") == "No member fits."


def test_a_closed_proposal_shows_no_number_when_chosen(seen: Any) -> None:
    made = document(many())
    hidden = next(one for one in made["members"] if one["proposal"]["withheld"])
    tab = seen(made, f"#peer={hidden['subject']}")
    assert "no number to show" in tab.inner_text("#chosen")
    assert not tab.locator("#chosen table").count()


def test_without_the_script_all_members_stand_in_plain_tables(seen: Any) -> None:
    tab = seen(document(many()), java_script_enabled=False)
    assert tab.locator("#members tbody tr").count() == 120
    assert not tab.is_visible("#filter")
    assert not tab.is_visible("#choose")
    assert tab.is_visible("#without")


def test_all_that_fits_the_filter_is_printed(seen: Any) -> None:
    tab = seen(document(many()))
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("#members tbody tr").count() == 120
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("#members tbody tr").count() == 50


def test_every_printed_page_of_the_table_has_its_headings(seen: Any) -> None:
    tab = seen(document(many()))
    printed = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages
    assert all(one.mediabox.width > one.mediabox.height for one in printed)
    texts = [one.extract_text() for one in printed]
    listing = [text for text in texts if len(re.findall("91310110PDY", text)) > 10]
    assert len(listing) > 2
    assert all("USCC" in text for text in listing)


def test_five_thousand_members_sort_and_filter_at_once(seen: Any) -> None:
    made = document([member(n, proposal(f"{50 + n % 50}.{n}")) for n in range(5_000)])
    tab = seen(made)
    took = tab.evaluate(
        "() => { const begun = performance.now();"
        " document.querySelector('#members th:nth-child(1) button').click();"
        " document.querySelector('#members th:nth-child(3) button').click();"
        " return performance.now() - begun; }"
    )
    assert took < 3_000
    assert tab.inner_text("#p-said") == "1 to 50 of 5000 (5000 members in all)"
    assert column(tab, 3)[0] == "99.999"


def test_hostile_names_run_nothing(seen: Any) -> None:
    names = ["<script>window.hit=1</script>", '"><img src=x onerror="window.hit=1">', "</script>"]
    made = document(
        [member(n, proposal(str(70 + n)), name=name * 3) for n, name in enumerate(names)]
    )
    tab = seen(made)
    for one in made["members"]:
        tab.fill("#c-text", one["subject"])
        tab.keyboard.press("Enter")
        assert one["name"] in tab.inner_text("#chosen h3")
    assert tab.evaluate("window.hit") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_no_fault_axe_knows(
    browser: Any, memberships: Memberships, language: str
) -> None:
    made = memberships(language)
    tab = opened(browser, page(made))
    tab.fill("#c-text", made["members"][0]["subject"])
    tab.keyboard.press("Enter")
    tab.click("#members th:nth-child(3) button")
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert not faults(tab)


def test_the_page_fits_a_small_screen(browser: Any, memberships: Memberships) -> None:
    tab = opened(browser, page(memberships("zh")), viewport={"width": 320, "height": 640})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert not faults(tab)


def test_the_page_asks_the_network_for_nothing(browser: Any, memberships: Memberships) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.set_content(page(memberships("en")))
    tab.wait_for_timeout(200)
    assert not [url for url in asked if not url.startswith(("about:", "data:"))]
