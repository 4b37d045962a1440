from __future__ import annotations

import time
from importlib import resources

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.catalogue import read_catalogue
from tallystick.rulebook.packs import (
    PACK_BROKEN,
    PACK_NAMES,
    parse_pack,
    read_pack,
    rule_packs,
)
from tallystick.rulebook.refusals import RefusalList

LOAD_MS_MAX = 60

HEADING = """
pack: sample
jurisdiction: CN
edition: "1"
in_force: {from: 2026-04-01, to: null}
names: {zh: 样例, en: sample}
"""


def source(name: str) -> str:
    folder = resources.files("tallystick.rulebook") / "data"
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def test_every_data_file_is_a_pack_that_is_listed() -> None:
    folder = resources.files("tallystick.rulebook") / "data"
    files = {entry.name.removesuffix(".yaml") for entry in folder.iterdir()}
    assert files == set(PACK_NAMES) == {pack.name for pack in rule_packs()}


@pytest.mark.parametrize("name", PACK_NAMES)
def test_a_pack_names_jurisdiction_edition_first_day_and_digest(name: str) -> None:
    pack = read_pack(name)
    assert pack.jurisdiction == "CN"
    assert pack.edition
    assert pack.in_force_from <= "2026-04-01"
    assert len(bytes.fromhex(pack.digest)) == 32
    assert pack.names.zh
    assert pack.names.en


def test_a_comment_changes_no_digest_and_a_word_does() -> None:
    plain = parse_pack("sample", HEADING + "limit: 3\n")
    commented = parse_pack("sample", "# why\n" + HEADING + "\n\nlimit:    3   # days\n")
    changed = parse_pack("sample", HEADING + "limit: 4\n")
    assert plain.digest == commented.digest != changed.digest


@pytest.mark.parametrize(
    "document",
    [
        HEADING + "limit: 3\nlimit: 4\n",
        HEADING.replace("edition", "edtion"),
        HEADING.replace("sample\njur", "another\njur"),
        HEADING.replace("2026-04-01", "2026-4-1"),
        HEADING.replace("{zh: 样例, en: sample}", "{zh: 样例}"),
        HEADING.replace("{zh: 样例, en: sample}", "{zh: 样例, en: sample, fr: exemple}"),
        HEADING + "limit: [\n",
        "- a list\n",
        "",
    ],
)
def test_a_faulty_pack_is_refused_whole(document: str) -> None:
    with pytest.raises(TallyError) as refusal:
        parse_pack("sample", document)
    assert refusal.value.reason is PACK_BROKEN


def test_no_dialect_of_yaml_decides_what_a_word_means() -> None:
    body = parse_pack("sample", HEADING + "answer: no\ncode: 01\nnothing: ~\n").body
    assert body.text("answer") == "no"
    assert body.text("code") == "01"
    assert body.text_or_none("nothing") is None
    with pytest.raises(TallyError):
        body.flag("answer")
    with pytest.raises(TallyError):
        body.integer("code")


def test_a_misspelt_key_of_an_item_is_found_with_its_place() -> None:
    document = source("catalogue").replace("need: required, zh: 名称", "ned: required, zh: 名称", 1)
    with pytest.raises(TallyError) as refusal:
        read_catalogue(parse_pack("catalogue", document))
    assert refusal.value.reason is PACK_BROKEN
    assert "items[1].fields[1]" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "read"), [("catalogue", read_catalogue), ("refusals", RefusalList)]
)
def test_a_pack_is_read_within_its_budget(name: str, read: type[RefusalList]) -> None:
    document, spent = source(name), []
    for _ in range(5):
        start = time.perf_counter()
        read(parse_pack(name, document))
        spent.append(time.perf_counter() - start)
    assert min(spent) * 1000 < LOAD_MS_MAX
