from __future__ import annotations

import timeit
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import lei as lei_oracle
from stdnum.cn import uscc as uscc_oracle

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import (
    BAD_LEI,
    USCC_CHARACTERS,
    USCC_SEED_MAX,
    check_lei,
    check_uscc,
    district_of,
    make_uscc,
    normalise,
    require_uscc,
)

VALID = (Path(__file__).parents[1] / "data" / "uscc_valid.txt").read_text("ascii").split()
LEI = "506700GE1G29325QX363"


def inner_check_holds(code: str) -> bool:
    """GB 11714, written out again by its text."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(code[8:16], weights, strict=True))
    expected = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    return code[16] == expected


def test_two_hundred_codes_of_real_organisations_pass() -> None:
    assert len(VALID) == 200
    assert [code for code in VALID if check_uscc(code) is not None] == []


@pytest.mark.parametrize("code", VALID)
def test_a_code_shifted_by_one_column_fails(code: str) -> None:
    shifted = [code[1:] + code[0], code[-1] + code[:-1], code[1:], code[:-1]]
    shifted += [mark + code[:-1] for mark in ' ,\t"0123689']
    shifted += [code[1:] + mark for mark in USCC_CHARACTERS + ' ,\t"']
    assert [text for text in shifted if check_uscc(text) is None] == []


def test_even_with_the_last_character_of_the_column_before_hardly_a_shift_passes() -> None:
    # Two check digits let one code in 341 pass by chance; kind and district leave fewer.
    shifted = [mark + code[:-1] for code in VALID for mark in USCC_CHARACTERS]
    passed = [text for text in shifted if check_uscc(text) is None]
    assert len(passed) / len(shifted) < 1 / 1_000


@pytest.mark.parametrize("code", VALID[::10])
def test_every_single_wrong_character_is_found(code: str) -> None:
    for place in range(18):
        for mark in USCC_CHARACTERS:
            changed = code[:place] + mark + code[place + 1 :]
            assert (check_uscc(changed) is None) == (changed == code)


@settings(max_examples=100)
@given(st.text(alphabet=USCC_CHARACTERS, min_size=17, max_size=17))
def test_what_passes_satisfies_both_standards_by_independent_reckoning(body: str) -> None:
    for last in USCC_CHARACTERS:
        if check_uscc(body + last) is None:
            assert uscc_oracle.is_valid(body + last)
            assert inner_check_holds(body + last)


@settings(max_examples=100)
@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(USCC_CHARACTERS + "IOZSV "))
def test_what_the_oracle_refuses_is_refused(code: str, place: int, mark: str) -> None:
    changed = code[:place] + mark + code[place + 1 :]
    if not (uscc_oracle.is_valid(changed) and inner_check_holds(changed)):
        assert check_uscc(changed) is not None


def test_the_inner_check_digit_is_checked_on_its_own() -> None:
    # The outer check digit is made right for a wrong inner one.
    code = VALID[0]
    for inner in "0123456789X":
        body = code[:16] + inner
        outer = [mark for mark in USCC_CHARACTERS if uscc_oracle.is_valid(body + mark)]
        assert [check_uscc(body + mark) is None for mark in outer] == [inner == code[16]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_uscc"),
        ("91310110631568129", "bad_uscc"),
        ("91310110631568129R0", "bad_uscc"),
        ("9131011063156812IR", "bad_uscc"),
        ("法人及非法人组织", "bad_uscc"),
        ("91310110631568129r", "bad_uscc"),
        ("9131011O631568129R", "bad_uscc"),
        ("X1310110631568129R", "bad_uscc"),
    ],
)
def test_what_is_not_a_code_is_refused_with_its_reason(text: str, code: str) -> None:
    reason = check_uscc(text)
    assert reason is not None
    assert reason.code == code


@pytest.mark.parametrize(
    "typed",
    [
        " 91310110631568129R\n",
        "91310110631568129r",
        "９１３１０１１０６３１５６８１２９Ｒ",
        "\ufeff91310110631568129R\u00a0",
        "　91310110631568129Ｒ　",
        "'91310110631568129R",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert require_uscc(typed) == "91310110631568129R"


def test_spaces_inside_a_code_are_not_repaired() -> None:
    with pytest.raises(TallyError, match="bad_uscc"):
        require_uscc("9131 0110 6315 6812 9R")


def test_a_missing_code_says_so() -> None:
    with pytest.raises(TallyError, match="no_uscc"):
        require_uscc("  ")


def test_a_check_costs_less_than_four_microseconds() -> None:
    best = min(timeit.repeat(lambda: check_uscc(VALID[0]), number=5_000, repeat=5)) / 5_000
    assert best < 4e-6


@settings(max_examples=100)
@given(st.integers(0, USCC_SEED_MAX))
def test_made_codes_are_sound_and_tell_their_district(seed: int) -> None:
    code = make_uscc("91310110", seed)
    assert check_uscc(code) is None
    assert uscc_oracle.is_valid(code)
    assert code[8:16] == f"{seed:08d}"
    assert district_of(code) == "310110"


@pytest.mark.parametrize(
    ("prefix", "seed"),
    [("9131011", 1), ("91310110", -1), ("91310110", 10**8), ("9131011A", 1), ("I1310110", 1)],
)
def test_no_code_is_made_from_what_cannot_be_one(prefix: str, seed: int) -> None:
    with pytest.raises(TallyError, match="bad_uscc"):
        make_uscc(prefix, seed)


def test_an_lei_passes_and_its_oracle_agrees() -> None:
    assert lei_oracle.is_valid(LEI)
    assert check_lei(LEI) is None
    assert normalise(f" {LEI.lower()} ") == LEI


@settings(max_examples=100)
@given(st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_an_lei_with_one_wrong_character_is_refused_as_by_its_oracle(place: int, mark: str) -> None:
    changed = LEI[:place] + mark + LEI[place + 1 :]
    if changed[-2:].isdigit():
        assert (check_lei(changed) is None) == lei_oracle.is_valid(changed)
    if mark.isdigit() == LEI[place].isdigit():
        assert (check_lei(changed) is None) == (changed == LEI)


@pytest.mark.parametrize("text", ["", LEI[:-1], LEI + "0", LEI[:-2] + "A3", "５" + LEI[1:]])
def test_what_is_not_an_lei_is_refused(text: str) -> None:
    assert check_lei(text) is BAD_LEI


def test_normalising_leaves_what_is_not_a_way_of_typing() -> None:
    assert normalise("91-31 01") == "91-31 01"


def test_of_the_divisions_no_province_has_only_the_one_of_samples_is_sound() -> None:
    assert check_uscc(make_uscc("91999999", 7)) is None
    for division in ("990000", "999998", "910000", "000000"):
        with pytest.raises(TallyError):
            make_uscc(f"91{division}", 7)
