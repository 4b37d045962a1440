"""What the page of a model promises."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdf
import pytest

from tallystick.publication import html, pdf
from tallystick.publication.model import compose
from tallystick.publication.pages import Figure, Grid
from tallystick.scorecards.binding import with_validation
from tallystick.scorecards.document import Ensemble
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.writing import card_digest, check_card

if TYPE_CHECKING:
    from tallystick.scorecards.document import Card

LANGUAGES = ("zh", "en")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _html(card: Card, language: str) -> str:
    return html.write(compose(card, card_digest(card), language))


def _words(card: Card) -> str:
    made = pdf.write(compose(card, card_digest(card), "en"))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(page.extract_text() for page in pages)


def test_the_card_of_these_tests_is_sound(card: Card) -> None:
    check_card(card)


def test_the_english_page_holds_no_chinese(card: Card) -> None:
    inside = _html(card, "en").split("</style>")[1]
    assert CHINESE.findall(inside) == []


def test_the_chinese_page_holds_no_sentence_in_english(card: Card) -> None:
    inside = re.sub(r"<[^>]*>", " ", _html(card, "zh").split("</style>")[1])
    assert re.findall(r"(?:[A-Za-z]{2,} ){3,}", inside) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_card_gives_the_same_bytes(card: Card, language: str) -> None:
    assert _html(card, language) == _html(card, language)
    page = compose(card, card_digest(card), language)
    assert pdf.write(page) == pdf.write(page)


def test_the_paper_holds_the_points_of_every_cell(card: Card) -> None:
    words = _words(card)
    for term in card.terms:
        for points in term.points:
            assert f"{points:+d}" in words.replace("−", "-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_variable_and_figure_of_validation_stands_there(card: Card, language: str) -> None:
    page = _html(card, language)
    assert all(one.name in page for one in card.variables)
    found = card.record["validation"]
    for name in ("gini", "ks", "brier", "log_loss", "average_precision"):
        assert found[name] in page
    assert all(value in page for value in found["auc"].values())
    assert card.record["monotonicity"]["price"] in page


@pytest.mark.parametrize("split", [True, False])
def test_dates_the_rows_were_not_split_by_are_said(card: Card, split: bool) -> None:  # noqa: FBT001 - a case
    told = replace(card, record={**card.record, "time": "as_of", "split_by_time": split})
    assert ("the rows were not split by them" in _html(told, "en")) is not split
    assert ("没有按它切分" in _html(told, "zh")) is not split


def test_what_the_fit_chose_is_told_in_words_whoever_wrote_it(card: Card) -> None:
    found = {"alpha": "0.05", "evidence": "crossed", "main_trees": [350, 400], "other": "unheard"}
    told = replace(card, record={**card.record, "fit": found})
    page = _html(told, "en")
    assert all(one in page for one in ("of the folds it is not in", "350, 400", "0.05"))
    assert "unheard" not in page
    for odd in ("a text", [1], {"other": 1}, {"alpha": {"deep": None}}):
        _html(replace(card, record={**card.record, "fit": odd}), "zh")


def test_names_that_are_markup_are_escaped(card: Card) -> None:
    bad = "<script>alert(1)</script>"
    variables = (replace(card.variables[0], en=bad), *card.variables[1:])
    assert bad not in _html(replace(card, name=bad, variables=variables), "en")


@pytest.mark.parametrize(
    ("language", "said", "undated"),
    [("zh", "未注明", "未注明日期"), ("en", "not stated", "date not stated")],
)
def test_a_card_without_a_day_says_so(card: Card, language: str, said: str, undated: str) -> None:
    page = _html(replace(card, record={}), language)
    assert "1970" not in page
    assert f"<dd>{said}</dd>" in page
    assert undated in page


def test_nor_does_its_paper_show_a_day_it_does_not_have(card: Card) -> None:
    bare = replace(card, record={})
    words = _words(bare)
    assert "1970" not in words
    assert "date not stated" in words
    page = compose(bare, card_digest(bare), "en")
    assert pdf.write(page) == pdf.write(page)


def test_the_table_of_the_roc_curve_is_short_and_has_both_ends(card: Card) -> None:
    points = [[f"{at / 60:.4f}", f"{min(1, at / 30):.4f}"] for at in range(61)]
    long = with_validation(card, {**card.record["validation"], "roc": points})
    rows = next(
        block.chart.table.rows
        for section in compose(long, "", "en").sections
        for block in section.blocks
        if isinstance(block, Figure) and block.chart.title == "ROC curve"
    )
    assert len(rows) == 20
    assert (rows[0], rows[-1]) == (("0.0000", "0.0000"), ("1.0000", "1.0000"))


def test_whole_numbers_are_written_as_such(card: Card) -> None:
    page = _html(card, "en")
    assert "at most 3%" in page or "at most 3 %" in page
    assert "3.0 " not in page
    assert "special code -999<" in page


@pytest.mark.parametrize(("language", "said"), [("zh", "没有验证"), ("en", "Not validated")])
def test_a_missing_validation_is_said(card: Card, language: str, said: str) -> None:
    assert said in _html(replace(card, record={}), language)


@pytest.mark.parametrize(("language", "said"), [("zh", "不属于这张"), ("en", "not of this card")])
def test_a_validation_of_other_points_is_a_warning(card: Card, language: str, said: str) -> None:
    assert said not in _html(card, language)
    assert said in _html(replace(card, offset=card.offset + 1), language)


def test_the_worked_example_adds_up(card: Card) -> None:
    rows = next(
        block.table.rows
        for section in compose(card, "00" * 32, "en").sections
        for block in section.blocks
        if isinstance(block, Grid) and block.strong
    )
    assert rows[-1][2] == str(sum(int(row[2]) for row in rows[:-1]))
    row = dict.fromkeys((one.name for one in card.variables), "")
    labels = {one.en: one.name for one in card.variables}
    row |= {labels[name]: value for name, value, _ in rows if name in labels}
    assert str(Interpreter(card).one(row).score) == rows[-1][2]


def test_what_the_standard_asks_is_marked_unverified(card: Card) -> None:
    assert "Unverified" in _html(card, "en")


def test_trees_say_how_often_they_ask_and_that_they_do_not_print(card: Card) -> None:
    text = "Tree=0\nsplit_feature=1 0 1\nTree=1\nsplit_feature=1\n"
    trees = Ensemble(text, "cd" * 32, ("roa", "debt"), {}, ((1, 2, 3, 4), (5, 6)))
    page = compose(replace(card, kind="trees", route="boosted", terms=(), ensemble=trees), "", "en")
    rows = [b.table.rows for s in page.sections for b in s.blocks if isinstance(b, Grid)]
    assert (("debt ratio", "3"), ("return on assets", "1")) in rows
    assert "does not print on paper" in html.write(page)


def test_a_card_without_outcomes_has_no_columns_of_dashes_and_claims_no_search(card: Card) -> None:
    terms = tuple(replace(term, bads=(), woe=()) for term in card.terms)
    stated = replace(card, terms=terms, training=replace(card.training, bads=0))
    stated = replace(stated, record={**card.record, "validation": None})
    for language, absent, said in (
        ("en", ("Bad rate", "WoE", "no variable is too good"), "Not looked for"),
        ("zh", ("坏的比例", "WoE", "没有警报"), "没有查找"),
    ):
        shown = _html(stated, language)
        assert said in shown
        assert not [one for one in absent if one in shown]
    assert "Bad rate" in _html(card, "en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_validation_by_time_says_which_periods_were_judged(card: Card, language: str) -> None:
    by_time = {"kind": "temporal", "seeds": [0], "judged": ["2022-06..2022-12"], "rows_judged": 77}
    plan = {**card.record["validation"]["plan"], **by_time}
    validation = {**card.record["validation"], "plan": plan}
    page = _html(replace(card, record={"validation": validation}), language)
    assert "2022-06..2022-12" in page
    assert "77" in page
