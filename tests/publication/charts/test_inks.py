from __future__ import annotations

import pytest

from tallystick.evaluation.schemes import outcomes
from tallystick.publication.charts import LIGHTS, NO_LIGHT, light_of
from tallystick.publication.charts.inks import BLUE, INK, PAPER, RULE, SHADE, SOFT

LETTERS, SHAPES = 4.5, 3


def contrast(one: str, other: str) -> float:
    """The contrast of two colours #rrggbb by WCAG 2.2, relative luminance: 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # just below 4.5


def test_every_light_of_a_scheme_can_be_shown() -> None:
    assert tuple(LIGHTS) == outcomes.LIGHTS
    assert light_of(None) is light_of("") is light_of("mauve") is NO_LIGHT


def test_lights_differ_by_mark_and_name_and_not_by_colour_alone() -> None:
    every = [*LIGHTS.values(), NO_LIGHT]
    for of in ("mark", "fill", "ink"):
        assert len({getattr(light, of) for light in every}) == len(every)
    assert len({light.names for light in every}) == len(every)


def test_everything_can_be_read_on_what_it_stands_on() -> None:
    for ground in (PAPER, SHADE):
        for ink in (INK, SOFT, BLUE, *(light.ink for light in (*LIGHTS.values(), NO_LIGHT))):
            assert contrast(ink, ground) >= LETTERS, (ink, ground)
        assert contrast(RULE, PAPER) >= SHAPES
    for light in LIGHTS.values():
        assert contrast(light.fill, PAPER) >= SHAPES
        assert contrast(light.on, light.fill) >= SHAPES  # a mark, no letters
