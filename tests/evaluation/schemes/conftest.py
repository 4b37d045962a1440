from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.evaluation import lint_scheme

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def check_mistake(small_text: str) -> Callable[..., None]:
    """Return the check that one mistake made in the small scheme is named at its place.

    there: text that stands once in the changed scheme, on the line the problem must name (None:
    any line); field: the place the problem must name ("" or None: any).
    """

    def check(old: str, new: str, code: str, there: str | None, field: str | None) -> None:
        assert small_text.count(old) == 1, f"{old!r} must stand once"
        text = small_text.replace(old, new)
        problems = lint_scheme(text, file="own.yaml")
        found = next((one for one in problems if one.code == code), None)
        assert found is not None, [(one.line, one.code, one.message.en) for one in problems]
        assert found.file == "own.yaml"
        assert found.message.zh
        assert found.message.en
        if there is not None:
            assert text.count(there) == 1, f"{there!r} must stand once"
            assert found.line == text[: text.index(there)].count("\n") + 1
        if field:
            assert found.field == field

    return check
