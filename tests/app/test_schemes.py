from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app import schemes
from tallystick.app.evaluating import evaluate
from tallystick.evaluation import SchemeError, shipped_scheme, shipped_schemes
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from tests.app.conftest import House

    from tallystick.app.store import Store

from .conftest import MEMBERS, SCHEME


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A scheme of one's own, made from the template."""
    file = tmp_path / "own.yaml"
    file.write_text(schemes.new("own-scheme"), encoding="utf-8")
    return file


def test_the_template_is_a_scheme_without_faults(own: Path) -> None:
    assert schemes.lint(own) == []


def test_a_scheme_is_sealed_once(empty: House, own: Path) -> None:
    with empty.opened() as store:
        first = schemes.publish(store, str(own))
        records = store.log.records
        again = schemes.publish(store, str(own))
        assert store.log.records == records
    assert (first["already_published"], again["already_published"]) == (False, True)
    assert (first["record"], first["digest"]) == (again["record"], again["digest"])


def test_comments_and_spaces_make_no_other_scheme(empty: House, own: Path) -> None:
    with empty.opened() as store:
        first = schemes.publish(store, str(own))
        own.write_text("# a remark\n\n" + own.read_text(encoding="utf-8"), encoding="utf-8")
        again = schemes.publish(store, str(own))
    assert again["already_published"]
    assert again["digest"] == first["digest"]


def test_a_changed_scheme_is_sealed_anew_and_the_newest_evaluates(
    small: House, tmp_path: Path
) -> None:
    file = tmp_path / "changed.yaml"
    text = shipped_scheme(SCHEME).replace(f"id: {SCHEME}", "id: our-own", 1)
    with small.opened() as store:
        file.write_text(text, encoding="utf-8")
        schemes.publish(store, str(file))
        [before] = evaluate(store, "our-own", [MEMBERS[0]])
        file.write_text(text.replace('version: "1.0"', 'version: "1.1"', 1), encoding="utf-8")
        published = schemes.publish(store, str(file))
        [after] = evaluate(store, "our-own", [MEMBERS[0]])
        old = store.body(store.find(before["record"]))
        assert store.body(store.find(old["scheme"]))["digest"] == before["scheme"]["digest"]
    assert (before["scheme"]["version"], after["scheme"]["version"]) == ("1.0", "1.1")
    assert after["scheme"]["digest"] == published["digest"]


def refused(store: Store, file: Path) -> str:
    before = store.log.records
    with pytest.raises(TallyError) as caught:
        schemes.publish(store, str(file))
    assert store.log.records == before
    return caught.value.code


def test_another_text_does_not_take_the_id_of_a_shipped_scheme(
    empty: House, tmp_path: Path
) -> None:
    file = tmp_path / "taken.yaml"
    text = shipped_scheme(SCHEME)
    for change in (("0.25", "0.3"), ('version: "1.0"', 'version: "2.0"')):
        file.write_text(text.replace(*change, 1), encoding="utf-8")
        if schemes.lint(file):
            continue
        with empty.opened() as store:
            assert refused(store, file) == "name_of_a_shipped_scheme"
    file.write_text(f"# the same\n{text}", encoding="utf-8")
    with empty.opened() as store:
        assert not schemes.publish(store, str(file))["already_published"]


def test_one_version_of_a_scheme_says_one_thing(empty: House, own: Path) -> None:
    text = own.read_text(encoding="utf-8")
    other = text.replace("at_least: 3, points: 40", "at_least: 3, points: 39", 1)
    assert other != text
    with empty.opened() as store:
        schemes.publish(store, str(own))
        own.write_text(other, encoding="utf-8")
        assert schemes.lint(own) == []
        assert refused(store, own) == "same_version"
        own.write_text(other.replace('version: "', 'version: "9', 1), encoding="utf-8")
        schemes.publish(store, str(own))
        own.write_text(other, encoding="utf-8")  # nor the version before the newest
        assert refused(store, own) == "same_version"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00f", "id: 方案".encode("gb18030")])
def test_a_scheme_that_is_no_utf_8_is_refused_with_what_to_do(
    empty: House, own: Path, data: bytes
) -> None:
    own.write_bytes(data)
    with pytest.raises(TallyError) as caught:
        schemes.lint(own)
    assert caught.value.code == "scheme_not_text"
    assert "UTF-8" in caught.value.remedy.en
    with empty.opened() as store:
        assert refused(store, own) == "scheme_not_text"


def test_a_mark_at_the_beginning_of_a_file_is_no_fault(own: Path) -> None:
    own.write_bytes(b"\xef\xbb\xbf" + own.read_bytes())
    assert schemes.lint(own) == []


def test_a_shipped_scheme_is_published_at_its_first_use(empty: House) -> None:
    with empty.opened() as store:
        assert list(store.index.of_kind("scheme")) == []
        found = schemes.find(store, SCHEME)
        [number] = store.index.of_kind("scheme")
        assert store.numbered(number).record == found.record
        assert schemes.find(store, SCHEME).record == found.record


def test_faults_are_told_with_their_lines_and_nothing_is_sealed(empty: House, own: Path) -> None:
    lines = own.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("scale:"))
    lines[at] = "scale: {min: 100, max: 0}"
    own.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = schemes.lint(own)
    assert [problem.line for problem in problems] == [at + 1]
    with empty.opened() as store:
        before = store.log.records
        with pytest.raises((SchemeError, TallyError)):
            schemes.publish(store, str(own))
        assert store.log.records == before


def test_a_file_of_nonsense_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    file = tmp_path / "scheme.yaml"
    for text in ("", "[]", "a: b: c", "form: something\n", "{" * 500):
        file.write_text(text, encoding="utf-8")
        assert schemes.lint(file), text


@pytest.mark.parametrize("name", shipped_schemes())
def test_a_shipped_scheme_shows_without_a_workspace(name: str) -> None:
    shown = schemes.show(None, name)
    assert shown["id"] == name
    assert (shown["record"], len(shown["digest"])) == ("", 64)


def test_an_unknown_scheme_is_refused(empty: House) -> None:
    with empty.opened() as store, pytest.raises(TallyError, match="no_such_scheme"):
        schemes.find(store, "nobody-made-this")
    with pytest.raises(TallyError, match="no_such_scheme"):
        schemes.show(None, "nobody-made-this")
