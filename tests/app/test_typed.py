from __future__ import annotations

import pytest

from tallystick.app import typed
from tallystick.app.typed import REASON_CHARS_MAX, REASON_TOO_LONG, masked
from tallystick.kernel.errors import TallyError
from tallystick.sources.masking import MASK


def test_a_reason_is_masked_and_its_numbers_counted_by_kind() -> None:
    text, numbers = masked("电话15400012345、154 0001 2346，证件31999918450612001X")
    assert text == f"电话{MASK}、{MASK}，证件{MASK}"
    assert numbers == {"masked_phone": 2, "masked_resident_id": 1}


def test_a_reason_without_numbers_stays() -> None:
    assert masked("依据沪市监罚〔2025〕12号") == ("依据沪市监罚〔2025〕12号", {})


def test_a_reason_that_is_too_long_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert masked("由" * REASON_CHARS_MAX) == ("由" * REASON_CHARS_MAX, {})
    monkeypatch.setattr(typed, "mask", lambda text: pytest.fail(f"read {len(text)} characters"))
    with pytest.raises(TallyError) as refused:
        masked("O" * (REASON_CHARS_MAX + 1))
    assert refused.value.code == REASON_TOO_LONG.code
