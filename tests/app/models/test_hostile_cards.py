"""A card that somebody broke, or built to break us, ends in a result or in a typed error."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.app.models import cards
from tallystick.app.models.comparing import compare
from tallystick.app.models.explaining import Which, explain
from tallystick.app.models.sealing import check_card
from tallystick.app.models.showing_models import page
from tallystick.app.models.validating import ValidateRequest, validate
from tallystick.cli.pages import model_validation
from tallystick.cli.pages import models as pages
from tallystick.cli.screen import Screen
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_json

MOST = 2**53 - 1
TEXTS = ["", "x", "0", "0.5", "NaN", "1e999", "9" * 40, "2026-02-30", "{a}", "<b>", "评\x00"]
PLAIN = st.none() | st.booleans() | st.sampled_from([0, 1, -1, MOST, -MOST, *TEXTS])
ODD = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["mean", "zh", "plan", "bands"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything within plain data."""
    held = value if isinstance(value, dict | list) else ()
    for key, one in held.items() if isinstance(held, dict) else enumerate(held):
        yield (*at, key)
        yield from places(one, (*at, key))


def broken(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Return a card with one or two places changed: mostly in what is told of its validation."""
    made = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 2))):
        part: Any = made
        if data.draw(st.integers(0, 2)):
            part = made["record"]["validation"] if data.draw(st.booleans()) else made["record"]
        ways = list(places(part)) if isinstance(part, dict | list) else []
        if not ways:
            return made
        *way, last = ways[data.draw(st.integers(0, len(ways) - 1))]
        for key in way:
            part = part[key]
        if data.draw(st.integers(0, 3)):
            part[last] = data.draw(ODD)
        else:
            del part[last]
        if not isinstance(made.get("record"), dict) or "validation" not in made["record"]:
            return made
    return made


def deeds(card: Card, table: Path) -> Iterator[Callable[[], object]]:
    """Yield what the commands do with a card, pages in both languages included."""
    screens = [Screen(language, out=io.StringIO()) for language in ("zh", "en")]

    def judged() -> None:
        found = validate(card, table, ValidateRequest("y"))
        for screen in screens:
            model_validation.show_validation(screen, found)

    def compared() -> None:
        found = compare(card, card, table, "y")
        for screen in screens:
            pages.show_comparison(screen, found)

    def explained() -> None:
        found = explain(card, table, Which(3, "", ""))
        for screen in screens:
            pages.show_explanation(screen, found)

    for screen in screens:
        yield lambda screen=screen: pages.show_card(screen, card)  # type: ignore[misc]
        yield lambda screen=screen: page(card, ".html", screen.language)  # type: ignore[misc]
    yield judged
    yield compared
    yield explained
    yield lambda: check_card(card)
    yield lambda: cards.document(card)


def fault_of(deed: Callable[[], object]) -> TallyError | None:
    """Return the typed error a deed ends in; anything else it raises is a fault of ours."""
    try:
        deed()
    except TallyError as fault:
        return fault
    return None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_card_changed_anywhere_ends_in_a_result_or_a_typed_error(
    card: Card, table: Path, tmp_path: Path, data: st.DataObject
) -> None:
    file = tmp_path / "broken.json"
    found: list[Card] = []

    def read() -> None:
        file.write_bytes(canonical.encode(broken(card_json(card), data)))
        found.append(cards.read(file))

    told = [fault_of(read)]
    told += [fault_of(deed) for made in found for deed in deeds(made, table)]
    assert all(fault.text.zh and fault.text.en for fault in told if fault is not None)


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("x", "/record/validation"),
        ({"auc": "0.9"}, "/record/validation/auc"),
        ({"auc": {"mean": "0.9"}}, "/record/validation/auc"),
        ({"auc": {"mean": 1, "low": None, "high": None}}, "/record/validation/auc/mean"),
        ({"ks": "1e999"}, "/record/validation/ks"),
        ({"intervals": {"ks": "0.5"}}, "/record/validation/intervals/ks"),
        ({"plan": {"kind": "repeated"}}, "/record/validation/plan"),
        ({"calibration": {"curve": [{}]}}, "/record/validation/calibration/curve/0"),
        ({"outcomes": {"bands": 3}}, "/record/validation/outcomes"),
        ({"roc": [["0", "7"]]}, "/record/validation/roc/0/1"),
        ({"roc": [["0"]]}, "/record/validation/roc/0"),
    ],
)
def test_a_malformed_validation_is_refused_with_its_place(
    card: Card, table: Path, part: object, place: str
) -> None:
    bad = replace(card, record={**card.record, "validation": part})
    for deed in (
        lambda: validate(bad, table, ValidateRequest()),
        lambda: page(bad, ".pdf", "zh"),
        lambda: check_card(bad),
    ):
        with pytest.raises(TallyError) as refused:
            deed()
        assert refused.value.code == "bad_card"
        assert refused.value.facts["place"] == place


@pytest.mark.parametrize(
    ("name", "part", "place"),
    [
        ("environment", {"fitted_on": "2026-02-30"}, "/record/environment/fitted_on"),
        ("environment", {"libraries": ["numpy"]}, "/record/environment/libraries/0"),
        ("treatments", [{"column": "x"}], "/record/treatments/0"),
        ("leakage", {}, "/record/leakage"),
        ("limits", {"zh": "x"}, "/record/limits"),
        ("seed", "7", "/record/seed"),
    ],
)
def test_so_is_any_other_part_that_is_read(card: Card, name: str, part: object, place: str) -> None:
    with pytest.raises(TallyError) as refused:
        page(replace(card, record={**card.record, name: part}), ".html", "en")
    assert refused.value.facts["place"] == place


def test_what_nobody_reads_may_have_any_shape(card: Card) -> None:
    assert page(replace(card, record={**card.record, "note": [{"x": None}]}), ".html", "en")
    assert page(replace(card, record={}), ".html", "en")


def test_a_name_that_is_a_number_stays_a_name(card: Card, table: Path) -> None:
    screen = Screen(out=io.StringIO())
    pages.show_comparison(screen, compare(replace(card, name="0.5"), card, table, "y"))
    assert "0.5" in screen.out.getvalue()  # type: ignore[attr-defined]  # a StringIO
