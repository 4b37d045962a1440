from __future__ import annotations

from tallystick.app.typed import masked
from tallystick.sources.masking import MASK


def test_a_reason_is_masked_and_its_numbers_counted_by_kind() -> None:
    text, numbers = masked("电话15400012345、154 0001 2346，证件31999918450612001X")
    assert text == f"电话{MASK}、{MASK}，证件{MASK}"
    assert numbers == {"masked_phone": 2, "masked_resident_id": 1}


def test_a_reason_without_numbers_stays() -> None:
    assert masked("依据沪市监罚〔2025〕12号") == ("依据沪市监罚〔2025〕12号", {})
