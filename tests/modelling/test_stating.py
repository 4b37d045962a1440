from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.stating import HEADINGS, read_wishes, require_fit
from tallystick.modelling.tables import from_arrays
from tallystick.modelling.wishes import Wish

HEAD = (1, list(HEADINGS))


def row(line: int, **said: str) -> tuple[int, list[str]]:
    return line, [said.get(heading, "") for heading in HEADINGS]


def test_a_sheet_says_what_is_known_of_each_column() -> None:
    rows = [
        HEAD,
        row(2, column="x", shape="rising", special="-999", cuts="0;0.05;1", weight="3", unit="%"),
        row(3, column="城市", kind="category", groups="a|b;c", actionable="是", use="no"),
    ]
    wishes, problems = read_wishes("c.csv", rows, ["x", "城市"])
    assert problems == []
    assert wishes["x"].cuts == (0.0, 0.05, 1.0)
    assert wishes["x"].special == ("-999",)
    assert wishes["城市"].groups == (("a", "b"), ("c",))
    assert wishes["城市"].actionable
    assert not wishes["城市"].use


def test_headings_and_shapes_may_be_chinese() -> None:
    wishes, problems = read_wishes("c.csv", [(1, ["列名", "形状"]), (2, ["x", "下降"])], ["x"])
    assert problems == []
    assert wishes["x"].shape == "falling"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"shape": "upwards"}, "bad_statement"),
        ({"kind": "text"}, "bad_statement"),
        ({"cuts": "1;1"}, "bad_statement"),
        ({"cuts": "1;nan"}, "bad_statement"),
        ({"cuts": "one"}, "bad_statement"),
        ({"groups": "a|b;b"}, "bad_statement"),
        ({"weight": "-1"}, "bad_statement"),
        ({"weight": "inf"}, "bad_statement"),
        ({"use": "maybe"}, "bad_statement"),
        ({"groups": "none|a;b"}, "bad_statement"),  # reads as missing
        ({"special": "无"}, "bad_statement"),
    ],
)
def test_a_cell_nobody_understands_is_a_problem_with_its_line(
    said: dict[str, str], code: str
) -> None:
    wishes, problems = read_wishes("c.csv", [HEAD, row(7, column="x", **said)], ["x"])
    assert wishes == {}
    assert [(one.line, one.code) for one in problems] == [(7, code)]


def test_every_cell_of_a_row_that_makes_no_sense_is_named() -> None:
    rows = [HEAD, row(7, column="x", shape="wavy", weight="-1", use="perhaps")]
    wishes, problems = read_wishes("c.csv", rows, ["x"])
    assert wishes == {}
    said = [one.message.en.split("“")[1].split("”")[0] for one in problems]
    assert sorted(said) == ["shape", "use", "weight"]


def test_unknown_and_repeated_columns_are_problems_and_the_rest_counts() -> None:
    rows = [HEAD, row(2, column="x"), row(3, column="x"), row(4, column="z"), row(5)]
    wishes, problems = read_wishes("c.csv", rows, ["x"])
    assert set(wishes) == {"x"}
    assert [(one.line, one.code) for one in problems] == [
        (3, "stated_twice"),
        (4, "stated_column_absent"),
    ]


def test_a_sheet_without_the_columns_name_is_refused() -> None:
    with pytest.raises(TallyError) as refused:
        read_wishes("c.csv", [(1, ["shape"])], ["x"])
    assert refused.value.code == "no_column_heading"


@pytest.mark.parametrize(
    ("column", "wish", "why"),
    [
        ("x", Wish(special=("other",)), "finite number"),
        ("x", Wish(special=("inf",)), "finite number"),
        ("x", Wish(groups=(("1",), ("2",))), "kind = category"),
        ("sector", Wish(kind="number"), "no numbers"),
        ("sector", Wish(cuts=(1.0,)), "state groups"),
        ("sector", Wish(shape="rising"), "no order"),
        ("sector", Wish(groups=(("a",), ("b",)), special=("a",)), "special too"),
    ],
)
def test_a_statement_that_does_not_fit_its_column_is_refused_in_words(
    column: str, wish: Wish, why: str
) -> None:
    table = from_arrays({"x": [1.0, 2.0], "sector": ["a", "b"]})
    with pytest.raises(TallyError) as refused:
        require_fit(table, {column: wish})
    assert refused.value.code == "statement_unfit"
    assert why in refused.value.text.en
    require_fit(table, {column: Wish(use=False, cuts=wish.cuts, groups=wish.groups)})
