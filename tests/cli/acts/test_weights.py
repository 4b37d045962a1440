from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.templates import SOURCES
from tallystick.evaluation import shipped_scheme
from tallystick.evaluation.ahp import Settings, survey_of, weigh
from tallystick.testing.bench_ahp import answers, time_ahp
from tallystick.testing.demo import OFFICER as SCRIPT

if TYPE_CHECKING:
    from tests.cli.conftest import Demo, Tally

DRINKS = """,coffee,wine,tea,beer,soda,milk,water
coffee,1,9,5,2,1,1,1/2
wine,1/9,1,1/3,1/9,1/9,1/9,1/9
tea,1/5,3,1,1/3,1/4,1/3,1/9
beer,1/2,9,3,1,1/2,1,1/3
soda,1,9,4,2,1,2,1/2
milk,1,9,3,1,1/2,1,1/3
water,2,9,9,3,2,3,1
"""
INCOMPLETE = ",a,b,c,d\na,1,1,5,2\nb,,1,3,4\nc,,,1,\nd,,,,1\n"
WILD = ",a,b,c\na,1,9,1/9\nb,,1,9\nc,,,1\n"
# By three items both ways of joining are one: eigenvector and geometric mean agree there.
FOUR = """expert,a,b,judgment
one,w,x,3
one,w,y,5
one,w,z,2
one,x,y,4
one,x,z,7
one,y,z,2
two,w,x,1/9
two,w,y,9
two,w,z,1/3
two,x,y,1/5
two,x,z,6
two,y,z,1/9
"""
PAIRS = """expert,weight,a,b,judgment
one,1,x,y,3
one,1,x,z,5
one,1,y,z,2
two,2,x,y,1/9
two,2,x,z,9
two,2,y,z,1/9
"""
KEYS = {
    "items",
    "weights",
    "lambda_max",
    "ci",
    "cr",
    "method",
    "ri_table",
    "missing",
    "overridden",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "q.csv"


def test_drinks_as_saaty_printed_them(tally: Tally, file: Path) -> None:
    file.write_text(DRINKS, encoding="utf-8")
    said = tally("ahp", file, "--json")
    found = said.json()
    assert said.status == 0
    assert set(found) >= KEYS
    weights = dict(zip(found["items"], found["weights"], strict=True))
    assert weights["water"] == "0.326793"
    assert found["lambda_max"].startswith("7.17662")
    assert round(float(found["cr"]), 4) == 0.0218
    assert (found["method"], found["ri_table"], found["missing"], found["overridden"]) == (
        "eigenvector", "saaty-2005", [], False
    )  # fmt: skip
    other = tally("ahp", file, "--json", "--method", "geometric-mean", "--ri", "saaty-1980").json()
    weights = dict(zip(other["items"], other["weights"], strict=True))
    assert weights["water"].startswith("0.3243")
    assert float(other["cr"]) == pytest.approx(0.0294381732 / 1.32)


def test_an_incomplete_matrix_names_what_is_missing(tally: Tally, file: Path) -> None:
    file.write_text(INCOMPLETE, encoding="utf-8")
    found = tally("ahp", file, "--json").json()
    [missing] = found["missing"]
    assert missing["pair"] == ["c", "d"]
    assert missing["value"].startswith("0.7302967")
    assert float(found["cr_for_missing"]) > float(found["cr"])


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "无法检验：没有多余的判断"), ("en", "cannot be tested: no redundant")],
)
def test_judgments_that_nothing_could_contradict_get_no_tick(
    tally: Tally, file: Path, language: str, words: str
) -> None:
    file.write_text(
        "expert,a,b,judgment\none,x,y,9\none,y,z,9\ntwo,x,y,1/9\ntwo,y,z,1/9\n", encoding="utf-8"
    )
    found = tally("ahp", file, "--json").json()
    assert [found["testable"], found["groups"][0]["testable"]] == [False, False]
    assert [one["testable"] for one in found["experts"]] == [False, False]
    shown = tally("ahp", file, "--lang", language)
    assert shown.out.count(words) == 3  # the panel and each expert
    assert "✓" not in shown.out
    file.write_text(file.read_text(encoding="utf-8") + "two,x,z,1/9\n", encoding="utf-8")
    found = tally("ahp", file, "--json").json()
    assert found["testable"]
    assert [one["testable"] for one in found["experts"]] == [False, True]
    assert tally("ahp", file, "--lang", language).out.count(words) == 1


def test_contradictory_judgments_are_refused_with_their_result(tally: Tally, file: Path) -> None:
    file.write_text(WILD, encoding="utf-8")
    said = tally("ahp", file, "--json")
    assert said.status == 1
    assert [one["code"] for one in said.json()["refused"]] == ["too_inconsistent"]
    assert said.json()["weights"]
    shown = tally("ahp", file)
    assert shown.status == 1
    assert "Judgments most worth reconsidering" in shown.out
    assert "too_inconsistent" in shown.out


@pytest.mark.parametrize(("language", "word"), [("zh", "共识度"), ("en", "Consensus")])
def test_the_page_tells_of_experts_in_both_languages(
    tally: Tally, file: Path, language: str, word: str
) -> None:
    file.write_text(PAIRS, encoding="utf-8")
    said = tally("ahp", file, "--lang", language)
    assert said.status == 1
    assert word in said.out
    assert "two" in said.out
    assert "█" in said.out


def test_joining_priorities_is_another_result(tally: Tally, file: Path) -> None:
    file.write_text(FOUR, encoding="utf-8")
    joined = [
        tally("ahp", file, "--json", "--aggregate", how).json()
        for how in ("judgments", "priorities")
    ]
    assert joined[0]["weights"] != joined[1]["weights"]
    assert joined[0]["consensus"] == joined[1]["consensus"]
    experts = {one["expert"]: one["cr"] for one in joined[1]["experts"]}
    assert joined[1]["cr"] == max(experts.values(), key=float)


def test_nothing_usable_says_every_reason(tally: Tally, file: Path) -> None:
    file.write_text(",a,b,c\na,1,10,zero\nb,,1,\nc,,,1\n", encoding="utf-8")
    said = tally("ahp", file, "--json")
    assert said.status == 1
    assert said.json()["error"]["code"] == "answers_refused"
    assert [(one["code"], one["line"], one["field"]) for one in said.json()["problems"]] == [
        ("off_the_scale", 2, "C2"),
        ("judgment_unreadable", 2, "D2"),
    ]
    assert "off_the_scale" in tally("ahp", file).out


@pytest.mark.parametrize(
    "words",
    [
        ("--override",),
        ("--officer", "someone"),
        ("--reason", "because"),
        ("-o", "x.yaml"),
        ("--method", "entropy"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    tally: Tally, file: Path, words: tuple[str, ...]
) -> None:
    file.write_text(DRINKS, encoding="utf-8")
    assert tally("ahp", file, *words).status == 2


def test_an_officer_signs_for_a_matrix_of_its_own(demo: Demo, tally: Tally, file: Path) -> None:
    file.write_text(WILD, encoding="utf-8")
    at = ("--workspace", demo.workspace)
    assert tally("officer", "Officer One", "--with", SCRIPT, *at).status == 0
    asked = ("--override", "--officer", "Officer One", "--reason", "the panel stands by it")
    said = tally("ahp", file, *asked, *at, "--json")
    assert said.status == 0
    assert said.json()["overridden"] is True
    record = said.json()["override"]["record"]
    receipt = file.with_name("w.tally")
    assert tally("receipt", record, "-o", receipt, *at).status == 0
    assert tally("verify", receipt, "--trust", demo.trust).status == 0
    assert "act_replayed" in tally("ahp", file, *asked, *at).err
    again = (*asked[:-1], "the panel met again and stands by it")
    assert "Officer One" in tally("ahp", file, *again, *at).out
    file.write_text(DRINKS, encoding="utf-8")
    assert "nothing_to_override" in tally("ahp", file, *asked, *at).err


def test_from_the_form_to_a_published_scheme(demo: Demo, tally: Tally, tmp_path: Path) -> None:
    form, weighed = tmp_path / "q.csv", tmp_path / "weighed.yaml"
    scheme = ("--scheme", "association-2019")
    assert tally("template", "questionnaire", *scheme, "-o", form).status == 0
    lines = form.read_text(encoding="utf-8-sig").splitlines()
    filled = [line.replace(",,", ",A2,", 1) if line.count(",") > 4 else line for line in lines]
    form.write_text("\n".join(filled), encoding="utf-8")
    said = tally("ahp", form, *scheme, "-o", weighed, "--json")
    assert said.status == 0, said.out
    assert len(said.json()["groups"]) == 6
    assert tally("scheme", "lint", weighed).status == 0
    at = ("--workspace", demo.workspace)
    published = tally("scheme", "publish", weighed, *at, "--json").json()
    assert len(published["weighing"]) == 64
    assert "experts: 1 (eigenvector), CR at most" in tally("scheme", "show", weighed, *at).out
    assert tally("audit", *at).status == 0
    assert "The enterprise" in tally("ahp", form, *scheme).out


def test_the_advice_to_publish_fits_what_is_published(
    demo: Demo, tally: Tally, tmp_path: Path
) -> None:
    form, weighed, more = (tmp_path / name for name in ("q.csv", "weighed.yaml", "more.yaml"))
    tally("template", "questionnaire", "--scheme", "association-2019", "-o", form)
    empty = form.read_text(encoding="utf-8-sig").splitlines()

    def answer(judgment: str) -> None:
        filled = [
            one.replace(",,", f",{judgment},", 1) if one.count(",") > 4 else one for one in empty
        ]
        form.write_text("\n".join(filled), encoding="utf-8")

    def make(scheme: str | Path, to: Path, *words: str | Path) -> str:
        to.unlink(missing_ok=True)
        said = tally("ahp", form, "--scheme", scheme, "-o", to, *words)
        assert said.status == 0
        return " ".join(said.out.split())

    at = ("--workspace", demo.workspace)
    answer("1")
    for words in ((), at):
        assert "version" not in make("association-2019", weighed, *words)
    assert tally("scheme", "publish", weighed, *at).status == 0
    assert "version" not in make("association-2019", weighed, *at)  # the same once more
    assert "If its version is published already" in make(weighed, more)
    answer("A2")
    assert "Its version is published already" in make("association-2019", weighed, *at)
    assert tally("scheme", "publish", weighed, *at).status == 1


def test_a_scheme_is_not_written_while_an_answer_does_not_count(
    tally: Tally, tmp_path: Path
) -> None:
    bad, weighed = tmp_path / "bad.csv", tmp_path / "weighed.yaml"
    tally("template", "questionnaire", "--scheme", "association-2019", "-o", bad)
    lines = bad.read_text(encoding="utf-8-sig").splitlines()
    filled = [line.replace(",,", ",A2,", 1) if line.count(",") > 4 else line for line in lines]
    good = tmp_path / "good.csv"
    good.write_text("\n".join(filled), encoding="utf-8")
    bad.write_text("\n".join(filled).replace(",A2,", ",A2 or so,", 1), encoding="utf-8")
    said = tally("ahp", good, bad, "--scheme", "association-2019", "-o", weighed)
    assert said.status == 1
    assert "was not written" in said.out
    assert not weighed.exists()


@pytest.mark.parametrize("words", [("roster", "--scheme", "association-2019"), ("questionnaire",)])
def test_only_a_questionnaire_is_about_a_scheme(
    tally: Tally, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert tally("template", *words, "-o", tmp_path / "x.xlsx").status == 2


def test_the_next_step_never_writes_over_the_scheme_it_asks_about(
    tally: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = tally("template", "questionnaire", "--scheme", "association-2019", "-o", "1.csv")
    assert "-o weighed.yaml" in " ".join(said.out.split())
    Path("weighed.yaml").write_text(shipped_scheme("association-2019"), encoding="utf-8")
    said = tally("template", "questionnaire", "--scheme", "weighed.yaml", "-o", "2.csv")
    assert "--scheme weighed.yaml -o weighed-2.yaml" in " ".join(said.out.split())


def test_a_questionnaire_is_no_source_of_facts() -> None:
    assert "questionnaire" not in SOURCES


def test_how_far_weights_may_move_is_shown_and_told(demo: Demo, tally: Tally) -> None:
    at = ("--workspace", demo.workspace)
    found = tally("scheme", "sensitivity", "association-2019", *at, "--json").json()
    assert found["compared"] > 30
    assert found["null_means"].startswith("band or order is null: no value")
    dimensions = [one for one in found["weights"] if not one["dimension"]]
    assert len(dimensions) == 5
    assert any(one["band"] for one in dimensions)
    said = tally("scheme", "sensitivity", "association-2019", *at)
    assert said.status == 0
    assert "Band changes at" in said.out


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "无可比较：40 家会员"), ("en", "Nothing to compare: no member")]
)
def test_without_a_member_to_compare_nothing_is_called_unchanging(
    finished_demo: Demo, tally: Tally, tmp_path: Path, language: str, words: str
) -> None:
    at = ("--workspace", tmp_path / "ws", "--lang", language)
    tally("init", tmp_path / "ws", "--sample")
    tally("import", finished_demo.files / "roster.xlsx", "--source", "roster", *at)
    said = tally("scheme", "sensitivity", "association-2019", *at)
    assert said.status == 0
    assert words in " ".join(said.out.split())
    assert "never" not in said.out
    assert "不变" not in said.out
    found = tally("scheme", "sensitivity", "association-2019", *at, "--json").json()
    assert (found["members"], found["compared"]) == (40, 0)
    assert found["null_means"].startswith(words)


def test_thirty_five_indicators_by_thirty_experts_take_at_most_a_second() -> None:
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        survey, problems = survey_of(answers(35, 30, every=1))
        assert not problems
        assert len(weigh(survey, Settings()).groups[0].opinions) == 30
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 1


def test_the_bench_times_what_it_says() -> None:
    found = time_ahp(items=5, experts=3)
    assert (found["items"], found["experts"]) == (5, 3)
    assert 0 < found["seconds"] <= found["seconds_with_hints"]
