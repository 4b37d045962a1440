from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.records import KINDS, UNKNOWN_KIND, number_of

# Numbers stand in indexes for good: this list may grow at its end and change nowhere else.
GIVEN = (
    "founding",
    "party",
    "import",
    "retraction",
    "fact",
    "grant",
    "withdrawal",
    "scheme",
    "use",
    "evaluation",
    "decision",
)


def test_a_number_once_given_never_changes_its_meaning() -> None:
    assert KINDS[: len(GIVEN)] == GIVEN
    assert [number_of(kind) for kind in GIVEN] == list(range(len(GIVEN)))
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize("kind", ["", "Fact", " fact", "grade", None, 4, b"fact", ["fact"]])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    with pytest.raises(TallyError) as refusal:
        number_of(kind)
    assert refusal.value.reason is UNKNOWN_KIND
