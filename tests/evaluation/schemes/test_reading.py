from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation import SchemeError, lint_scheme, parse_scheme, template
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.evaluation.schemes.vocabulary import Item, packaged_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.kernel.errors import Problem, Reason

SMALL_LINES = template().splitlines()


def only(text: str) -> Problem:
    problems = lint_scheme(text, file="own.yaml")
    assert len(problems) == 1, [(one.line, one.code, one.message.en) for one in problems]
    return problems[0]


# What is replaced, by what, the code of the problem, the text on whose line it must be found, and
# the field it must name.
CASES = [
    ("id: small", "id: Small One", "wrong_shape", "id: Small One", "id"),
    ('version: "1"', "version: one", "wrong_shape", "version: one", "version"),
    ("date: 2026-04-01", "date: 2026-02-30", "not_a_date", "2026-02-30", "date"),
    ("date: 2026-04-01", "dat: 2026-04-01", "unknown_scheme_key", "dat: ", "dat"),
    ("decimals: 2", "decimals: 9", "out_of_range", "decimals: 9", "decimals"),
    ("decimals: 2", "decimals: 1.5", "wrong_shape", "decimals: 1.5", "decimals"),
    ("scale: {min: 0, max: 100}", "scale: {min: 5, max: 5}", "out_of_range", "max: 5", "scale"),
    (
        "names: {zh: 小方案, en: Small}",
        "names: {zh: 小方案}",
        "missing_key",
        "names: {zh: 小方案}",
        "names",
    ),
    (
        "names: {zh: 小方案, en: Small}",
        "names: Small",
        "wrong_shape",
        "names: Small",
        "names",
    ),
    ("en: The charter}", "en: ''}", "wrong_shape", "en: ''}", "basis[1].en"),
    # weights
    ("en: Law}, weight: 0.6", "en: Law}, weight: 6", "out_of_range", "weight: 6}", ""),
    ("en: Law}, weight: 0.6", "en: Law}, weight: 6e-1", "not_a_decimal", "weight: 6e-1", ""),
    ("en: Law}, weight: 0.6", "en: Law}, weight: .6", "not_a_decimal", "weight: .6", ""),
    ("en: Law}, weight: 0.6", "en: Law}, weight: 60%", "not_a_decimal", "weight: 60%", ""),
    (
        "en: Law}, weight: 0.6",
        "en: Law}, weight: 0.6000001",
        "too_precise",
        "weight: 0.6000001",
        "dimensions[1].weight",
    ),
    ("weight: 0.7", "weight: 0.71", "weight_sum", "code: law", "dimensions[1]"),
    ("weight: 0.7", "weight: 0.69", "weight_sum", "code: law", "dimensions[1]"),
    ("    weight: 0\n", "    weight: 0.1\n", "context_scored", "weight: 0.1\n", ""),
    ("weight_sum: warn", "weight_sum: maybe", "not_a_choice", "weight_sum: maybe", ""),
    # codes
    ("code: L2", "code: L1", "duplicate_code", "code: L1\n    names: {zh: 欠税", "indicators[2]"),
    ("code: breach", "code: debtor", "duplicate_code", "code: debtor\n    names: {zh: 违", ""),
    (
        "{code: medium, names",
        "{code: low, names",
        "duplicate_code",
        "{code: low, names: {zh: 中",
        "",
    ),
    ("code: L2", "code: 2L", "wrong_shape", "code: 2L", "indicators[2].code"),
    ("code: C1", "code: 处罚", "wrong_shape", "code: 处罚", "indicators[3].code"),
    # rules, bands, matrix, policy
    ("level: 4", "level: 5", "out_of_range", "level: 5", "rules[1].level"),
    (
        "item: court.judgment_debtor\n    where: {performance: {is_not: full}}",
        "item: context.press",
        "context_scored",
        "item: context.press",
        "",
    ),
    ("light: red", "light: black", "not_a_choice", "light: black", "bands[3].light"),
    (
        "{no_hit: medium, hit: high}",
        "{no_hit: medium, hit: higher}",
        "not_defined",
        "higher",
        "matrix.rows[2].hit",
    ),
    (
        "{no_hit: medium, hit: high}",
        "{at_least: 1, no_hit: medium, hit: high}",
        "table_incomplete",
        "{at_least: 1, no_hit",
        "",
    ),
    (
        "{1: 0, 2: 1, 3: 2, 4: worst}",
        "{1: 0, 2: 1, 3: 2}",
        "missing_key",
        "steps: {1: 0",
        "matrix.steps",
    ),
    (
        "{1: 0, 2: 1, 3: 2, 4: worst}",
        "{1: 0, 2: 1, 3: 2, 4: far}",
        "not_a_decimal",
        "4: far",
        "matrix.steps.4",
    ),
    (
        "unknown_dimension: no_proposal",
        "unknown_dimension: zero",
        "not_a_choice",
        "unknown_dimension: zero",
        "",
    ),
    # the document itself
    ("form: tallystick-scheme/1", "form: tallystick-scheme/9", "unknown_form", "form: ", "form"),
    ("decimals: 2", "decimals: 2\ndecimals: 3", "duplicate_key", "decimals: 3", "decimals"),
    (
        "basis:\n  - {zh: 章程, en: The charter}",
        "basis: 章程",
        "wrong_shape",
        "basis: 章程",
        "basis",
    ),
    ("id: small", "id: [small", "yaml_syntax", None, ""),
    ("id: small", "id: &a small", "yaml_alias", "id: &a", ""),
    ("id: small", "id: !!python/name:os.system small", "yaml_alias", "id: !!python", ""),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "there", "field"),
    CASES,
    ids=[f"{case[2]}: {case[1]}"[:60] for case in CASES],
)
def test_each_mistake_is_named_with_its_line(
    check_mistake: Callable[..., None],
    old: str,
    new: str,
    code: str,
    there: str | None,
    field: str | None,
) -> None:
    check_mistake(old, new, code, there, field)


def test_the_scheme_the_mistakes_are_made_in_has_none(small_text: str) -> None:
    assert lint_scheme(small_text) == []


def test_all_mistakes_are_named_at_once_in_the_order_of_the_lines(small_text: str) -> None:
    text = (
        small_text.replace("decimals: 2", "decimals: 99")
        .replace("item: penalty.decision", "item: penalty.rumour")
        .replace("level: 2", "level: 0")
        .replace("light: red", "light: black")
    )
    problems = lint_scheme(text)
    assert [one.code for one in problems] == [
        "out_of_range", "unknown_item", "out_of_range", "not_a_choice",
    ]  # fmt: skip
    assert [one.line for one in problems] == sorted(one.line for one in problems)


def test_a_scheme_with_mistakes_is_refused_with_all_of_them(small_text: str) -> None:
    text = small_text.replace("level: 2", "level: 0").replace("light: red", "light: black")
    with pytest.raises(SchemeError) as refusal:
        parse_scheme(text, file="own.yaml")
    assert refusal.value.code == "scheme_refused"
    assert refusal.value.problems == tuple(lint_scheme(text, file="own.yaml"))
    assert str(refusal.value.problems[0].line) in str(refusal.value)


def test_weights_of_dimensions_that_do_not_add_up_are_refused_where_the_scheme_says_so(
    small_text: str,
) -> None:
    odd = small_text.replace("en: Care}, weight: 0.4", "en: Care}, weight: 0.3")
    assert lint_scheme(odd) == []
    refusing = odd.replace("weight_sum: warn", "weight_sum: refuse")
    problem = only(refusing)
    assert (problem.code, problem.field) == ("weight_sum", "dimensions")
    assert "0.9" in problem.message.en


def test_a_dimension_without_weight_inside_is_refused(small_text: str) -> None:
    text = small_text.replace("    dimension: law\n", "    dimension: care\n")
    codes = {one.code for one in lint_scheme(text)}
    assert "empty_dimension" in codes


def test_an_example_that_does_not_come_out_is_a_mistake(small_text: str) -> None:
    example = (
        "example:\n  subject: 某样例企业\n  as_of: 2026-04-01\n"
        "  scores: {law: 80, care: 70}\n  hits: {breach: [aa]}\n"
        "  score: 76\n  band_before_rules: low\n  band: medium\n"
    )
    assert lint_scheme(small_text + example) == []
    problem = only(small_text + example.replace("score: 76", "score: 76.1"))
    assert (problem.code, problem.field) == ("example_differs", "example")
    assert "76.1" in problem.message.en
    wrong = lint_scheme(small_text + example.replace("scores: {law: 80,", "scores: {lax: 80,"))
    assert [one.code for one in wrong] == ["not_defined"]


@pytest.mark.parametrize("text", ["", "   \n# only a comment\n", "[]", "just text", "- a\n- b\n"])
def test_what_is_no_scheme_at_all_is_refused_and_does_not_crash(text: str) -> None:
    assert lint_scheme(text)


def test_an_alias_is_refused_before_it_can_grow(small_text: str) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert {one.code for one in lint_scheme(bomb)} == {"yaml_alias"}
    assert lint_scheme(small_text + "x: &x [1]\ny: *x\n")[0].code == "yaml_alias"


def test_two_documents_in_one_file_are_refused(small_text: str) -> None:
    assert lint_scheme(small_text + "---\n" + small_text)[0].code == "yaml_syntax"


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    assert lint_scheme("[" * 100_000)[0].code == "yaml_syntax"


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    assert lint_scheme("# " + "x" * 1_000_000)[0].code == "out_of_range"


def test_every_missing_part_is_named(small_text: str) -> None:
    names = [one.split(":")[0] for one in small_text.splitlines() if one[:1].isalpha()]
    for name in names:
        lines = small_text.splitlines(keepends=True)
        start = next(n for n, one in enumerate(lines) if one.startswith(name + ":"))
        end = next((n for n in range(start + 1, len(lines)) if lines[n][:1].isalpha()), len(lines))
        problems = lint_scheme("".join(lines[:start] + lines[end:]))
        assert "missing_key" in {one.code for one in problems}, name


def test_numbers_are_the_decimals_written_and_never_floats(small_text: str) -> None:
    text = small_text.replace("weight: 0.6}", "weight: 0.600000}")
    scheme = parse_scheme(text)
    weight = scheme.dimensions[0].weight
    assert type(weight) is Decimal
    assert str(weight) == "0.600000"
    assert scheme.digest == parse_scheme(small_text).digest, "one number, one digest"


def test_the_digest_covers_what_is_said_and_not_how_it_is_laid_out(small_text: str) -> None:
    first = parse_scheme(small_text)
    spaced = small_text.replace("decimals: 2", "# 注释 a comment\ndecimals:   2")
    assert parse_scheme(spaced).digest == first.digest
    changed = small_text.replace("points: 60}", "points: 61}")
    assert parse_scheme(changed).digest != first.digest


def test_the_blank_scheme_is_complete_and_takes_its_name() -> None:
    scheme = parse_scheme(template("our-members"))
    assert isinstance(scheme, Scheme)
    assert scheme.id == "our-members"
    assert scheme.grades is not None
    assert lint_scheme(template()) == []


@dataclass(frozen=True)
class Narrow:
    """A vocabulary that knows penalties only."""

    def item(self, code: str) -> Item | None:
        return packaged_vocabulary().item(code) if code.startswith("penalty.") else None

    def refusal(self, words: Iterable[str]) -> Reason | None:
        return packaged_vocabulary().refusal(words)


def test_a_scheme_is_read_against_the_catalogue_that_is_given(small_text: str) -> None:
    found = lint_scheme(small_text, vocabulary=Narrow())
    assert {one.code for one in found} == {"unknown_item"}
    assert parse_scheme(small_text).id == "small"


TOKENS = ["", "~", "[]", "{}", "abc", "-1", "1e9", "true", "[a, b]", "{a: b}", "'", "宗教", "*x"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_text_however_broken_makes_the_check_fail_itself(data: st.DataObject) -> None:
    lines = SMALL_LINES.copy()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        act = data.draw(st.sampled_from(["drop", "double", "swap", "value", "indent"]))
        if act == "drop":
            del lines[at]
        elif act == "double":
            lines.insert(at, lines[at])
        elif act == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif act == "indent":
            lines[at] = "  " + lines[at]
        else:
            key, colon, _ = lines[at].partition(":")
            lines[at] = f"{key}{colon} {data.draw(st.sampled_from(TOKENS))}"
    for problem in lint_scheme("\n".join(lines)):
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.message.zh
        assert problem.message.en
