"""What every chart promises: words beside the picture, nothing lost, the same bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.publication.charts import (
    Axis,
    Bar,
    Bin,
    Chart,
    Span,
    Step,
    Zone,
    bars,
    gauge,
    histogram,
    radar,
    timeline,
    waterfall,
    width_of,
    wrapped,
)
from tallystick.publication.charts.curve import roc
from tallystick.publication.charts.drawing import digits
from tallystick.rulebook.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

SVG = "{http://www.w3.org/2000/svg}"
TODAY = "2026-11-22"
ZONES = [Zone("高", "red", "0", "60"), Zone("低", "green", "60", "100")]
HOSTILE = '<script>alert("1")</script>&"\'甲'


def every_chart(name: str, language: str) -> list[Chart]:
    return [
        radar([Axis(name, "74.25"), Axis("b", None), Axis("c", "100")], language),
        waterfall([Step(name, "14.85"), Step("b", None), Step("c", "-3")], "11.85", language),
        gauge("52.55", [Zone(name, "red", "0", "100")], language, band=name, light="red"),
        gauge(None, ZONES, language),
        timeline([Span(name, "2024-02-29", None, -1, in_force=True)], TODAY, language),
        bars([Bar(name, "21", "green"), Bar("b", "0")], name, language),
        histogram([Bin("0", "50", 3), Bin("50", "100", 0)], name, language),
    ]


def every_empty_chart(language: str) -> list[Chart]:
    return [
        radar([], language),
        waterfall([], None, language),
        gauge(None, [], language),
        timeline([], TODAY, language),
        bars([], "t", language),
        histogram([], "t", language),
    ]


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.svg)  # noqa: S314 - our own text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [lambda lang: every_chart("名称", lang), every_empty_chart])
def test_every_chart_says_what_it_shows(language: str, make: Callable[[str], list[Chart]]) -> None:
    for chart in make(language):
        root = drawn(chart)
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert title.text == chart.title != ""
        assert desc.text == chart.description != ""
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert all(len(row) == len(chart.table.head) for row in chart.table.rows)


def test_charts_of_one_page_have_idents_of_their_own() -> None:
    idents = [
        node.get("id")
        for chart in (
            radar([], "zh"),
            waterfall([], None, "zh"),
            gauge(None, [], "zh"),
            gauge(None, [], "zh", ident="second"),
            timeline([], TODAY, "zh"),
            bars([], "t", "zh"),
            histogram([], "t", "zh"),
        )
        for node in drawn(chart).iter()
        if node.get("id")
    ]
    assert len(idents) == len(set(idents)) == 14


def test_a_hostile_name_stays_a_name() -> None:
    for chart in every_chart(HOSTILE, "zh"):
        root = drawn(chart)  # would not parse, or would hold an element of another kind
        kinds = {node.tag.removeprefix(SVG) for node in root.iter()}
        assert kinds <= {
            "svg", "title", "desc", "rect", "circle", "line", "polygon", "path", "text", "g",
        }  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_drawn_outside_the_sheet(language: str) -> None:
    long = "一个名称非常长的指标维度与项目" * 3
    for chart in every_chart(long, language):
        root = drawn(chart)
        _, _, width, height = map(int, (root.get("viewBox") or "").split())
        for text in root.iter(f"{SVG}text"):
            size, x = int(text.get("font-size") or 0), float(text.get("x") or 0)
            room = float(width_of(text.text or "", size))
            left = {"start": x, "middle": x - room / 2, "end": x - room}[
                text.get("text-anchor", "start")
            ]
            assert left >= -1, text.text
            assert left + room <= width + 1, text.text
            assert size <= float(text.get("y") or 0) + 4 <= height + 4, text.text


def test_every_coordinate_is_rounded() -> None:
    for chart in every_chart("名", "zh"):
        assert not re.search(r"\d\.\d\d", re.sub(r">[^<]*<|opacity=\"[^\"]*\"", "><", chart.svg))


def test_what_is_not_known_is_not_shown_as_nothing() -> None:
    shape = radar([Axis("a", None), Axis("b", "0"), Axis("c", "1")], "en")
    assert shape.table.rows == (("a", "unknown"), ("b", "0"), ("c", "1"))
    assert "a unknown; b 0; c 1" in shape.description
    steps = waterfall([Step("a", None), Step("b", "0")], None, "en")
    assert steps.table.rows == (
        ("a", "unknown", "0"),
        ("b", "0", "0"),
        ("Total", "unknown", "unknown"),
    )
    assert "no score" in gauge(None, ZONES, "en").description


def test_an_unknown_dimension_is_a_gap_in_the_outline_and_never_the_middle() -> None:
    chart = radar([Axis("a", "80"), Axis("b", None, "70"), Axis("c", "60"), Axis("d", "50")], "en")
    assert chart.table.rows[1] == ("b", "unknown, taken at 70")
    assert "b unknown, taken at 70" in chart.description
    root = drawn(chart)
    assert not [node for node in root.iter(f"{SVG}polygon") if node.get("fill-opacity")]
    outline = [node for node in root.iter(f"{SVG}line") if node.get("stroke-width") == "2"]
    assert len(outline) == 2  # c to d, d to a
    for node in outline:
        for end in ("1", "2"):
            assert (node.get(f"x{end}"), node.get(f"y{end}")) != ("320", "200")
    marks = [(node.get("cx"), node.get("cy")) for node in root.iter(f"{SVG}circle")]
    assert len(marks) == 3
    assert ("320", "200") not in marks


def test_an_assumed_contribution_is_dashed_and_says_so() -> None:
    chart = waterfall([Step("a", "30"), Step("b", "15", assumed=True)], "45", "en")
    assert [row[1] for row in chart.table.rows] == ["30", "15 (assumed)", "45"]
    assert "b 15 (assumed)" in chart.description
    assert [node.get("stroke-dasharray") for node in drawn(chart).iter(f"{SVG}rect")].count(
        "4 3"
    ) == 1
    assert "assumed" in [node.text for node in drawn(chart).iter(f"{SVG}text")]


def test_the_waterfall_adds_up_exactly() -> None:
    chart = waterfall([Step("a", "0.1"), Step("b", "0.2"), Step("c", "-0.05")], "0.25", "en")
    assert [row[2] for row in chart.table.rows] == ["0.1", "0.3", "0.25", "0.25"]


def test_the_timeline_writes_every_name_of_the_catalogue_out() -> None:
    for item in catalogue().items.values():
        for language, name in zip(("zh", "en"), item.names, strict=True):
            span = Span(name, "2025-01-01", None, 0, in_force=True)
            assert "…" not in timeline([span], TODAY, language).svg, name


def test_the_timeline_tells_ended_from_in_force() -> None:
    spans = [
        Span("a", "2020-01-01", "2022-01-01", 1, in_force=False),
        Span("b", "2025-01-01", None, -1, in_force=True),
    ]
    chart = timeline(spans, TODAY, "en")
    assert chart.table.rows == (
        ("a", "2020-01-01", "2022-01-01", "speaks for", "no longer in force"),
        ("b", "2025-01-01", "open", "speaks against", "in force"),
    )
    assert "Facts: 2, no longer in force: 1" in chart.description


@given(
    st.text(max_size=40),
    st.integers(min_value=20, max_value=300),
    st.integers(min_value=1, max_value=3),
)
def test_wrapped_lines_fit_and_are_not_more_than_asked(text: str, room: int, most: int) -> None:
    lines = wrapped(text, room, lines_max=most)
    assert len(lines) <= most
    for line in lines:
        # one letter stands however wide it is, and an ellipsis may stand beside it
        assert width_of(line) <= room or len(line) <= 2
    if not any(line.endswith("…") for line in lines):
        assert "".join(lines).split() == ["".join(text.split())] * bool(text.split()) or all(
            part in text for part in lines
        )


@settings(max_examples=50)
@given(st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=8))
def test_the_same_scores_give_the_same_picture_and_no_corner_leaves_the_web(
    scores: list[object],
) -> None:
    axes = [Axis(f"n{place}", str(score)) for place, score in enumerate(scores)]
    chart = radar(axes, "en")
    assert chart == radar(axes, "en")
    assert [row[1] for row in chart.table.rows] == [str(score) for score in scores]
    shape = next(n for n in drawn(chart).iter(f"{SVG}polygon") if n.get("fill-opacity"))
    for corner in (shape.get("points") or "").split():
        x, y = map(float, corner.split(","))
        assert (x - 320) ** 2 + (y - 200) ** 2 <= 134.2**2


@given(st.fractions(min_value=-1000, max_value=1000))
def test_digits_are_never_a_tenth_off(number: object) -> None:
    assert abs(float(digits(number)) - float(number)) <= 0.0500001  # type: ignore[arg-type]


def test_names_of_columns_break_at_their_underscores() -> None:
    assert wrapped("net_profit_over_sales", 110) == ["net_profit_", "over_sales"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_name_of_the_upward_axis_stands_left_of_it(language: str) -> None:
    drawn = roc([("0", "0"), ("1", "1")], "0.5", "ROC", language, ident="roc").svg
    root = ET.fromstring(drawn)  # noqa: S314 - our own chart
    texts = [(float(one.get("x", "0")), "".join(one.itertext())) for one in root.iter(f"{SVG}text")]
    assert max(x for x, _ in texts) <= 490  # where a wider font would run out of the picture
    assert [one for x, one in texts if x < 110]
