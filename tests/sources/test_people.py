from __future__ import annotations

import pytest

from tallystick.kernel.identifiers import make_uscc
from tallystick.sources.people import is_personal_name, is_resident_code, refusal_of
from tallystick.sources.values import UNREADABLE_CELL

COMPANY = make_uscc("91310110", 20260001)
TRADER = make_uscc("92310110", 20260001)


@pytest.mark.parametrize(
    "name",
    [
        "样例",
        "样小例",
        "欧阳样例",
        "样某某",
        "样*",
        "样　例",
        "阿依·样例",
        "样例（个体工商户）",
        "",
        "Yang Li",
        *("个体工商户样例", "经营者样例", "样例个体", "法人代表样例", "样例、样小例", "样馆"),
        *("样例经营", "经营者：样例", "样例先生", "个体工商户", "样\u200b例", "Yang Bishop"),
        *(f"阿依阿依{dot}样例样例样例" for dot in "·•・･‧∙⋅●"),
    ],
)
def test_a_name_that_is_or_may_be_a_persons_counts_as_one(name: str) -> None:
    assert is_personal_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "样例小吃店",
            "样某小吃店",
            "样例商行",
            "样例便利店",
            "虚构区样例百货经营部",
            "样例超市",
            "样例工作室",
        ),
        *("虚构区样小例水果摊", "示例（虚构）餐饮店", "样例美发", "Sample Shop", "样例汽车修理厂"),
        *(
            "个体工商户样例小吃店",
            "样例馆",
            "样例百货经营部",
            "Sample Bookshop",
            "Sample Co., Ltd.",
        ),
    ],
)
def test_a_trade_name_counts_as_an_organisations(name: str) -> None:
    assert not is_personal_name(name)


@pytest.mark.parametrize(
    ("code", "party", "name", "refused"),
    [
        (COMPANY, "organisation", "样例", None),
        (COMPANY, None, "样例科技有限公司", None),
        (COMPANY, "person", "样例科技有限公司", "natural_person"),
        ("", "person", "样例", "natural_person"),
        ("31999918450612001X", "organisation", "样例", "natural_person"),
        ("319999450612001", None, "", "natural_person"),
        ("319999********001X", None, "", "natural_person"),
        ("", "organisation", "样例科技有限公司", "no_uscc"),
        ("", None, "", "no_uscc"),
        ("", "sole_trader", "样例小吃店", "sole_trader"),
        (COMPANY[:-1] + "0", None, "", "bad_uscc"),
        (TRADER, "sole_trader", "样小例", "sole_trader"),
        (TRADER, None, "样小例", "sole_trader"),
        (TRADER, "organisation", "样小例", "sole_trader"),
        (TRADER, "sole_trader", "", "sole_trader"),
        (TRADER, "sole_trader", "样例小吃店", None),
        (COMPANY, UNREADABLE_CELL, "样例科技有限公司", "unknown_party"),
        (TRADER, UNREADABLE_CELL, "样小例", "sole_trader"),
        (make_uscc("91810000", 1), None, "", "outside_territory"),
        (make_uscc("91820000", 1), None, "", "outside_territory"),
        (make_uscc("91710000", 1), None, "", "outside_territory"),
        (make_uscc("91999999", 1), None, "", "sample_subject"),
        (make_uscc("92999999", 1), "sole_trader", "样小例", "sole_trader"),
    ],
)
def test_only_organisations_with_a_sound_code_are_taken(
    code: str, party: object, name: str, refused: str | None
) -> None:
    reason = refusal_of(code, party, name)
    assert (reason.code if reason else None) == refused


def test_the_refusal_of_a_territory_names_its_rule() -> None:
    reason = refusal_of(make_uscc("91810000", 1), None, "")
    assert reason is not None
    assert reason.rule
    assert "香港" in reason.text.zh


def test_a_resident_id_is_seen_in_the_code_cell_of_a_row() -> None:
    assert is_resident_code(" 31999918450612001x ")
    assert not is_resident_code(COMPANY)
    assert not is_resident_code("")
