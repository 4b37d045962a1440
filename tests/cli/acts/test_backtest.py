"""`tally sample`, `tally backtest`, and the mark of samples on every screen."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sklearn.metrics import roc_auc_score

from tallystick.cli.pages.backtest import show_backtest
from tallystick.cli.screen import Screen
from tallystick.testing.published import company_codes, spread

LANGUAGES = ("zh", "en")
COUNT = 60
CODES = [company_codes()[place] for place in spread(COUNT)]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typed")


@pytest.fixture
def companies(tally: Any, typed: Path) -> Path:
    """A sample workspace with some of the companies, evaluated: made once, as a user would."""
    folder = typed / "ws"
    if folder.exists():
        return folder
    files = (typed / "polish1.csv", typed / "roster.csv")
    for words in (
        ("init", folder, "--sample"),
        ("sample", "polish1", "-o", files[0], "--roster", files[1], "--count", str(COUNT)),
        ("import", files[1], "--source", "roster", "--workspace", folder),
        ("import", files[0], "--source", "ratios", "--workspace", folder),
        ("scheme", "publish", "polish1-ahp", "--workspace", folder),
        ("evaluate", "polish1-ahp", "--workspace", folder),
        ("officer", "Officer One", "--workspace", folder),
    ):
        said = tally(*words)
        assert said.status == 0, said.err
    return folder


SCREENS: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "evaluate": ("evaluate", "polish1-ahp"),
    "evaluate one": ("evaluate", "polish1-ahp", "--subject", CODES[0]),
    "explain": ("explain", CODES[0]),
    "decide": ("decide", CODES[1], "--officer", "Officer One", "--reason", "as proposed"),
    "import": ("import", "polish1.csv", "--source", "ratios"),
    "grant": (
        *("grant", CODES[0], "--categories", "finance", "--purpose", "association_evaluation"),
        *("--until", "2099-01-01", "--document", "a" * 64),
    ),
    "withdraw": ("withdraw", CODES[0]),
    "audit": ("audit",),
    "backtest": ("backtest", "polish1-ahp", "--outcomes", "polish1.csv"),
    "scheme": ("scheme", "show", "polish1-ahp"),
    "rebuild": ("rebuild",),
    "export": ("export", "-o", "everything"),
    "refusal": ("explain", company_codes()[1]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_of_a_sample_workspace_begins_with_the_mark(
    tally: Any, companies: Path, tmp_path: Path, name: str, language: str
) -> None:
    words = copied(companies, tmp_path, SCREENS[name])
    said = tally(*words, "--lang", language, "--quiet")
    first = (said.out or said.err).splitlines()[0]
    assert "样例" in first, said
    assert "SAMPLE" in first
    shown = tally(*copied(companies, tmp_path / "again", SCREENS[name]), "--json", "--quiet")
    document = shown.json()
    assert document
    for one in document if isinstance(document, list) else [document]:
        assert one["sample"] is True


def copied(workspace: Path, folder: Path, words: tuple[str, ...]) -> list[str]:
    """Return the words with their files in `folder`, and a copy of the workspace there."""
    shutil.copytree(workspace, folder / "ws")
    shutil.copy(workspace.with_name("ws.passphrase"), folder / "ws.passphrase")
    shutil.copy(workspace.with_name("polish1.csv"), folder / "polish1.csv")
    own = {"polish1.csv", "everything"}
    placed = [str(folder / word) if word in own else word for word in words]
    return [*placed, "--workspace", str(folder / "ws")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_checked_as_a_sample_without_any_workspace(
    tally: Any, companies: Path, tmp_path: Path, language: str
) -> None:
    record = tally("explain", CODES[0], "--workspace", companies, "--json").json()["facts"][0]
    words = ("receipt", record["record"], "-o", tmp_path / "r.tally", "--workspace", companies)
    assert "SAMPLE" in tally(*words).out
    shutil.copy(companies / "trust.policy", tmp_path)
    check = ("verify", tmp_path / "r.tally", "--trust", tmp_path / "trust.policy")
    said = tally(*check, "--lang", language)
    assert said.status == 0
    assert "样例" in said.out.splitlines()[0]
    assert "SAMPLE" in said.out.splitlines()[0]
    assert tally(*check, "--json").json()["sample"] is True


def test_an_ordinary_workspace_says_nothing_of_samples(tally: Any, tmp_path: Path) -> None:
    for words in (("init", tmp_path / "ws"), ("status", "--workspace", tmp_path / "ws")):
        assert "SAMPLE" not in tally(*words).out
    shown = tally("status", "--workspace", tmp_path / "ws", "--json").json()
    assert "sample" not in shown


def test_an_ordinary_workspace_refuses_the_companies_with_rule_and_remedy(
    tally: Any, companies: Path, tmp_path: Path
) -> None:
    tally("init", tmp_path / "ws")
    words = ("import", companies.with_name("roster.csv"), "--source", "roster")
    said = tally(*words, "--workspace", tmp_path / "ws", "--json")
    assert said.status == 1
    assert said.json()["refused_by_code"] == {"sample_subject": COUNT}
    assert "--sample" in said.json()["remedies"]["sample_subject"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_back_test_prints_everything_as_it_is(tally: Any, companies: Path, language: str) -> None:
    words = ("backtest", "polish1-ahp", "--outcomes", companies.with_name("polish1.csv"))
    said = tally(*words, "--workspace", companies, "--lang", language)
    assert said.status == 0, said.err
    for part in {
        "zh": (
            "照实打印",
            "AUC",
            "KS",
            "低风险",
            "高风险",
            "95% 区间",
            "保序",
            "校准",
            "tau-b",
            "虚构",
        ),
        "en": ("Printed as it came out", "AUC", "KS", "Low risk", "95%", "Isotonic", "tau-b"),
    }[language]:
        assert part in said.out or part == "虚构"
    assert {"zh": "虚构专家 a", "en": "fictional expert a"}[language] in said.out
    assert "坏账" not in said.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_back_test_of_samples_ends_with_the_next_step(
    tally: Any, companies: Path, language: str
) -> None:
    words = ("backtest", "polish1-ahp", "--outcomes", companies.with_name("polish1.csv"))
    found = tally(*words, "--workspace", companies, "--json").json()
    told = io.StringIO()
    screen = Screen(language, out=told)
    made = {**found, "workspace": str(companies), "files": str(companies)}
    show_backtest(screen, made, "tally")
    said = " ".join(told.getvalue().split())
    assert f"tally status --workspace {companies}" in said
    assert "tally init " in said
    assert tally("status", "--workspace", companies).status == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_that_was_written_says_which_workspace_takes_it(
    tally: Any, tmp_path: Path, language: str
) -> None:
    files = ("-o", tmp_path / "a.csv", "--roster", tmp_path / "r.csv")
    said = tally("sample", "polish1", *files, "--count", "5", "--lang", language)
    assert "tally init" in " ".join(said.out.split())
    assert "--sample" in said.out
    assert "add --roster" not in said.out
    assert "加 --roster" not in said.out
    alone = tally("sample", "polish1", "-o", tmp_path / "b.csv", "--count", "5", "--lang", language)
    assert "--roster" in alone.out


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_a_sample_is_written_with_its_licence_beside_it(
    tally: Any, tmp_path: Path, name: str
) -> None:
    words = ("sample", "polish1", "-o", tmp_path / name, "--count", "5", "--as-of", "2026-11-01")
    said = tally(*words, "--json")
    assert said.status == 0, said.err
    document = said.json()
    assert document["companies"] == 5
    assert document["sample"] is True
    assert "10.24432/C5F600" in Path(document["licence"]).read_text(encoding="utf-8")
    again = tally(*words)
    assert again.status == 1
    assert "not overwritten" in again.err


def test_a_sample_of_another_name_or_ending_is_refused(tally: Any, tmp_path: Path) -> None:
    assert tally("sample", "polish2", "-o", tmp_path / "a.csv").status == 2
    said = tally("sample", "polish1", "-o", tmp_path / "a.sav", "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "unknown_ending")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("polish1-ahp",),
        ("--outcomes", "y.csv"),
        ("polish1-ahp", "--sample"),
        ("--sample", "--outcomes", "y.csv"),
        ("--sample", "--target", "y"),
    ],
)
def test_a_back_test_with_half_of_what_it_needs_is_wrong_usage(
    tally: Any, words: tuple[str, ...]
) -> None:
    said = tally("backtest", *words)
    assert said.status == 2
    assert "tally backtest --help" in said.err


def test_the_demo_ends_with_the_back_test_of_the_whole_set(finished_demo: Any) -> None:
    found = finished_demo.result["backtest"]
    assert found["cases"]["with_proposal"] == 7_027
    assert found["cases"]["bad"] == 271
    assert "9/9" in finished_demo.said
    workspace = Path(found["workspace"])
    assert workspace.name == "ws-backtest"
    assert (workspace / "workspace.json").exists()


def test_the_document_prints_what_comes_out(finished_demo: Any) -> None:
    found = finished_demo.result["backtest"]
    text = (Path(__file__).parents[3] / "docs" / "backtest.md").read_text(encoding="utf-8")
    told = found["discrimination"]
    auc, low, high, ks = (f"{float(told[key]):.3f}" for key in ("auc", "auc_low", "auc_high", "ks"))
    assert f"| AUC | {auc} | {low} to {high} |" in text
    assert f"| KS | {ks}, at score {float(told['ks_at']):.2f} | |" in text
    for one in (*found["bands"], {"code": "no band", **found["no_band"]}):
        rate, low, high = (f"{100 * float(one[key]):.2f}" for key in ("rate", "low", "high"))
        line = f" | {one['count']} | {one['bad']} | {rate} % | {low} to {high} % |"
        light = f", {one['light']}" if "light" in one else ""
        assert f"| {one['code']}{light}{line}" in text
    for one in found["experts"]:
        numbers = (f"{float(one[key]):.3f}" for key in ("tau_b", "rho", "auc"))
        assert f"| {one['expert']} | {' | '.join(numbers)} |" in text
    alone = {one["code"]: f"{float(one['auc']):.3f}" for one in found["parts_of_the_score"]}
    for code in ("activity", "D02", "D03"):
        assert alone[code] in text


def test_the_auc_of_the_whole_set_is_that_of_scikit_learn(tally: Any, finished_demo: Any) -> None:
    found = finished_demo.result["backtest"]
    words = ("evaluate", "polish1-ahp", "--dry-run", "--workspace", found["workspace"], "--json")
    scores = {one["subject"]: float(one["score"]) for one in json.loads(tally(*words).out)}
    table = Path(found["workspace"]).with_name("all.parquet")
    assert tally("sample", "polish1", "-o", table).status == 0
    rows = parquet.read_table(table, columns=["uscc", "y"]).to_pylist()
    bad = [row["y"] for row in rows]
    expected = roc_auc_score(bad, [-scores[row["uscc"]] for row in rows])
    assert float(found["discrimination"]["auc"]) == pytest.approx(expected, abs=1e-6)
