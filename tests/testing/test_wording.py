"""The sentences of fictional decisions."""

from __future__ import annotations

from tallystick.sources.masking import mask
from tallystick.testing.wording import LICENCES, OFFENCES, PERMIT


def test_no_sentence_holds_anything_that_must_be_masked() -> None:
    for text in (*(part for offence in OFFENCES for part in offence), *sum(LICENCES, ()), PERMIT):
        assert mask(text) == (text, [])


def test_every_account_of_an_act_says_that_it_is_a_sample() -> None:
    for offence in OFFENCES:
        assert offence.facts.endswith("（样例数据）")
        assert offence.content.endswith("（样例数据）")
        assert offence.basis.startswith("《")


def test_an_account_is_as_long_as_real_ones_and_needs_no_quoting() -> None:
    for offence in OFFENCES:
        assert 80 < len(offence.facts) < 2_000
        assert not set('",\r\n') & set("".join(offence))
