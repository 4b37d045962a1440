from __future__ import annotations

from tallystick.evaluation.ahp.collecting import LABEL_CHARS_MAX, Collector, Position
from tallystick.sources.masking import mask


def test_of_a_label_no_more_is_read_than_can_show_a_number() -> None:
    lengths: list[int] = []

    def personal(text: str) -> bool:
        lengths.append(len(text))
        return bool(mask(text)[1])

    collector = Collector("f", (), personal)
    assert collector.label("专" * 100_000, Position(1, 0)) == "专" * LABEL_CHARS_MAX
    assert max(lengths) < 1_000


def test_a_number_at_the_end_of_a_label_is_seen_whole() -> None:
    collector = Collector("f", (), lambda text: bool(mask(text)[1]))
    written = "专" * (LABEL_CHARS_MAX - 8) + "15400012345"
    assert collector.label(written, Position(1, 0)) == "expert #1"
