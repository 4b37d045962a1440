from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import make_uscc
from tallystick.rulebook.packs import read_pack
from tallystick.rulebook.subjects import (
    UNKNOWN_SUBJECT_KIND,
    SubjectKind,
    is_individual_business,
    subject_kind,
    subject_kinds_basis,
)

PREFIXES = [prefix for prefix, _ in read_pack("subjects").body.members("prefixes")]


def test_there_are_four_kinds_and_none_is_a_person() -> None:
    assert {kind.value for kind in SubjectKind} == {
        "enterprise", "social_organisation", "public_body", "other_org",
    }  # fmt: skip
    assert not [kind for kind in SubjectKind if "人" in kind.names.zh or "person" in kind.names.en]


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [("91", "enterprise"), ("51", "social_organisation"), ("52", "social_organisation"),
     ("53", "social_organisation"), ("11", "public_body"), ("12", "public_body"),
     ("93", "other_org"), ("92", "other_org"), ("Y1", "other_org"), ("N2", "other_org")],
)  # fmt: skip
def test_the_first_two_characters_name_the_kind(prefix: str, kind: str) -> None:
    assert subject_kind(make_uscc(f"{prefix}310110", 42)).value == kind


def test_every_prefix_can_begin_a_code() -> None:
    for prefix in PREFIXES:
        assert subject_kind(make_uscc(f"{prefix}310110", 42)) in SubjectKind


def test_only_92_is_an_individual_business() -> None:
    individual = [prefix for prefix in PREFIXES if is_individual_business(prefix)]
    assert individual == ["92"]
    assert is_individual_business(make_uscc("92310110", 1))


@pytest.mark.parametrize("prefix", ["99", "94", "00", "98", "X1"])
def test_nobody_is_rated_under_a_kind_nobody_knows(prefix: str) -> None:
    with pytest.raises(TallyError) as refusal:
        subject_kind(prefix + "3101100000000000")
    assert refusal.value.reason is UNKNOWN_SUBJECT_KIND


def test_the_table_says_that_nobody_read_the_standard() -> None:
    assert not subject_kinds_basis().verified
