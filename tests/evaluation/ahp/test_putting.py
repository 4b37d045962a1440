"""Weights written into a scheme, and worked out of it again by whoever does not believe it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from tallystick.evaluation import (
    Scheme,
    SchemeError,
    lint_scheme,
    packaged_vocabulary,
    parse_scheme,
    scheme_digest,
    shipped_scheme,
)
from tallystick.evaluation.ahp import (
    Answer,
    Override,
    Settings,
    Weighing,
    asked,
    pairs_of,
    put_weights,
    survey_of,
    weigh,
    weighing_of,
)
from tallystick.evaluation.ahp.judgments import SCALE, Judgments

TEXT = shipped_scheme("association-2019")
ABOVE = (
    "# The weights below come from the part `weighing`, whatever other comments say of them."
    " 以下权重出自 weighing 部分，以此为准，不以其他注释为准。"
)


def weighed(scheme: Scheme, *, spread: int = 1, settings: Settings | None = None) -> Weighing:
    """Return the weighing of three experts; the larger `spread`, the more they contradict."""
    answers = []
    for expert in range(3):
        for layer in asked(scheme):
            pairs: dict[tuple[int, int], Fraction] = {}
            for i, j in pairs_of(len(layer.items)):
                lean = (j - i) // 3 + spread * ((i * 3 + j * 5 + expert) % 3 - 1)
                if j == i + 1 or (i + j + expert) % 3:
                    pairs[i, j] = SCALE[min(max(8 + lean, 0), 16)]
            answers.append(Answer(f"name {expert}", layer.name, Judgments(layer.items, pairs)))
    survey, problems = survey_of(answers)
    assert not problems
    return weigh(survey, settings or Settings())


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return parse_scheme(TEXT)


@pytest.fixture(scope="module")
def weighing(scheme: Scheme) -> Weighing:
    return weighed(scheme)


@pytest.fixture(scope="module")
def text(weighing: Weighing) -> str:
    return put_weights(TEXT, weighing, packaged_vocabulary())


def codes(text: str) -> list[str]:
    return [problem.code for problem in lint_scheme(text)]


def test_the_scheme_with_its_new_weights_has_no_fault(text: str, weighing: Weighing) -> None:
    assert weighing.accepted
    assert not lint_scheme(text)
    written = parse_scheme(text)
    assert sum((one.weight for one in written.dimensions), Decimal(0)) == 1
    top = weighing.of("dimensions")
    assert top is not None
    assert tuple(one.weight for one in written.dimensions) == top.weights
    for dimension in written.dimensions:
        group = weighing.of(dimension.code)
        inside = [one.weight for one in written.indicators if one.dimension == dimension.code]
        assert group is not None
        assert tuple(weight for weight in inside if weight) == group.weights


def test_everything_but_weights_and_the_example_stays_as_it_was(text: str) -> None:
    def without(lines: str) -> list[str]:
        head = lines.partition("# Weights from experts")[0].rstrip()
        kept = re.sub(r"weight: [0-9.]+", "weight:", head).replace(f"{ABOVE}\n", "")
        return re.sub(r"\n  (score|band|band_before_rules): .*", "", kept).splitlines()

    assert without(text) == without(TEXT)


def test_the_stated_result_of_the_example_follows_the_weights(text: str) -> None:
    before, after = parse_scheme(TEXT).example, parse_scheme(text).example
    assert before is not None
    assert after is not None
    assert (before.scores, before.hits) == (after.scores, after.hits)
    assert before.score != after.score


def test_writing_the_same_weights_again_changes_nothing(text: str, weighing: Weighing) -> None:
    assert put_weights(text, weighing, packaged_vocabulary()) == text


def test_other_answers_replace_the_part_and_leave_no_trace(text: str, scheme: Scheme) -> None:
    other = weighed(scheme, settings=Settings("geometric-mean", "priorities", "saaty-1980"))
    changed = put_weights(text, other, packaged_vocabulary())
    assert not lint_scheme(changed)
    assert changed.count("weighing:") == 1
    assert changed.count("# Weights from experts") == 1
    assert put_weights(TEXT, other, packaged_vocabulary()) == changed


def test_right_above_the_weights_stands_where_they_come_from(text: str) -> None:
    assert f"\n{ABOVE}\ndimensions:\n" in text
    assert text.count(ABOVE) == 1


def test_no_label_of_an_expert_is_written(text: str) -> None:
    assert "name 0" not in text


def test_a_scheme_without_weighing_keeps_the_digest_it_always_had(scheme: Scheme) -> None:
    assert scheme_digest(scheme) == scheme.digest
    assert weighing_of(scheme) is None


def test_the_weights_come_out_again_from_the_answers(text: str, weighing: Weighing) -> None:
    again = weighing_of(parse_scheme(text))
    assert again is not None
    assert again.digest == weighing.digest
    assert again.document() == weighing.document()


def test_an_edited_weight_is_found_out(text: str) -> None:
    dimensions = parse_scheme(text).dimensions
    first, second = (str(one.weight) for one in dimensions[:2])
    swapped = text.replace(f"weight: {first}}}", "weight: @}").replace(
        f"weight: {second}}}", f"weight: {first}}}"
    )
    swapped = swapped.replace("weight: @}", f"weight: {second}}}")
    assert "weights_differ" in codes(swapped)


def test_an_edited_answer_ratio_digest_or_setting_is_found_out(text: str) -> None:
    [digest] = re.findall(r'digest: "([0-9a-f]{64})"', text)
    answer = re.findall(r'        - "([^"]+)"', text)[0]
    ratio = re.findall(r'cr: "([0-9.]+)"', text)[0]
    for before, after in (
        (digest, "0" * 64),
        (f'"{answer}"', f'"9{answer[1:]}"'),
        (f'cr: "{ratio}"', 'cr: "0.01"'),
        ("ri_table: saaty-2005", "ri_table: saaty-1980"),
        ("method: eigenvector", "method: geometric-mean"),
        ('experts: ["1", "1", "1"]', 'experts: ["2", "1", "1"]'),
    ):
        assert before in text
        assert "weights_differ" in codes(text.replace(before, after, 1)), before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("method: eigenvector", "method: entropy"),
        ("ri_table: saaty-2005", "ri_table: mine"),
        ('experts: ["1", "1", "1"]', 'experts: ["1", "1"]'),
        ('- group: "basic"', '- group: "other"'),
        ('items: ["basic", "operation"', 'items: ["operation", "basic"'),
    ],
)
def test_a_part_nobody_wrote_is_refused(text: str, before: str, after: str) -> None:
    assert before in text
    assert codes(text.replace(before, after, 1)) == ["bad_weighing"]


def test_an_unknown_or_missing_key_of_the_part_has_its_line(text: str) -> None:
    wrong = text.replace("  aggregate: judgments\n", "  agreement: judgments\n")
    assert {"unknown_scheme_key", "missing_key"} <= set(codes(wrong))


def test_contradictory_answers_need_somebody_who_signs(scheme: Scheme) -> None:
    wild = weighed(scheme, spread=7)
    assert not wild.accepted
    text = put_weights(TEXT, wild, packaged_vocabulary())
    assert set(codes(text)) == {"too_inconsistent"}
    signed = put_weights(
        TEXT, wild, packaged_vocabulary(), override=Override("Officer", 'a "reason"')
    )
    assert not lint_scheme(signed)
    assert parse_scheme(signed).weighing is not None


def test_what_is_no_scheme_gets_no_weights(weighing: Weighing) -> None:
    with pytest.raises(SchemeError):
        put_weights("form: tallystick-scheme/1\n", weighing, packaged_vocabulary())
