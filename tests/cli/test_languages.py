"""Every screen of the demo in each language: nothing of the other but what was delivered in it.

What a file delivered (names, documents, sentences of an authority) exists in one language only and
is taken off a screen before it is looked at; so is what reads the same in any language: codes,
digests, file names, what is typed. Whatever is left must be of the language spoken.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.model_walk import MODEL_CODES, modelled

from tallystick.app.doctor import LIBRARIES
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.cli.table import COMMANDS
from tallystick.evaluation import shipped_scheme, shipped_schemes
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.items import FieldType
from tallystick.rulebook.refusals import refusals
from tallystick.sources import SOURCES, profile_of
from tallystick.testing.demo import OFFICER as SCRIPT
from tallystick.testing.published import PUBLISHED

if TYPE_CHECKING:
    from tests.cli.conftest import Demo, Said, Tally

HAN = re.compile("[\u3400-\u9fff]+")
WORD = re.compile("[A-Za-z]{2,}")
WIDE = "20000"  # columns: nothing is wrapped, so that a name is found whole

KEY = re.compile(r"\S+\+[0-9a-f]{8}\+\S+")  # a public key
# What reads the same in any language, by its shape.
SAME = re.compile(
    r"""
      [\w.~-]*/[\w./~-]+                       # a path, an origin, a form
    | \b[\w.-]+\.(?:csv|json|xlsx|yaml|parquet|policy|tally|key|md|txt|passphrase|member|network)\b
    | \btally(?:\ --workspace\ \S+)?(?:\ [a-z][a-z-]*\b)*   # a command as it is typed
    | (?<!\w)--?[a-z][a-z-]*                   # an option
    | \bTALLY_[A-Z_]+ | \bLANG=\S+
    | \w*\[[0-9]+\][\w.\[\]]*                  # a place in a scheme
    | \[(?:W_)?\w+\] | (?<=\u4ee3\u7801\uff1a)\w+      # the code of a warning, a problem, a refusal
    | (?:[0-9a-f]{4}\ ){3}[0-9a-f]{4}          # a fingerprint people compare
    | \b[0-9a-f]{8,128}\b                      # a digest, a record
    | \b(?=\w*[0-9])[0-9A-Z]{4,20}\b           # the code of an organisation, an industry
    | \b[A-Z]{2}-[0-9-]+                       # the number of a document
    | \b(?:min|max|value)\b(?=[ ,()*])         # a formula as its scheme writes it
    """,
    re.VERBOSE,
)
# Names that have no other form: of standards, formats, units, programs, statistics; and the words
# that stand on a page in both languages: beside a proposal, so that none is taken for a grade, and
# above what is a sample, so that nobody anywhere takes it for real.
NAMES = frozenset(
    [
        *("keys", "member", "http", "replica", "answers", "CometBFT", "make"),
        *("CI", "CR", "RI", "max", "saaty"),  # of the analytic hierarchy process
        "SHA",
        "SM",
        "ISO",
        "GB",
        "LEI",
        "USCC",
        "UTF",
        "UTC",
        *("YAML", "JSON", "CSV", "Excel", "Parquet"),
        "KiB",
        "MiB",
        "GiB",
        "Python",
        "Go",
        "Tessera",
        "tongsuo",
        "tongsuopy",
        "fsync",
        "utf",
        "CNY",
        "PROPOSAL",
        "SAMPLE",
        "AUC",
        "KS",
        "tau",
        "rho",
        "UCI",
        "CC",
        "BY",
        "doi",
        *("Polars", "DuckDB", "SQL", "Brier", "WoE", "TreeSHAP"),  # of models
    ]
)
BOTH_LANGUAGES = ("预评", "样例")
TYPED = (
    "Officer One",
    SCRIPT,
    "nobody",
    "curiosity",
    "上海某区块链企业",  # of the worked example
    "evidence/groups",
    "witness.example/w1",
)
# How a unit is to be written into a file, and a key of a mapping.
CITED = re.compile(r"[（(](?:万?元|倍)[）)]|500万元|（to）|写 to，")


@cache
def codes() -> re.Pattern[str]:
    """Match what is called by its code wherever it shows: items, columns, schemes, sources."""
    known = {
        *catalogue().items,
        *shipped_schemes(),
        *LIBRARIES,
        *SOURCES,
        *PUBLISHED,
        "our-scheme",
        "trust.policy",
        *("grades", "cards"),
        *MODEL_CODES,
    }
    known |= {column.code for source in SOURCES for column in profile_of(source).columns}
    known |= {f"{source}-[0-9]{{4}}" for source in SOURCES}
    known |= {one.name for item in catalogue().items.values() for one in item.fields}
    known |= {one.code for one in refusals().classes}
    for scheme in ("association-2019", "polish1-ahp"):
        known |= set(re.findall(r"^ *([a-z_]+):", shipped_scheme(scheme), re.MULTILINE))
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(known, key=len, reverse=True))})(?![\w-]|\.\w)"
    )


def delivered(demo: Demo) -> list[str]:
    """Return what files and people said in the records of the demo, longest first."""
    settings = Settings(demo.workspace, demo.workspace.with_name("ws.passphrase"))
    with Store.open(settings) as store:
        found = {text for n in range(store.log.records) for text in _said(store.body(n))}
    return sorted(found, key=len, reverse=True)


def _said(body: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of one record that exist in one language only."""
    if body["kind"] == "fact":
        fields = {field.name: field.type for field in catalogue().items[body["item"]].fields}
        for name, value in body["data"].items():
            if fields[name] is FieldType.TEXT:
                yield value
            elif fields[name] is FieldType.TEXTS:
                yield from value
        yield from (body["source"]["name"], body["source"].get("document", ""), body["key"])
    for name in ("name", "operator", "origin"):
        if body["kind"] in {"party", "founding"}:
            yield body.get(name, "")
    if body["kind"] == "decision":
        yield from (body["reason"], body["officer"]["name"])


def left_over(screen: str, language: str, said: list[str]) -> list[str]:
    """Return the words of the other language on a screen."""
    screen = KEY.sub("·", screen)  # first: its digits may hold a year that was said
    for text in said:
        screen = screen.replace(text, "·") if len(text) > 1 else screen
    screen = SAME.sub("·", codes().sub("·", screen))
    screen = CITED.sub("·", screen)
    if language == "en":
        return [one for one in HAN.findall(screen) if one not in BOTH_LANGUAGES]
    return [one for one in WORD.findall(screen) if one not in NAMES]


def shared(folder: Path) -> Iterator[list[str]]:
    """Yield what is typed about a ledger kept with others, as far as no node runs."""
    nodes = [folder / name for name in ("node-a", "node-b")]
    for place, node in enumerate(nodes):
        where = ["--host", "127.0.0.1", "--p2p-port", str(18656 + 2 * place)]
        yield ["network", "init", str(node), "--name", f"n{place}", *where]
    file = str(nodes[1] / "n1.member")
    yield ["network", "status", str(nodes[0])]
    yield ["network", "accept", file, "--network", str(nodes[0])]
    yield ["network", "accept", str(nodes[0] / "node.json"), "--network", str(nodes[1])]
    yield ["network", "status", str(nodes[0])]
    yield ["network", "export", "--network", str(nodes[0]), "-o", str(folder / "a.network")]
    yield ["network", "join", str(folder / "a.network"), "--network", str(nodes[1])]
    yield ["network", "join", file, "--network", str(nodes[1])]
    yield ["network", "remove", "n1", "--why", "1", "--network", str(nodes[0])]
    yield ["network", "anchor", "--network", str(nodes[0]), "-o", str(folder / "a.chain")]
    yield ["network", "down", str(nodes[0])]
    yield ["network", "status", str(folder / "nothing")]
    yield ["init", str(folder / "w"), "--engine", "cometbft", "--network", str(nodes[0])]
    yield ["ledger", "diff", str(nodes[0]), str(nodes[1])]


def walk(demo: Demo, folder: Path) -> Iterator[list[str]]:
    """Yield the words of every command, so that one finds what the other left."""
    workspace = ["--workspace", str(demo.workspace)]
    at = [*workspace, "--passphrase-file", str(demo.workspace.with_name("ws.passphrase"))]
    files = demo.files
    yield ["status", *at]
    yield ["doctor", *at]
    for receipt in demo.result["receipts"]:
        yield ["verify", receipt, "--trust", str(demo.trust)]
        yield ["verify", receipt]
    for member in (demo.decided, demo.undecided):
        yield ["explain", member, *at]
    yield from schemed(folder, at)
    yield from judged_again(demo, folder, at)
    yield from modelled(folder, SCRIPT, at)
    for file, source in (
        ("penalties-current.csv", "penalties"),
        ("roster.xlsx", "roster"),
        ("self-declared.csv", "self-declared"),
        ("judgment-debtors.json", "judgment-debtors"),
        ("ratios.parquet", "ratios"),
    ):
        yield ["import", str(files / file), "--source", source, "--dry-run", *at]
    yield ["import", str(files / "tax.csv"), "--source", "penalties", *at]
    yield ["import", str(files / "README.txt"), "--source", "tax", *at]
    yield ["template", "tax", "-o", str(folder / "tax.xlsx")]
    yield ["officer", "Officer One", "--with", SCRIPT, *at]
    yield ["decide", demo.undecided, "--officer", "Officer One", "--reason", "1", *at]
    yield ["decide", demo.undecided, "--officer", "nobody", "--reason", "1", *at]
    consent = next(iter(sorted((files / "consents").iterdir())))
    grant = ["grant", demo.decided, "--categories", "tax,honour", "--until", "2099-12-31"]
    yield [*grant, "--purpose", "association_evaluation", "--document", str(consent), *at]
    yield [*grant, "--purpose", "curiosity", "--document", str(consent), *at]
    yield ["withdraw", demo.decided, *at]
    yield ["retract", "tax-0011", "--reason", "1", *at]
    yield ["retract", "tax-0011", "--reason", "1", *at]
    record = str(demo.result["decisions"][0]["record"])
    yield from proved(demo, record, folder, at)
    yield from witnessed(demo, folder, at)
    yield ["ledger", "export", "-o", str(folder / "public"), *at]
    yield from kept(demo, folder, at)
    yield from shared(folder)
    yield ["audit", *at]
    yield ["rebuild", *at]
    yield ["upgrade", *at]
    yield ["export", "-o", str(folder / "export"), *at]
    yield ["init", str(folder / "new"), "--operator", "1", *at[2:]]
    yield ["status", "--workspace", str(folder / "nothing")]


def schemed(folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what shows, writes, checks and publishes schemes."""
    yield ["scheme", "show", "association-2019", *at]
    yield ["scheme", "new", "our-scheme", "-o", str(folder / "our-scheme.yaml")]
    yield ["scheme", "lint", str(folder / "our-scheme.yaml")]
    yield ["scheme", "show", str(folder / "our-scheme.yaml"), *at]
    (folder / "broken.yaml").write_text("form: x\nbands: {}\nweight: '1.1234567'\n")
    yield ["scheme", "lint", str(folder / "broken.yaml")]
    draft = (folder / "our-scheme.yaml").read_text(encoding="utf-8")
    wrong = draft.replace("item: tax.arrears_notice", "item: context.complaint")
    (folder / "wrong.yaml").write_text(wrong.replace("points: 40", "points: x"), encoding="utf-8")
    yield ["scheme", "lint", str(folder / "wrong.yaml")]
    yield ["scheme", "publish", "association-2019", *at]


def kept(demo: Demo, folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what backs up, restores, measures the disk and moves old commitments."""
    copy, old, again = str(folder / "copy"), str(folder / "old"), str(folder / "again")
    yield ["backup", *at]
    for _ in range(2):
        yield ["backup", "-o", copy, *at]
    yield ["backup", "-o", str(demo.workspace / "exports"), *at]
    yield ["backup", "--list", copy]
    yield ["backup", "--check", copy]
    yield ["backup", "--list", old]
    yield ["restore", copy, "-o", again, *at[2:]]
    yield ["restore", copy, "-o", again, "--later", str(demo.trust), *at[2:]]
    yield ["restore", copy, "-o", again, "--later", str(demo.workspace), *at[2:]]
    yield ["restore", copy, "-o", f"{again}-2", "--as-of-backup", *at[2:]]
    yield ["restore", copy, "-o", again, "--snapshot", "9", *at[2:]]
    yield ["ledger", "stats", *at]
    yield ["ledger", "archive", *at]
    yield ["ledger", "archive", "--check", old, *at]
    for _ in range(2):
        yield ["ledger", "archive", "-o", old, "--keep-records", "1", *at]
    yield ["ledger", "archive", "--check", old, *at]
    yield ["ledger", "archive", "--attach", old, *at]
    yield ["ledger", "archive", "--bring-back", *at]


def proved(demo: Demo, record: str, folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what writes receipts, renews them and checks them."""
    no_content = str(folder / "existence.tally")
    yield ["receipt", record, "--no-content", "-o", no_content, *at]
    yield ["verify", no_content, "--trust", str(demo.trust)]
    yield from packed(demo, record, folder, at)
    for kind in ("grant", "use", "import", "withdrawal", "party"):
        yield ["receipt", first_of(demo, kind), "-o", str(folder / f"{kind}.tally"), *at]
        yield ["verify", str(folder / f"{kind}.tally"), "--trust", str(demo.trust)]
    kept = str(folder / "kept.tally")
    yield ["receipt", record, first_of(demo, "fact"), "-o", str(folder / "answer.tally"), *at]
    yield ["verify", str(folder / "answer.tally"), "--trust", str(demo.trust), "--max-age", "1d"]
    yield ["receipt", record, "--cose", "-o", str(folder / "r.cose"), *at]
    yield ["verify", str(folder / "r.cose"), "--trust", str(demo.trust), "--max-age", "1x"]
    yield ["receipt", "--refresh", no_content, "-o", kept, *at]
    yield ["receipt", "--refresh", no_content, "--url", "http://127.0.0.1:9", "-o", kept]
    yield ["verify", kept, "--trust", str(demo.trust), "--max-age", "1s"]
    yield ["receipt"]


def packed(demo: Demo, record: str, folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what makes packages of evidence and checks them."""
    case = str(folder / "case")
    yield ["evidence", record, "--no-content", "-o", case, *at]
    yield ["evidence", record, "--no-content", "-o", case, *at]
    yield ["evidence", record, "--file", str(demo.trust), "-o", f"{case}-2", *at]
    yield ["evidence", "--check", case, "--trust", str(demo.trust)]
    yield ["evidence", "--check", str(folder), "--trust", str(demo.trust)]
    yield ["evidence", record, *at]


def judged_again(demo: Demo, folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what weighs, works out again, reports and back-tests."""
    yield ["evaluate", "association-2019", "--example"]
    yield ["evaluate", "association-2019", "--dry-run", *at]
    yield ["evaluate", "association-2019", "--subject", demo.undecided, *at]
    form = str(folder / "form.csv")
    square = folder / "square.csv"
    square.write_text(",a,b,c\na,1,3,5\nb,1/3,1,2\nc,1/5,1/2,1\n")
    yield ["template", "questionnaire", "--scheme", "association-2019", "-o", form]
    yield ["ahp", str(square)]
    yield ["ahp", form]
    yield ["recompute", demo.result["evaluations"][0]["record"], *at]
    yield ["report", demo.decided, "-o", str(folder / "r.html"), *at]
    yield ["verify", str(folder / "r.html"), "--trust", str(demo.trust)]
    yield ["report", "--all", "-o", str(folder / "all.html"), *at]
    yield from administered(demo, at)
    yield from back_tests(demo, folder, at)


def administered(demo: Demo, at: list[str]) -> Iterator[list[str]]:
    yield ["key", "list", *at]
    words = ["--basis", "A-1", "--reason", "A-2", "--with", "Officer One", "--dry-run"]
    yield ["erase", demo.result["evaluations"][-1]["record"], *words, *at]


def back_tests(demo: Demo, folder: Path, at: list[str]) -> Iterator[list[str]]:
    yield ["sample", "polish1", "-o", str(folder / "polish1.csv"), "--count", "3"]
    outcomes = folder / "outcomes.csv"
    outcomes.write_text(f"uscc,y\n{demo.decided},1\n{demo.undecided},0\nx,1\n")
    for scheme in ("association-2019", "polish1-ahp"):
        yield ["backtest", scheme, "--outcomes", str(outcomes), *at]


def witnessed(demo: Demo, folder: Path, at: list[str]) -> Iterator[list[str]]:
    """Yield what a witness is told, and what an operator without one."""
    secret = ["--passphrase-file", str(demo.workspace.with_name("ws.passphrase"))]
    witness = str(folder / "w1")
    log = re.search(r"^log (\S+)$", demo.trust.read_text(encoding="utf-8"), re.MULTILINE)
    assert log
    yield ["witness", "init", witness, "--name", "witness.example/w1", *secret]
    yield ["witness", "follow", witness, log[1]]
    yield ["witness", "follow", witness, log[1]]
    yield ["witness", "status", witness]
    yield ["witness", "status", str(folder / "nothing")]
    yield ["ledger", "cosign", *at]


def first_of(demo: Demo, kind: str) -> str:
    settings = Settings(demo.workspace, demo.workspace.with_name("ws.passphrase"))
    with Store.open(settings) as store:
        number = next(iter(store.index.of_kind(kind)))
        return store.log.commitments(number, 1)[0].hex()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_of_the_demo_speaks_another_language(
    tally: Tally, demo: Demo, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", WIDE)
    said = [*delivered(demo), platform.platform(terse=True), *TYPED]
    wrong, walked = [], {"demo", "bench"}  # these two take long; what they end with is read here
    for words in walk(demo, tmp_path):
        screen = tally(*words, "--lang", language)
        walked.add(words[0])
        assert "our_fault" not in screen.err, screen.err
        for line in lines(screen):
            left = left_over(line, language, said)
            wrong += [f"{' '.join(words[:2])}: {left} in {line.strip()[:160]}"] if left else []
    assert not wrong, "\n".join(wrong)
    assert walked == {command.name for command in COMMANDS}


def lines(screen: Said) -> list[str]:
    return [*screen.out.splitlines(), *screen.err.splitlines()]


def test_a_word_of_the_other_language_is_found() -> None:
    assert left_over("共 16 records，见 tally status 与 a.csv", "zh", []) == ["records"]
    assert left_over("band 高风险 of 样例公司 (预评)", "en", ["样例公司"]) == ["高风险"]
    assert left_over("目录项 association.charter_breach ok", "zh", []) == ["ok"]
    assert left_over("标识 a.b/c+72025939+AcY169U+BxL", "zh", ["2025"]) == []
    assert left_over("记录 4dc45ea5ce15 PROPOSAL [W_SCALE] GB 32100", "zh", []) == []
