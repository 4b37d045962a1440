"""The picture of a code: a reader that is not ours reads it back."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp

from tallystick.publication.paper.qr import QUIET_MODULES, qr_svg

CODE = "TALLY1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 9
SPACE = "{http://www.w3.org/2000/svg}"
SCALE = 4


def drawn(svg: str) -> npt.NDArray[np.uint8]:
    """Return the picture as a raster: runs of black in a path of M, m and h."""
    root = ET.fromstring(svg)  # noqa: S314 - made by the function under test
    size = int(root.attrib["viewBox"].split()[2])
    raster = np.full((size, size), 255, dtype=np.uint8)
    [path] = [p for p in root.iter(f"{SPACE}path") if p.attrib.get("stroke") == "#000"]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path.attrib["d"]):
        given = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = given
        elif command == "m":
            x, y = x + given[0], y + given[1]
        else:
            raster[int(y), int(x) : int(x + given[0])] = 0
            x += given[0]
    return np.kron(raster, np.ones((SCALE, SCALE), dtype=np.uint8))


@pytest.mark.parametrize("text", [CODE[:40], CODE[:280], CODE])
def test_another_reader_reads_what_was_written(text: str) -> None:
    [found] = zxingcpp.read_barcodes(drawn(qr_svg(text, title="Code")))
    assert found.text == text
    assert found.format == zxingcpp.BarcodeFormat.QRCode


def test_the_quiet_zone_is_there() -> None:
    raster = drawn(qr_svg(CODE, title="Code"))
    edge = QUIET_MODULES * SCALE
    assert (raster[:edge] == 255).all()
    assert (raster[:, -edge:] == 255).all()
    assert (raster[edge] == 0).any()


def test_who_cannot_see_it_is_told_what_it_is() -> None:
    root = ET.fromstring(qr_svg(CODE, title="核验码 <Code>"))  # noqa: S314 - as above
    assert root.findtext(f"{SPACE}title") == "核验码 <Code>"


def test_the_same_text_gives_the_same_picture() -> None:
    assert qr_svg(CODE, title="Code") == qr_svg(CODE, title="Code")
    assert "Z" not in qr_svg(CODE, title="").split("<path")[0]


@pytest.mark.parametrize("text", ["small letters", "汉字", "A" * 5000])
def test_what_the_mode_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        qr_svg(text, title="Code")
