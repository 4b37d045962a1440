from __future__ import annotations

import hashlib
from importlib import metadata, resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_zh_cn as packaged
import pytest
from fontTools.ttLib import TTFont

from tallystick.kernel.errors import TallyError
from tallystick.publication import fonts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def no_memory() -> Iterator[None]:
    for remembered in (fonts.font_bytes, fonts.letters):
        remembered.cache_clear()
    yield
    for remembered in (fonts.font_bytes, fonts.letters):
        remembered.cache_clear()


def test_the_font_is_the_one_pinned_and_may_be_handed_on() -> None:
    font = TTFont(BytesIO(fonts.font_bytes()))
    assert hashlib.sha256(fonts.font_bytes()).hexdigest() == fonts.DIGEST
    assert font["name"].getDebugName(1) == fonts.FAMILY
    assert "SIL Open Font License, Version 1.1" in (font["name"].getDebugName(13) or "")
    assert font["OS/2"].fsType == 0  # may be embedded and installed
    files = metadata.files("pylopdf-fonts-zh-cn") or []
    licences = [file for file in files if file.name == "LICENSE"]
    assert licences
    assert "SIL OPEN FONT LICENSE Version 1.1" in licences[0].read_text()


def test_the_letters_are_those_another_reader_of_fonts_finds() -> None:
    font = TTFont(BytesIO(fonts.font_bytes()))
    assert fonts.letters() == frozenset(font.getBestCmap())


def test_rare_letters_of_names_are_there() -> None:
    # Letters of names and of GBK, which is what registries type in.
    every = "".join(
        bytes((high, low)).decode("gbk", "ignore")
        for high in range(0x81, 0xFF)
        for low in range(0x40, 0xFF)
    )
    assert set(fonts.shown(every).missing) == {"\x7f", "≒"}
    assert fonts.shown("㛃䶮𬭊𫘜𰻞") == ("㛃䶮𬭊𫘜𰻞", ())
    assert fonts.shown("“引号”，（括号）《书名》——……·①●▲◆■○→×≥≤¥") == (
        "“引号”，（括号）《书名》——……·①●▲◆■○→×≥≤¥",
        (),
    )


def test_a_letter_the_font_lacks_is_named_and_never_dropped() -> None:
    found = fonts.shown("𠮷野𠮷☐a\tb\u2028c")
    assert found.text == "[U+20BB7]野[U+20BB7][U+2610]a b\nc"
    assert found.missing == ("𠮷", "☐")


def test_a_control_letter_cannot_hide() -> None:
    assert fonts.shown("a\x00b\u202ec").text == "a[U+0000]b[U+202E]c"


@pytest.mark.usefixtures("no_memory")
def test_another_font_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "NotoSansSC-Regular.otf"
    other.write_bytes(packaged.sans_path().read_bytes() + b"\0")
    monkeypatch.setattr(packaged, "sans_path", lambda: other)
    with pytest.raises(TallyError) as refused:
        fonts.font_folder()
    assert refused.value.reason is fonts.FONT_CHANGED


def test_the_pinned_version_is_the_one_the_refusal_names() -> None:
    wanted = f"pylopdf-fonts-zh-cn=={metadata.version('pylopdf-fonts-zh-cn')}"
    assert wanted in fonts.FONT_CHANGED.remedy.en
    assert wanted in fonts.FONT_CHANGED.remedy.zh
    assert resources.files("pylopdf_fonts_zh_cn").joinpath("NotoSansSC-Regular.otf").is_file()
