from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.publication.membership import page
from tallystick.publication.membership.words import STANDING_WORDS

from .conftest import closed, decision, document, member, proposal

if TYPE_CHECKING:
    from .conftest import Memberships

LANGUAGES = ("zh", "en")
LONG = "长" * 200
HOSTILE = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "</script><img src=x onerror=alert(1)>",
    "' data-l='green",
    "{{ 7 * 7 }}{% raw %}",
    "甲\u202eevil\u2066\u200f\x00\x1b[31m乙",
    LONG,
)


class Reader(HTMLParser):
    """Reads a page as a browser does: tables by id or caption, and what would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self.kinds: list[str] = []
        self.said: list[str] = []
        self._table: list[list[str]] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.append(tag)
        named = dict(attrs)
        for name, value in attrs:
            if name in {"src", "action", "data", "srcset", "style"} or name.startswith("on"):
                self.loads.append(f"{tag} {name}={value}")
            if name == "href" and not (value or "").startswith("#"):
                self.loads.append(f"{tag} {name}={value}")
        if tag in {"script", "style"}:
            self._within = tag
        elif tag == "table":
            self._table = []
            if named.get("id"):
                self.tables[str(named["id"])] = self._table
        elif tag == "caption":
            self._within = tag
        elif tag == "tr":
            self._table.append([])
        elif tag in {"td", "th"}:
            self._table[-1].append("")
            self._within = "cell"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"caption", "script", "style", "table"}:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts.append(data)
            return
        if self._within == "style":
            return
        self.said.append(data)
        if self._within == "caption":
            self.tables.setdefault(data, self._table)
        elif self._within == "cell" and self._table and self._table[-1]:
            self._table[-1][-1] = (self._table[-1][-1] + data).strip()


def every_kind() -> list[dict[str, Any]]:
    hits = [{"code": "r1", "level": 1}]
    then = {"before": "round", "previous": proposal("62.5", as_of="2026-05-01")}
    return [
        member(1, proposal("91.25"), industry="I", registered_capital="1000", **then),
        member(2, proposal("80", "medium", rules_hit=hits)),
        member(3, proposal("61.5"), decision=decision("change", "low", scripted=True)),
        member(4, proposal("55"), decision=decision("decline", None)),
        member(5, proposal(None)),
        member(6, closed()),
        member(7, None),
        member(8, proposal("78"), earlier_decision=decision("confirm", "high")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_counts_of_every_section_are_those_of_the_json(
    memberships: Memberships, language: str
) -> None:
    made = memberships(language)
    text = page(made)
    found = made["figures"]
    cards = re.findall(r'<li class="(\w+)"><b>(\d+)</b>', text)
    assert {name: int(number) for name, number in cards if name != "whole"} == {
        word: found["standings"][word] for word in STANDING_WORDS
    }
    read = Reader(text)
    assert len(read.tables["members"]) == len(read.tables["measured"]) == 41
    bands = "各等级的家数：预评与已认定分列" if language == "zh" else (
        "Members by band: PROPOSALS and decided grades apart"
    )  # fmt: skip
    assert [[int(a), int(b)] for _, a, b in read.tables[bands][1:]] == [
        [one["proposals"], one["decided"]] for one in found["bands"]
    ]
    cells = [int(n) for n in re.findall(r'<div class="big">(\d+)', text)]
    assert cells == [len(c["members"]) for row in found["matrix"]["rows"] for c in row["cells"]]
    moved = "较上一轮的变化" if language == "zh" else "Movements since the last round"
    assert [int(n) for _, n in read.tables[moved][1:]] == list(
        found["movements"]["counts"].values()
    )
    items = "各目录项的读取情况" if language == "zh" else "What was known of each item"
    assert [row[1:] for row in read.tables[items][1:]] == [
        [str(one[state]) for state in ("missing", "known", "unknown", "unverified", "withheld")]
        for one in found["coverage"]["items"]
    ]
    assert [row[2:] for row in read.tables["fives"][1:]] == [
        [str(one["number"]), str(one["unknown"]), *one["numbers"].values()]
        for one in found["dimensions"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_has_its_row_with_its_own_numbers(
    memberships: Memberships, language: str
) -> None:
    made = memberships(language)
    rows = {row[1]: row for row in Reader(page(made)).tables["members"][1:]}
    assert len(rows) == 40
    for one in made["members"]:
        row = rows[one["subject"]]
        assert row[0] == one["name"]
        assert row[2] == (one["proposal"]["score"] or "–")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proposal_never_stands_where_a_grade_does(language: str) -> None:
    made = document(every_kind(), language)
    read = Reader(page(made))
    words = {code: text.in_language(language) for code, text in STANDING_WORDS.items()}
    by_name = {one["name"]: one for one in made["members"]}
    for row in read.tables["members"][1:]:
        one = by_name[row[0]]
        status, grade = row[5], row[6]
        if one["decision"] and one["decision"]["outcome"] != "decline":
            assert status.startswith(words["decided"])
            assert grade != "–"
        elif one["earlier_decision"]:
            assert status == words["proposal"]
            assert "2026-11-02" in grade
        else:
            assert not status.startswith(words["decided"])
            assert grade == "–"
    scripted = next(row for row in read.tables["members"] if row[2] == "61.5")
    assert ("脚本" if language == "zh" else "script") in scripted[5]


def test_no_number_of_a_withheld_proposal_is_on_the_page_or_in_the_json() -> None:
    hidden = closed()
    members = [member(1, proposal("80")), member(2, hidden), member(3, hidden)]
    members[2] |= {"decision": decision("confirm", "medium")}
    read = Reader(page(document(members)))
    rows = {row[0]: row for row in read.tables["members"]}
    row = rows[members[1]["name"]]
    assert row[2:5] == ["–", "–", "–"]
    assert row[6:10] == ["–", "–", "–", "–"]
    assert row[5] == "WITHHELD"
    assert rows[members[2]["name"]][2:5] == ["–", "–", "–"]
    assert "Medium" in rows[members[2]["name"]][6]
    measured = {row[0]: row for row in read.tables["measured"]}
    assert measured[members[1]["name"]][4:] == ["–", "–"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_text(language: str) -> None:
    members = [
        member(n, proposal(str(60 + n)), name=name, industry="I", registered_capital="100")
        for n, name in enumerate(HOSTILE)
    ]
    moved = {"before": "round", "previous": proposal("62", as_of="2026-05-01")}
    members = [{**one, **moved} for one in members]
    made = document(members, language, operator=HOSTILE[0] + HOSTILE[1])
    made["scheme"]["name"] = HOSTILE[2]
    made["scheme_warnings"] = [HOSTILE[0]]
    text = page(made)
    calm = Reader(page(document([member(n, proposal("60")) for n in range(7)], language)))
    read = Reader(text)
    assert not read.loads
    assert read.kinds.count("script") == calm.kinds.count("script") == 2
    assert "img" not in read.kinds
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00\x1b]", text)
    names = {row[0] for row in read.tables["members"]}
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[3], HOSTILE[4], LONG} <= names
    assert any("甲\ufffdevil" in name for name in names)
    assert "49" not in names


def test_a_member_without_a_name_is_called_by_its_code() -> None:
    one = member(1, proposal("80"), name="")
    assert Reader(page(document([one]))).tables["members"][1][0] == one["subject"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_nothing_and_runs_only_what_its_policy_names(
    memberships: Memberships, language: str
) -> None:
    text = page(memberships(language))
    read = Reader(text)
    assert not read.loads
    assert not {"iframe", "object", "embed", "img", "link", "base"} & set(read.kinds)
    assert "url(" not in text
    assert "@import" not in text
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    for name, inside in (("style-src", style), ("script-src", script)):
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_its_words_and_its_table(memberships: Memberships, language: str) -> None:
    text = page(memberships(language))
    figures = re.findall(r"<figure>.*?</figure>", text, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        assert re.search(r"<desc[^>]*>[^<]{10,}", figure)
        own = "<tbody>" in figure
        assert own is not ('id="dimensions-title"' in figure)  # whose table stands below it
    assert '<table class="plain" id="fives">' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_is_marked_and_a_real_membership_is_not(language: str) -> None:
    marked = page(document([member(1, proposal("80"))], language))
    plain = page(document([member(1, proposal("80"))], language, sample=False))
    assert 'class="sample"' in marked
    assert 'class="sample"' not in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_gives_the_same_page_in_its_language(language: str) -> None:
    made = document(every_kind(), language)
    assert page(made) == page(made)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page(made)
    chinese = re.findall(r"[\u4e00-\u9fff]+", " ".join(Reader(page(made)).said))
    names = "".join(one["name"] for one in made["members"])
    ours = {one for one in chinese if one not in names}
    if language == "en":
        assert ours <= {"预评"}
    else:
        assert len(ours) > 50


def test_a_page_can_be_made_of_nobody_that_may_be_shown() -> None:
    assert "There is no score to show." in page(document([member(1, closed()), member(2, None)]))


def test_five_thousand_members_stay_below_three_megabytes() -> None:
    warned = [{"code": "W_RULES_UNCHECKED", "value": "r1"}]
    members = [
        member(
            number,
            proposal(f"{60 + number % 40}.{number:04d}", warnings=warned),
            industry="I",
            registered_capital=str(1_000_000 + number),
            before="round",
            previous=proposal(f"{60 + number % 40}.5", as_of="2026-05-01"),
        )
        for number in range(5_000)
    ]
    made = document(members)
    text = page(made)
    assert len(text.encode()) < 3_000_000
    assert len(Reader(text).tables["members"]) == 5_001
