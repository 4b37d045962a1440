"""What every test of the sources uses: rows written to a file, and a file read to the end."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallystick.kernel.errors import Problem
from tallystick.kernel.identifiers import make_uscc
from tallystick.sources import (
    DraftGrant,
    DraftRecord,
    Mapping,
    SourceReader,
    interpret,
    open_source,
    profile_of,
)
from tallystick.sources.templates import template_columns

COMPANY = make_uscc("91310110", 20260001)
ORGAN = make_uscc("11310110", 2026)


@dataclass(frozen=True)
class Taken:
    """All that came out of a file."""

    reader: SourceReader
    drafts: list[DraftRecord]
    grants: list[DraftGrant]
    problems: list[Problem]
    refused: Counter[str]
    dropped: Counter[str]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def only(self) -> DraftRecord:
        (draft,) = self.drafts
        assert self.problems == []
        return draft


Read = Callable[..., Taken]
Write = Callable[..., Path]


def take(path: Path, source: str, mapping: Mapping | Path | None = None) -> Taken:
    reader = open_source(path, source, mapping)
    taken = Taken(reader, [], [], [], Counter(), Counter())
    for chunk in reader.chunks():
        found = interpret(chunk)
        taken.drafts.extend(found.drafts)
        taken.grants.extend(found.grants)
        # Rows of tests are made from the example of the template, which is warned of in every row.
        taken.problems.extend(p for p in found.problems if p.code != "example_row")
        taken.refused.update(found.refused)
        taken.dropped.update(found.dropped)
    taken.problems.extend(reader.problems)
    taken.refused.update(reader.refused)
    taken.dropped.update(reader.dropped)
    return taken


def example(source: str, **changes: str) -> dict[str, str]:
    """Return the example row of a template by column code, with changes."""
    columns = template_columns(profile_of(source))
    return {column.code: column.example for column in columns} | changes


def csv_text(rows: Sequence[dict[str, Any]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows (dicts by header) as CSV, return the path."""

    def write_rows(
        *rows: dict[str, Any], encoding: str = "utf-8", delimiter: str = ",", name: str = "file.csv"
    ) -> Path:
        path = tmp_path / name
        path.write_bytes(csv_text(rows, delimiter).encode(encoding))
        return path

    return write_rows


@pytest.fixture
def read(write: Write) -> Read:
    """Write rows as CSV and read them as a source."""

    def read_rows(source: str, *rows: dict[str, Any], **options: Any) -> Taken:
        return take(write(*rows, **options), source)

    return read_rows


@pytest.fixture
def penalty() -> dict[str, str]:
    """A penalty in the current form, as the example of the template has it."""
    return example("penalties")


@pytest.fixture
def old_penalty() -> dict[str, str]:
    """The same penalty in the form of 2015."""
    return {
        "CF_WSH": "示市监罚〔2016〕101号",
        "CF_CFMC": "虚假宣传案",
        "CF_CFLB1": "警告",
        "CF_CFLB2": "罚款",
        "CF_SY": "当事人在网站上作虚假宣传（虚构示例）",
        "CF_YJ": "《中华人民共和国广告法》第五十五条",
        "CF_XDR": "示例链条科技有限公司（虚构）",
        "CF_XDR_SHXYM": COMPANY,
        "CF_XDR_ZDM": "",
        "CF_XDR_GSDJ": "",
        "CF_XDR_SWDJ": "",
        "CF_XDR_SFZ": "",
        "CF_FR": "",
        "CF_JG": "罚款2000元",
        "CF_JDRQ": "2016年3月7日",
        "CF_JZRQ": "2099/12/31",
        "CF_XZJG": "示例市虚构区市场监督管理局（虚构）",
        "CF_ZT": "0",
        "DFBM": "310110",
        "GSQX": "",
        "SJC": "2016-03-09 10:00:00",
        "BZ": "",
    }
