"""Files as experts send them: what is read, what is refused, and where it says so."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evaluation import parse_scheme, shipped_scheme
from tallystick.evaluation.ahp.documents import read_document
from tallystick.evaluation.ahp.hierarchy import Layer, asked, hierarchy_of
from tallystick.evaluation.ahp.judgments import (
    Judgments,
)
from tallystick.evaluation.ahp.questionnaires import (
    Answer,
    survey_of,
)
from tallystick.evaluation.ahp.reading import Guard, Sheet, read_sheets
from tallystick.evaluation.ahp.weighing import Settings, weigh
from tallystick.kernel.errors import Problem
from tallystick.kernel.texts import Text
from tallystick.sources import is_personal
from tallystick.sources.masking import mask

GUARD = Guard(is_personal, lambda text: bool(mask(text)[1]))
LAYER = Layer(
    "law",
    Text("守法", "Law"),
    ("A1", "A2", "A3"),
    (Text("甲一", "one"), Text("甲二", "two"), Text("甲三", "three")),
)


def rows(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text))
    return [(reader.line_num, cells) for cells in reader if any(cells)]


def read(text: str, *layers: Layer) -> tuple[list[Answer], list[Problem]]:
    return read_sheets("q.csv", [Sheet("", rows(text))], layers, GUARD)


def only(text: str, *layers: Layer) -> Answer:
    [answer], problems = read(text, *layers)
    assert not problems
    return answer


def codes(text: str, *layers: Layer) -> list[tuple[str, int, str]]:
    _, problems = read(text, *layers)
    assert all(one.file == "q.csv" for one in problems)
    return [(one.code, one.line, one.field) for one in problems]


# -- square matrices ------------------------------------------------------------------------------


def test_one_half_is_enough_and_both_must_fit() -> None:
    half = only(",a,b,c\na,1,3,5\nb,,1,2\nc,,,1\n")
    both = only(",a,b,c\na,1,3,5\nb,1/3,1,2\nc,0.2,0.50,1\n")
    lower = only(",a,b,c\na,,,\nb,0.33,,\nc,1/5,1/2,\n")
    assert half.judgments == both.judgments == lower.judgments
    assert half.judgments.pairs[0, 1] == 3


def test_rows_may_stand_in_another_order_than_columns() -> None:
    assert only(",a,b,c\nc,,,\na,,3,5\nb,,,2\n").judgments.pairs[1, 2] == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (",a,b,c\na,1,3,5\nb,1/4,1,2\nc,,,1\n", ("not_reciprocal", 3, "B3")),
        (",a,b,c\na,1,10,5\nb,,1,2\nc,,,1\n", ("off_the_scale", 2, "C2")),
        (",a,b,c\na,1,0,5\nb,,1,2\nc,,,1\n", ("off_the_scale", 2, "C2")),
        (",a,b,c\na,1,-3,5\nb,,1,2\nc,,,1\n", ("off_the_scale", 2, "C2")),
        (",a,b,c\na,1,much,5\nb,,1,2\nc,,,1\n", ("judgment_unreadable", 2, "C2")),
        (",a,b,c\na,2,3,5\nb,,1,2\nc,,,1\n", ("diagonal_not_one", 2, "B2")),
        (",a,,c\na,1,3,5\nb,,1,2\nc,,,1\n", ("item_name_missing", 1, "C1")),
        (",a,b,c\na,1,3,5\n,,1,2\nc,,,1\n", ("item_name_missing", 3, "A3")),
        (",a,b,a\na,1,3,5\nb,,1,2\n", ("item_twice", 1, "D1")),
        (",a,b,c\na,1,3,5\nb,,1,2\nb,,,1\n", ("item_twice", 4, "A4")),
        (",a,b,c\na,1,3,5\nx,,1,2\nc,,,1\n", ("unknown_compared_item", 3, "A3")),
        (",a,b,c\na,1,3,5\nb,,1,2\n", ("not_square", 1, "A1")),
        (",a,b\na,1,3,5\nb,,1\n", ("not_square", 2, "D2")),
        (",a\na,1\n", ("too_few_items", 1, "A1")),
        (",a,b,c,d\na,1,3,,\nb,,1,,\nc,,,1,2\nd,,,,1\n", ("not_connected", 1, "A1")),
        ("just some words\n", ("not_a_questionnaire", 1, "A1")),
        ("a,b\n1,2\n", ("too_few_items", 1, "A1")),
    ],
)
def test_what_is_wrong_with_a_matrix_is_named_by_cell(
    text: str, found: tuple[str, int, str]
) -> None:
    answers, _ = read(text)
    assert not answers
    assert found in codes(text)


def test_fifty_one_items_are_too_many() -> None:
    names = [f"i{n}" for n in range(51)]
    text = "," + ",".join(names) + "\n" + "".join(f"{name},\n" for name in names)
    assert codes(text)[0][0] == "too_many_items"


def test_no_cell_stands_in_a_problem() -> None:
    secret = "张三13800138000"  # noqa: S105 - a made-up number, to see that it goes nowhere
    for text in (f",a,b\na,1,{secret}\nb,,1\n", f"expert,a,b,judgment\n{secret},a,b,{secret}\n"):
        _, problems = read(text)
        assert problems
        assert not any("138" in str(one) for one in problems)


def test_several_matrices_of_the_same_items_are_several_experts() -> None:
    one = "expert 1,a,b,c\na,1,3,5\nb,,1,2\nc,,,1\n"
    answers, problems = read(f"{one}\n{one.replace('expert 1', 'expert 2')}")
    assert not problems
    assert [answer.expert for answer in answers] == ["expert 1", "expert 2"]


def test_sheets_of_other_items_are_groups() -> None:
    first = Sheet("top", rows(",a,b\na,1,3\nb,,1\n"))
    second = Sheet("inner", rows(",x,y\nx,1,2\ny,,1\n"))
    answers, problems = read_sheets("q.xlsx", [first, second], (), GUARD)
    assert not problems
    assert [answer.group for answer in answers] == ["top", "inner"]


def test_a_matrix_answers_the_group_its_items_are_of() -> None:
    assert only(",甲二,A1,three\n甲二,1,3,5\nA1,,1,2\nthree,,,1\n", LAYER).judgments == Judgments(
        ("A1", "A2", "A3"), {(0, 1): Fraction(1, 3), (0, 2): Fraction(2), (1, 2): Fraction(5)}
    )


# -- lists of pairs -------------------------------------------------------------------------------

LIST = "expert,weight,a,b,judgment\n"


def test_a_list_holds_several_experts() -> None:
    answers, problems = read(
        f"{LIST}e1,1,a,b,3\ne1,1,b,c,2\ne2,0.5,c,a,A4\ne2,0.5,a,b,\ne2,0.5,b,c,1\n"
    )
    assert not problems
    assert {one.expert: one.weight for one in answers} == {"e1": Fraction(1), "e2": Fraction(1, 2)}
    assert answers[1].judgments.items == ("c", "a", "b")
    assert answers[1].judgments.pairs == {(0, 1): 4, (0, 2): 1}


def test_lines_above_the_header_speak_for_all_below() -> None:
    answer = only("A form\nexpert / 专家,expert 7\nweight,2\na,b,judgment\nx,y,3\n")
    assert (answer.expert, answer.weight) == ("expert 7", Fraction(2))


def test_headers_may_be_chinese() -> None:
    assert only("甲项,乙项,判断\nx,y,乙3\n").judgments.pairs == {(0, 1): Fraction(1, 3)}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("e1,1,a,b,2\n", ("pair_twice", 4, "D4")),
        ("e1,1,b,a,1/3\n", ("pair_twice", 4, "D4")),
        ("e1,1,a,a,1\n", ("pair_with_itself", 4, "D4")),
        ("e1,1,,b,2\n", ("item_name_missing", 4, "C4")),
        ("e1,1,c,d,11\n", ("off_the_scale", 4, "E4")),
        ("e1,1,c,d,more\n", ("judgment_unreadable", 4, "E4")),
        ("e1,2,c,d,2\n", ("expert_weight", 4, "B4")),
        ("e1,x,c,d,2\n", ("expert_weight", 4, "B4")),
        ("e1,0,c,d,2\n", ("expert_weight", 4, "B4")),
        ("e1,1,x,y,2\n", ("not_connected", 2, "A2")),
    ],
)
def test_a_bad_line_leaves_its_expert_out_and_no_other(
    line: str, found: tuple[str, int, str]
) -> None:
    text = f"{LIST}e1,1,a,b,3\ne2,1,a,b,3\n{line}"
    answers, _ = read(text)
    assert [answer.expert for answer in answers] == ["e2"]
    assert found in codes(text)


def test_wrong_items_and_groups_of_a_scheme_are_named() -> None:
    assert codes("group,a,b,judgment\nlaw,A1,B9,3\n", LAYER)[0] == (
        "unknown_compared_item",
        2,
        "C2",
    )
    assert codes("group,a,b,judgment\nlaws,A1,A2,3\n", LAYER)[0][0] == "unknown_comparison_group"


def test_an_answer_must_reach_every_item_of_the_group() -> None:
    assert codes("group,a,b,judgment\nlaw,A1,A2,3\n", LAYER)[0][0] == "not_connected"


def test_a_form_nobody_filled_in_is_said_so() -> None:
    assert codes("group,a,b,judgment\nlaw,A1,A2,\nlaw,A2,A3,\n", LAYER) == [
        ("nothing_filled_in", 1, "A1")
    ]


def test_columns_about_people_are_not_read() -> None:
    answers, problems = read("姓名,手机,a,b,judgment\n某某,13800138000,x,y,3\n")
    assert [one.code for one in problems] == ["personal_answer_column"] * 2
    assert [answer.expert for answer in answers] == [""]


def test_a_telephone_as_label_becomes_a_running_number() -> None:
    answers, problems = read(
        f"{LIST}13800138000,1,a,b,3\n13800138000,1,b,c,3\n13800138001,1,a,b,2\n13800138001,1,b,c,2\n"
    )
    assert [one.code for one in problems] == ["personal_expert_label"] * 2
    assert [answer.expert for answer in answers] == ["expert #1", "expert #2"]


# -- YAML -----------------------------------------------------------------------------------------

DOCUMENT = """form: tallystick-questionnaire/1
expert: expert 3
groups:
  - group: law
    judgments:
      - {a: A1, b: A2, judgment: 1/2}
      - {a: A2, b: A3, judgment: }
      - {a: A1, b: 甲三, judgment: 3}
"""


def test_a_document_is_read_as_a_list_is() -> None:
    [answer], problems = read_document("q.yaml", DOCUMENT, [LAYER], GUARD)
    assert not problems
    assert (answer.expert, answer.group) == ("expert 3", "law")
    assert answer.judgments.pairs == {(0, 1): Fraction(1, 2), (0, 2): 3}


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("1/2", "12", "off_the_scale", 6),
        ("1/2", "&x 2", "yaml_alias", 6),
        ("questionnaire/1", "questionnaire/9", "unknown_form", 1),
        ("a: A2", "c: A2", "unknown_scheme_key", 7),
        ("group: law", "group: trade", "unknown_comparison_group", 6),
        ("[", "[", "", 0),
    ],
)
def test_what_is_wrong_with_a_document_has_its_line(
    before: str, after: str, code: str, line: int
) -> None:
    _, problems = read_document("q.yaml", DOCUMENT.replace(before, after), [LAYER], GUARD)
    assert [(one.code, one.line) for one in problems[:1]] == ([(code, line)] if code else [])


# -- what a scheme asks ---------------------------------------------------------------------------


def test_a_scheme_asks_about_its_dimensions_and_within_each() -> None:
    scheme = parse_scheme(shipped_scheme("association-2019"))
    layers = asked(scheme)
    assert [layer.name for layer in layers] == [
        "dimensions", *(one.code for one in scheme.dimensions)
    ]  # fmt: skip
    assert [(layer.pairs, layer.fewest) for layer in layers][:2] == [(10, 4), (105, 14)]
    weightless = {one.code for one in scheme.indicators if not (one.steps or one.formula)}
    assert not weightless & {item for layer in hierarchy_of(scheme) for item in layer.items}


# -- anything at all ------------------------------------------------------------------------------

CELL = st.sampled_from(
    [
        *("", "a", "b", "judgment", "expert", "group", "weight", "A1", "甲二", "手机", "x" * 80),
        *("3", "1/3", "0", "B9", "=1", "1/0", "\x00"),
    ]
)


@given(st.lists(st.lists(CELL, max_size=6), max_size=8), st.booleans())
def test_whatever_stands_in_a_table_is_an_answer_or_a_problem(
    cells: list[list[str]],
    of_a_scheme: bool,  # noqa: FBT001 - hypothesis gives by place
) -> None:
    told = [(line, row) for line, row in enumerate(cells, 1) if any(one.strip() for one in row)]
    layers = [LAYER] if of_a_scheme else []
    answers, problems = read_sheets("q.csv", [Sheet("", told)], layers, GUARD)
    assert answers or problems
    survey, _ = survey_of(answers)
    if survey.groups:
        weigh(survey, Settings())


@given(st.text(alphabet="abfgjmorsu:-{}[]&*!\n 13/", max_size=120))
def test_whatever_stands_in_a_document_is_an_answer_or_a_problem(text: str) -> None:
    answers, problems = read_document("q.yaml", DOCUMENT + text, [LAYER], GUARD)
    assert answers or problems
