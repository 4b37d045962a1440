"""Names and codes of a world that does not exist."""

from __future__ import annotations

import pytest
from stdnum import lei as independent_lei
from stdnum.cn import uscc as independent

from tallystick.kernel.identifiers import check_lei, check_uscc, district_of
from tallystick.testing.fiction import (
    COMPANY,
    DISTRICTS,
    INTERNAL_LAST,
    LEI_LAST,
    ORGAN,
    SOCIAL_ORGANISATION,
    SOLE_TRADER,
    association,
    bad_check,
    company_codes,
    company_name,
    fictional_lei,
    fictional_uscc,
    organ,
)


@pytest.mark.parametrize("kind", [COMPANY, ORGAN, SOCIAL_ORGANISATION, SOLE_TRADER])
def test_every_code_passes_both_checks_by_two_implementations(kind: str) -> None:
    for number in (*range(1, 400), *range(INTERNAL_LAST - 400, INTERNAL_LAST + 1)):
        code = fictional_uscc(kind, number, DISTRICTS[number % len(DISTRICTS)])
        assert check_uscc(code) is None
        assert independent.is_valid(code)


def test_every_code_lies_in_the_range_that_is_never_issued() -> None:
    for code in company_codes(1, 500):
        assert code[8:11] == "PDY"
        assert code[11:16].isdigit()


@pytest.mark.parametrize("number", [0, INTERNAL_LAST + 1, -1])
def test_a_number_outside_that_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="number"):
        fictional_uscc(COMPANY, number)


def test_every_lei_passes_its_check_by_two_implementations_and_says_that_it_is_fiction() -> None:
    codes = [fictional_lei(number) for number in (*range(400), LEI_LAST)]
    for code in codes:
        assert check_lei(code) is None
        assert independent_lei.is_valid(code)
        assert code[:4] == "0000"
        assert "SAMPLE" in code
        assert check_lei(bad_check(code)) is not None
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("number", [-1, LEI_LAST + 1])
def test_an_lei_outside_its_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="number"):
        fictional_lei(number)


def test_codes_of_one_world_differ_and_go_on_into_the_next_district() -> None:
    codes = company_codes(7, 120_000)
    assert len(set(codes)) == len(codes)
    assert {district_of(code) for code in codes} == set(DISTRICTS[:2]) or len(codes) > INTERNAL_LAST
    assert company_codes(7, 100) == codes[:100]
    assert company_codes(8, 100) != codes[:100]


def test_every_name_says_that_it_is_fiction() -> None:
    names = [company_name(number) for number in range(2_000)]
    names += [organ(number)[0] for number in range(20)]
    names.append(association()[0])
    assert all("样例" in name or "演示" in name for name in names)
    assert len(set(names[:40])) == 40


def test_a_spoilt_code_is_refused() -> None:
    for code in company_codes(2, 300):
        reason = check_uscc(bad_check(code))
        assert reason is not None
        assert reason.code == "bad_uscc"
