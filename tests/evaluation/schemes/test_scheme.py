from __future__ import annotations

import json

import pytest

from tallystick.evaluation import Scheme, band_of, scheme_digest, scheme_document, scheme_items
from tallystick.kernel.canonical import decode, encode
from tallystick.kernel.errors import TallyError


def test_what_is_sealed_of_a_scheme_is_canonical_and_complete(association: Scheme) -> None:
    document = scheme_document(association)
    sealed = encode(document)
    assert decode(sealed) == document
    assert scheme_digest(association) == association.digest
    assert len(document["indicators"]) == len(association.indicators)
    said = json.dumps(document, ensure_ascii=False)
    for one in association.indicators:
        assert one.names.zh in said
        assert one.names.en in said


@pytest.mark.parametrize("name", ["medium-high", "中高风险", "Medium-high risk", " MEDIUM-HIGH "])
def test_a_band_is_found_by_code_and_by_either_name(association: Scheme, name: str) -> None:
    assert band_of(association, name).code == "medium-high"


def test_a_band_nobody_defined_is_refused_with_those_there_are(association: Scheme) -> None:
    with pytest.raises(TallyError) as refusal:
        band_of(association, "no risk")
    assert refusal.value.code == "no_such_band"
    assert "medium-high" in str(refusal.value)


def test_the_items_a_scheme_reads_are_those_of_its_indicators_and_rules(small: Scheme) -> None:
    assert scheme_items(small) == (
        "association.charter_breach",
        "association.membership_year",
        "context.complaint",
        "court.judgment_debtor",
        "penalty.decision",
        "selfdeclared.operation",
        "tax.arrears_notice",
    )
