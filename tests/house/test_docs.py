from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import re
import shlex
import sys
import types
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

import pytest

from tallystick.ledger.trust import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|&& |\| |\$ )(tally(?: [^|&#\n;]*)?)(?=$|[|&#;])", re.MULTILINE)

# Terms of the field this product lives by: Chinese, English, the name in code.
TERMS = [
    ("信用主体", "subject", "subject"),
    ("统一社会信用代码", "unified social credit code", "uscc"),
    ("数据提供方", "provider", "Party"),
    ("交付人", "deliverer", "delivered_by"),
    ("核验人", "verifier", "verifier"),
    ("查验方", "checker", "verify"),
    ("目录项", "catalogue item", "CatalogueItem"),
    ("记录", "record", "record"),
    ("内容", "body", "body"),
    ("承诺值", "commitment", "commitment"),
    ("批次", "batch", "Batch"),
    ("条目", "entry", "Entry"),
    ("检查点", "checkpoint", "Checkpoint"),
    ("回执", "receipt", "Receipt"),
    ("见证", "witness", "Witness"),
    ("授权", "grant", "grant"),
    ("评价方案", "scheme", "Scheme"),
    ("指标", "indicator", "Indicator"),
    ("维度", "dimension", "Dimension"),
    ("评分卡", "scorecard", "steps"),
    ("风险规则", "risk rule", "RiskRule"),
    ("信用画像", "portrait", "portrait"),
    ("标签", "tag", "Tag"),
    ("评价（预评）", "evaluation", "Evaluation"),
    ("认定", "decision", "decision"),
    ("信任文件", "trust file", "TrustPolicy"),
    ("评价小组", "panel", "Panel"),
    ("异议", "objection", "Objection"),
    ("更正", "correction", "superseded"),
    ("修复", "repair", "repair_from"),
    ("公示", "publicity period", "Notice"),
    ("智能合约", "agreement", "Agreement"),
    ("信用凭证", "credential", "Credential"),
    ("监管令", "warrant", "Warrant"),
]

# The names other people's programs rely on.
STABLE_COMMANDS = [
    "demo",
    "init",
    "template",
    "import",
    "retract",
    "scheme",
    "evaluate",
    "explain",
    "decide",
    "grant",
    "withdraw",
    "report",
    "receipt",
    "verify",
    "audit",
    "rebuild",
    "export",
    "upgrade",
    "status",
    "doctor",
    "bench",
]


def anchors(text: str) -> set[str]:
    """Return the names its headings can be linked by."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


def dead_links(place: str, text: str, root: Path) -> Iterator[str]:
    for groups in LINK.findall(FENCE.sub("", text)):
        target = "".join(groups)
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = normpath(PurePosixPath(place).parent / path) if path else place
        if there.startswith("..") or not (root / there).exists():
            yield f"{place}: leads nowhere: {target}"
        elif anchor and there.endswith(".md"):
            names = anchors((root / there).read_text(encoding="utf-8"))
            if anchor.lower() not in names:
                yield f"{place}: no heading of that name: {target}"


def commands(text: str) -> Iterator[str]:
    """Yield each `tally ...` a document shows, in a block or between backticks."""
    blocks = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
    spans = "\n".join(SPAN.findall(FENCE.sub("", text)))
    for line in (*blocks.splitlines(), *spans.splitlines()):
        for found in COMMAND.findall(line.strip()):
            yield found.strip()


def help_of(words: list[str]) -> tuple[int, str]:
    """Run `tally WORDS --help` and return its exit status and what it says."""
    main = importlib.import_module("tallystick.cli").main
    said = io.StringIO()
    given = sys.argv
    sys.argv = ["tally", *words, "--help"]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                status = main()
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.argv = given
    return status, said.getvalue()


def unknown_commands(place: str, text: str) -> Iterator[str]:
    for command in commands(text):
        words = [word for word in shlex.split(command)[1:] if word not in {"...", "[...]"}]
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        named = [word for word in words if re.fullmatch(r"[a-z]+", word)][:1]
        status, said = help_of(named)
        nested = f"{{{words[1]}" if len(words) > 1 else ""
        # The parts of a command stand in its usage; where there are many, in a list below it.
        part = re.escape(words[1]) if nested else ""
        listed = rf"\{{[a-z,]*\b{part}\b[a-z,]*\}}|^  {part} +\S"
        plain = nested and re.fullmatch("[a-z]+", words[1])
        if plain and re.search(listed, said, flags=re.MULTILINE):
            status, said = help_of(words[:2])
        if status != 0:
            yield f"{place}: the command line does not know: {command}"
        for option in options:
            if option not in said:
                yield f"{place}: {option} is not an option of: {command}"


def test_a_planted_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One heading 一\n", encoding="utf-8")
    assert not list(dead_links("a.md", "[x](there.md#one-heading-一)", tmp_path))
    assert list(dead_links("a.md", "[x](gone.md)", tmp_path))
    assert list(dead_links("a.md", "[x](there.md#two)", tmp_path))
    assert list(dead_links("docs/a.md", "![x](../../outside.png)", tmp_path))


def test_every_link_leads_somewhere(root: Path, documents: dict[str, str]) -> None:
    found = [line for place, text in documents.items() for line in dead_links(place, text, root)]
    assert not found, "\n".join(found)


def test_commands_are_found_in_blocks_and_between_backticks() -> None:
    text = (
        "Run `tally verify a --trust b`, or\n```sh\nmake demo && tally status | head # see\n```\n"
    )
    assert list(commands(text)) == ["tally status", "tally verify a --trust b"]


def small_command_line() -> int:
    parser = argparse.ArgumentParser(prog="tally")
    verbs = parser.add_subparsers()
    verbs.add_parser("verify").add_argument("--trust")
    nested = verbs.add_parser("scheme").add_subparsers()
    nested.add_parser("show").add_argument("--json")
    parser.parse_args()
    return 0


def test_a_planted_command_that_does_not_exist_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = types.ModuleType("tallystick.cli")
    vars(planted)["main"] = small_command_line
    monkeypatch.setitem(sys.modules, "tallystick.cli", planted)
    for known in ("tally", "tally verify r.tally --trust=t", "tally scheme show x.yaml --json"):
        assert not list(unknown_commands("README.md", f"`{known}`")), known
    for unknown in (
        "tally certify r.tally",
        "tally verify r.tally --json",
        "tally scheme show -x --y",
    ):
        assert list(unknown_commands("README.md", f"`{unknown}`")), unknown


def test_every_command_shown_exists(documents: dict[str, str]) -> None:
    shown = {
        place: text
        for place, text in documents.items()
        if not place.startswith("docs/adr/")  # a decision on paper stays as it was taken
    }
    found = [line for place, text in shown.items() for line in unknown_commands(place, text)]
    assert not found, "\n".join(found)


def test_every_stable_command_exists_and_is_explained(documents: dict[str, str]) -> None:
    missing = [command for command in STABLE_COMMANDS if help_of([command])[0] != 0]
    assert not missing, f"not a command any more: {missing}"
    guides = {place: text for place, text in documents.items() if place.startswith("README")}
    for place, text in guides.items():
        shown = {shlex.split(command)[1] for command in commands(text) if " " in command}
        unsaid = [command for command in STABLE_COMMANDS if command not in shown]
        assert not unsaid, f"{place} does not show: {unsaid}"


@pytest.mark.parametrize(("zh", "en", "code"), TERMS)
def test_the_glossary_explains_every_term(
    documents: dict[str, str], zh: str, en: str, code: str
) -> None:
    rows = [line for line in documents["docs/glossary.md"].splitlines() if line.startswith("|")]
    assert any(zh in row and en in row.lower() and f"`{code}`" in row for row in rows)


def names_in(product: dict[str, str]) -> set[str]:
    """Return every name the code gives to something: classes, functions, fields, arguments."""
    names: set[str] = set()
    for text in product.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names


def untrue_terms(glossary: str, names: set[str], roles: set[str]) -> Iterator[str]:
    """Yield what the column "in code" promises and the code has not, or has although "later"."""
    for line in glossary.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or "`" not in cells[2]:
            continue
        later = cells[2].startswith("later: ")
        for name in SPAN.findall(cells[2]):
            if (name in names or name in roles) is later:
                yield f"{cells[1]}: `{name}` is {'there' if later else 'not in the code'}"


def test_a_planted_term_without_code_is_found() -> None:
    row = "| 词 | word | {} | meaning |"
    assert not list(untrue_terms(row.format("`Word`"), {"Word"}, set()))
    assert not list(untrue_terms(row.format("role `word`"), set(), {"word"}))
    assert not list(untrue_terms(row.format("later: `Word`"), set(), set()))
    assert list(untrue_terms(row.format("`Word`"), set(), set()))
    assert list(untrue_terms(row.format("later: `Word`"), {"Word"}, set()))


def test_the_glossary_promises_no_name_the_code_has_not(
    documents: dict[str, str], product: dict[str, str]
) -> None:
    found = list(untrue_terms(documents["docs/glossary.md"], names_in(product), set(ROLES)))
    assert not found, "\n".join(found)


def test_every_decision_on_paper_names_the_ways_not_taken(documents: dict[str, str]) -> None:
    decisions = {
        place: text for place, text in documents.items() if re.match(r"docs/adr/\d{4}-", place)
    }
    assert decisions
    for place, text in decisions.items():
        assert re.search(r"^- Status: \w+", text, re.MULTILINE), place
        for heading in ("## Context", "## Decision", "## Ways not taken", "## What follows"):
            assert heading in text, f"{place}: {heading}"
        assert "bad, because" in text.lower(), place
        assert f"({PurePosixPath(place).name})" in documents["docs/adr/README.md"], place
