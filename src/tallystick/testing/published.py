"""Published data of real, anonymous companies, as files to import and to model on.

Owns the one public set that ships, `polish1`, and the files made from it: the statements with their
outcome, and a roster that puts the companies on a list of members. Rules: every number is that of
the source; codes lie in the division kept for samples; names, the end of the period and the consent
are fiction and say so; beside every file lies the licence. The same date gives the same bytes.

    write_statements(Path("polish1.csv"), as_of="2026-11-01")    # uscc, period_end, X1 ... X64, y
    write_companies(Path("roster.csv"), as_of="2026-11-01")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, Final

from tallystick.kernel.dates import date_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import SAMPLE_DIVISION
from tallystick.kernel.texts import Text
from tallystick.sources.tables import cell_text
from tallystick.testing.fiction import COMPANY, fictional_uscc
from tallystick.testing.tables import write_csv, write_parquet, write_xlsx

POLISH1: Final = "polish1"
PUBLISHED: Final = (POLISH1,)
COMPANIES: Final = 7_027
RATIOS: Final = tuple(f"X{number}" for number in range(1, 65))
TARGET: Final = "y"
CODE: Final = "uscc"
PERIOD_END: Final = "period_end"
FORMATS: Final = (".csv", ".parquet", ".xlsx")
_CONSENT_WITHOUT_END: Final = "2099-12-31"
_ROSTER: Final = (
    "企业名称",
    "统一社会信用代码",
    "主体类型",
    "信息截止日期",
    "授权书摘要（SHA-256）",
    "授权日期",
    "授权范围",
    "授权用途",
    "授权截止日期",
)

UNKNOWN_ENDING = Reason(
    "unknown_ending",
    Text("不能写成 {file} 这种格式", "{file} has an ending that cannot be written"),
    "",
    Text("文件名请以 {known} 结尾。", "Let the name of the file end in one of {known}."),
)


def licence_text() -> str:
    """Return source, licence and changes of the set, to stand beside every copy (CC BY 4.0)."""
    return _packaged("polish1.LICENCE.txt").decode()


def consent_text() -> bytes:
    """Return the fictional consent the roster names by its digest."""
    return _packaged("polish1.consent.txt")


@cache
def company_codes() -> tuple[str, ...]:
    """Return the made-up codes of all companies, in the order of the source."""
    numbers = range(1, COMPANIES + 1)
    return tuple(fictional_uscc(COMPANY, number, SAMPLE_DIVISION) for number in numbers)


def period_end(as_of: str) -> str:
    """Return the nominal end of the period: the last day of the year before `as_of` (ISO).

    The source names no date, and a statement of 2013 would be past the term a ratio is kept for.
    """
    return f"{date_of(as_of).year - 1}-12-31"


def spread(count: int) -> list[int]:
    """Return `count` places of companies, evenly over the set: the bankrupt stand at its end."""
    count = min(count, COMPANIES)
    return [place * COMPANIES // count for place in range(count)]


def write_statements(path: Path, as_of: str, count: int = COMPANIES) -> None:
    """Write code, nominal period, X1 to X64 and y of `count` companies into `path`.

    The ending says the format: .csv and .xlsx hold the shortest text of each number, .parquet the
    float64 of the source; what is missing in the source is empty. Raises: UNKNOWN_ENDING.
    """
    check_ending(path)
    places = spread(count)
    header = (CODE, PERIOD_END, *RATIOS, TARGET)
    if path.suffix.lower() == ".parquet":
        _write_numbers(path, as_of, places)
    else:
        rows = _rows(as_of, places)
        # A spreadsheet keeps numbers as numbers, so that people can reckon with them.
        written = rows if path.suffix.lower() == ".xlsx" else (map(cell_text, row) for row in rows)
        _write_rows(path, header, map(tuple, written))


def write_companies(path: Path, as_of: str, count: int = COMPANIES) -> None:
    """Write the roster of `count` companies, each with the fictional consent, into `path`.

    Raises: UNKNOWN_ENDING.
    """
    check_ending(path)
    end = period_end(as_of)
    given = f"{date_of(as_of).year}-01-01"
    digest = sha256(consent_text()).hexdigest()
    codes = company_codes()
    consent = (digest, given, "财务", "association_evaluation", _CONSENT_WITHOUT_END)
    rows = (
        (f"样例公司{place + 1:04d}（SAMPLE）", codes[place], "法人及非法人组织", end, *consent)
        for place in spread(count)
    )
    _write_rows(path, _ROSTER, rows)


def check_ending(path: Path) -> None:
    """Check that `path` ends in a format that can be written. Raises: UNKNOWN_ENDING."""
    if path.suffix.lower() not in FORMATS:
        raise UNKNOWN_ENDING.error(file=path.name, known=", ".join(FORMATS))


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    ending = path.suffix.lower()
    if ending == ".csv":
        write_csv(path, header, rows)
    elif ending == ".xlsx":
        write_xlsx(path, POLISH1, header, rows)
    else:
        write_parquet(path, header, rows)


def _rows(as_of: str, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    codes, end = company_codes(), period_end(as_of)
    columns = [_table().column(name).to_pylist() for name in (*RATIOS, TARGET)]
    for place in places:
        yield (codes[place], end, *(column[place] for column in columns))


def _write_numbers(path: Path, as_of: str, places: Sequence[int]) -> None:
    import pyarrow as pa  # noqa: PLC0415  (slow to import; few callers need it)
    from pyarrow import parquet  # noqa: PLC0415

    codes, end = company_codes(), period_end(as_of)
    table = _table().take(places)
    table = table.add_column(0, CODE, pa.array([codes[place] for place in places]))
    table = table.add_column(1, PERIOD_END, pa.array([end] * len(places)))
    # The licence goes with the data.
    noted = table.replace_schema_metadata({"licence": licence_text()})
    parquet.write_table(noted, path, compression="zstd")


@cache
def _table() -> Any:  # noqa: ANN401  (pyarrow ships no types)
    from pyarrow import BufferReader, parquet  # noqa: PLC0415

    return parquet.read_table(BufferReader(_packaged("polish1.parquet")))


def _packaged(name: str) -> bytes:
    return resources.files("tallystick.testing").joinpath("data", name).read_bytes()
