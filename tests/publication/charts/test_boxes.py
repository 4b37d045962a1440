from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.publication.charts import Box, Chart, boxes

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script>&"\'甲'
NUMBERS = ("10", "40", "55.125", "70", "100")


def drawn(*rows: Box, scale: tuple[str, str] = ("0", "100"), language: str = "en") -> Chart:
    return boxes(rows, scale, "Spread", language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_says_in_words_what_the_table_says(language: str) -> None:
    chart = drawn(Box(HOSTILE, NUMBERS), Box("b", None), language=language)
    root = ET.fromstring(chart.svg)  # noqa: S314 - drawn a line ago
    assert root.findtext(f"{SVG}desc") == chart.description
    for number in NUMBERS:
        assert number in chart.description
    assert chart.table.rows == ((HOSTILE, *NUMBERS), ("b", "-", "-", "-", "-", "-"))
    assert "<script" not in chart.svg


def test_the_box_lies_where_its_numbers_are() -> None:
    root = ET.fromstring(drawn(Box("a", NUMBERS)).svg)  # noqa: S314 - as above
    [box] = root.iter(f"{SVG}rect")
    left, width = float(box.attrib["x"]), float(box.attrib["width"])
    assert left == pytest.approx(150 + 0.4 * 410, abs=0.1)
    assert left + width == pytest.approx(150 + 0.7 * 410, abs=0.1)


def test_nothing_to_show_is_said() -> None:
    assert "nothing to show" in drawn().description


def test_one_value_alone_and_a_scale_without_length_draw() -> None:
    chart = drawn(Box("a", ("5", "5", "5", "5", "5")), scale=("5", "5"))
    assert chart.svg.endswith("</svg>")


@given(st.lists(st.integers(-10_000, 10_000), min_size=5, max_size=5))
def test_whatever_leaves_the_scale_is_still_on_the_sheet(numbers: list[int]) -> None:
    least, lower, median, upper, greatest = map(str, sorted(numbers))
    chart = drawn(Box("a", (least, lower, median, upper, greatest)))
    xs = [float(x) for x in re.findall(r' (?:x|x1|x2)="([-0-9.]+)"', chart.svg)]
    assert all(0 <= x <= 640 for x in xs)
