from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import make_uscc
from tallystick.rulebook.territory import (
    OUTSIDE_TERRITORY,
    check_registration_place,
    check_territory,
    excluded_territories,
    territory_of,
)


@pytest.mark.parametrize(
    ("division", "zh", "en"),
    [("81", "香港", "Hong Kong"), ("82", "澳门", "Macau"), ("71", "台湾", "Taiwan")],
)
def test_a_code_given_there_is_refused_with_the_rule(division: str, zh: str, en: str) -> None:
    for seed in (1, 2, 3):
        with pytest.raises(TallyError) as refusal:
            check_territory(make_uscc(f"91{division}0000", seed))
        assert refusal.value.code == OUTSIDE_TERRITORY
        assert refusal.value.reason.rule
        assert zh in refusal.value.text.zh
        assert en in refusal.value.text.en


def test_a_mainland_code_passes_whatever_follows_its_division() -> None:
    provinces = [
        *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46),
        *(50, 51, 52, 53, 54, 61, 62, 63, 64, 65),
    ]
    for province in provinces:
        check_territory(make_uscc(f"91{province}8171", 81827100))
        check_territory(make_uscc(f"71{province}0000", 7))  # the first characters are no division
    check_territory(make_uscc("91100000", 81827100))  # registered with the state as a whole


def test_the_refusal_never_repeats_the_code() -> None:
    code = make_uscc("91810000", 4711)
    with pytest.raises(TallyError) as refusal:
        check_territory(code)
    assert code not in str(refusal.value) + repr(refusal.value.facts)


@pytest.mark.parametrize(
    "place",
    [
        "香港", "中国香港", "香港特别行政区", "香港九龙弥敦道 1 号", "香港中环", " 香港 ", "澳门",
        "澳門特別行政區", "中国澳门氹仔", "台湾", "台湾省台北市", "臺灣", "台灣高雄市",
        "Hong Kong", "HONG KONG", "Hong Kong SAR", "Hong Kong, China",
        "Unit 5, Nathan Road, Kowloon, Hong Kong", "Macau", "Macao SAR, China", "Taiwan",
        "Taipei, Taiwan", "Taiwan, Province of China", "Ｈｏｎｇ Ｋｏｎｇ",
    ],
)  # fmt: skip
def test_a_place_of_registration_there_is_refused(place: str) -> None:
    with pytest.raises(TallyError) as refusal:
        check_registration_place(place)
    assert refusal.value.code == OUTSIDE_TERRITORY


@pytest.mark.parametrize(
    "place",
    [
        "", "上海市杨浦区", "青岛市市南区香港中路 10 号", "香港中路 10 号", "香港路 1 号",
        "上海市澳门路 88 号", "澳门路 88 号", "台湾路 3 号", "福建省厦门市台湾街",
        "香港花园 2 号楼", "深圳市前海深港合作区", "横琴粤澳深度合作区",
        "88 Macau Road, Shanghai", "Hong Kong Middle Road, Qingdao", "Taiwan Street, Xiamen",
    ],
)  # fmt: skip
def test_a_mainland_place_passes_also_on_a_street_of_that_name(place: str) -> None:
    check_registration_place(place)


def test_every_territory_has_a_sentence_and_a_basis_in_both_languages() -> None:
    assert {place.division for place in excluded_territories()} == {"71", "81", "82"}
    for place in excluded_territories():
        assert place.sentence.zh
        assert place.sentence.en
        assert place.legal_basis


def test_the_first_eight_characters_are_enough_to_ask() -> None:
    assert territory_of("91810000") is not None
    assert territory_of("91310110") is None
