from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest

from tallystick.app import schemes
from tallystick.cli.pages.naming import Names
from tallystick.cli.pages.state import show_demo
from tallystick.cli.screen import Screen


def test_init_without_a_terminal_makes_a_passphrase_and_says_where(
    tally: Any, tmp_path: Path
) -> None:
    said = tally("init", tmp_path / "ws", "--operator", "Example Association", "--json")
    made = said.json()
    file = Path(made["passphrase"])
    assert said.status == 0
    assert file == tmp_path / "ws.passphrase"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Path(made["trust"]).exists()
    assert tally("status", "--workspace", tmp_path / "ws").status == 0


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "口令已生成"), ("en", "passphrase was made")]
)
def test_init_tells_a_person_to_keep_the_passphrase(
    tally: Any, tmp_path: Path, language: str, word: str
) -> None:
    said = tally("init", tmp_path / "ws", "--lang", language)
    assert word in said.out
    assert "tally template roster" in said.out


def test_init_into_a_folder_in_use_is_refused_and_leaves_nothing(
    tally: Any, tmp_path: Path
) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "mine").touch()
    said = tally("init", tmp_path / "ws", "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "already_there")
    assert [one.name for one in tmp_path.iterdir()] == ["ws"]


def test_init_takes_code_and_origin(tally: Any, tmp_path: Path) -> None:
    words = ("--origin", "example.org/credit", "--code", "91310110631568129R", "--sample")
    said = tally("init", tmp_path / "ws", *words, "--json")
    assert said.json()["origin"] == "example.org/credit/sample"
    assert "91310110631568129R" in Path(said.json()["trust"]).read_text(encoding="utf-8")


def test_the_demo_ends_with_a_rated_membership_and_receipts(finished_demo: Any) -> None:
    result = finished_demo.result
    assert len(result["evaluations"]) >= 35
    assert {one["light"] for one in result["evaluations"]} >= {"green", "yellow", "orange", "red"}
    assert {one["outcome"] for one in result["decisions"]} == {"confirm", "change", "decline"}
    assert all(one["scripted"] for one in result["decisions"])
    assert all(Path(one).exists() for one in result["receipts"])
    assert {Path(one).suffix for one in result["reports"]} == {".html", ".pdf"}
    assert all(Path(one).stat().st_size > 20_000 for one in result["reports"])
    assert result["audit"]["ok"]


def test_the_demo_says_one_plain_line_a_step(finished_demo: Any) -> None:
    steps = [line for line in finished_demo.said.splitlines() if line[:1].isdigit()]
    assert [line[:3] for line in steps] == [f"{n}/9" for n in range(1, 10)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demo_shows_paths_and_what_to_try_next(finished_demo: Any, language: str) -> None:
    screen = Screen(language, out=io.StringIO(), err=io.StringIO())
    names = Names(schemes.show(None, "association-2019"), language)
    show_demo(screen, finished_demo.result, names)
    shown = screen.out.getvalue()  # type: ignore[attr-defined]
    for part in ("ws.passphrase", ".policy", ".tally", ".pdf", "tally verify", "tally explain"):
        assert part in shown
    for word in {"zh": ("预评", "已认定", "脚本"), "en": ("PROPOSAL", "DECIDED", "script")}[
        language
    ]:
        assert word in shown


def test_a_second_demo_takes_the_next_free_name(
    tally: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tally-demo").mkdir()
    (tmp_path / "tally-demo-2-files").mkdir()
    said = tally("demo", "--lang", "zh", "--quiet")
    assert said.status == 0, said.err
    assert (tmp_path / "tally-demo-3" / "trust.policy").exists()
    assert "tally-demo-3/trust.policy" in said.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_status_names_what_is_loaded_and_what_is_missing(
    tally: Any, tmp_path: Path, finished_demo: Any, language: str
) -> None:
    tally("init", tmp_path / "ws")
    said = tally("status", "--workspace", tmp_path / "ws", "--lang", language)
    assert "judgment-debtors" in said.out
    full = tally("status", "--workspace", finished_demo.workspace, "--lang", language)
    assert "roster-0001" in full.out
    assert {"zh": "十一个来源都已导入", "en": "All eleven sources"}[language] in full.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_doctor_says_what_is_well(tally: Any, finished_demo: Any, language: str) -> None:
    said = tally("doctor", "--workspace", finished_demo.workspace, "--lang", language)
    assert said.status == 0, said.out
    assert "PyNaCl" in said.out


def test_doctor_works_outside_a_workspace(tally: Any, tmp_path: Path) -> None:
    assert tally("doctor", "--workspace", tmp_path).status == 0


def test_doctor_fails_where_others_can_read_the_keys(tally: Any, demo: Any) -> None:
    (demo.workspace / "keys" / "keyring").chmod(0o644)
    said = tally("doctor", "--workspace", demo.workspace, "--json")
    assert said.status == 1
    assert next(one for one in said.json() if not one["ok"])["remedy"]
