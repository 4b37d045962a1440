from __future__ import annotations

import pytest

from tallystick.app.progress import silent


def test_without_anybody_to_tell_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    silent("import", 1, 2)
    assert capfd.readouterr() == ("", "")
