"""Questionnaires to fill in, made from a scheme.

Owns what `tally template questionnaire` writes, as a workbook, CSV or YAML. Rules: a form asks for
a role or number of the expert and for nothing else about a person; the pairs that connect all items
come first, so that whoever stops early has still answered, and next those that make the answers
testable; both languages stand on the form,
whoever made it; what is written can be read back as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tallystick.evaluation.ahp import QUESTIONNAIRE_FORM, Layer, pairs_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

QUESTIONNAIRE: Final = "questionnaire"

BAD_FORM_SUFFIX = Reason(
    "bad_questionnaire_suffix",
    Text("问卷只能写成 .xlsx、.csv 或 .yaml", "a questionnaire is written as .xlsx, .csv or .yaml"),
    "docs/ahp.md",
    Text("请换一个文件名。", "Choose another name for the file."),
)
NOTHING_TO_ASK = Reason(
    "nothing_to_ask",
    Text("方案没有两项以上的组，无须问卷", "no group of the scheme has two items: nothing to ask"),
    "docs/ahp.md",
)

_HEADERS: Final = ("a / 甲", "A 甲项 item", "judgment / 判断", "B 乙项 item", "b / 乙")
_CHOICES: Final = (
    *(f"A{value}" for value in range(9, 1, -1)),
    "1",
    *(f"B{value}" for value in range(2, 10)),
)
_WIDTHS: Final = (10, 44, 16, 44, 10)
_EXPERT: Final = "expert / 专家"
_GROUP: Final = "group / 组"
_GUIDE: Final = "说明 Guide"
_ADVICE: Final = (
    Text(
        "逐对比较：哪一项对信用更重要，重要多少倍？",
        "Compare pair by pair: which of the two matters more for credit, and how many times?",
    ),
    Text(
        "A3 表示甲项是乙项的 3 倍，B5 表示乙项是甲项的 5 倍，1 表示同样重要；拿不准就留空。",
        "A3: item A matters 3 times as much; B5: item B 5 times as much; 1: both alike. Leave it "
        "blank if you cannot say.",
    ),
    Text(
        "标度：1 同样，3 稍微，5 明显，7 强烈，9 极端；2、4、6、8 居中。",
        "Scale: 1 equal, 3 moderate, 5 strong, 7 very strong, 9 extreme; 2, 4, 6, 8 between.",
    ),
    Text(
        "专家栏只写角色或编号，如“专家3”；不写姓名、证件号、电话。",
        'The expert is named by a role or number, such as "expert 3": no name, identity number or '
        "telephone.",
    ),
    Text(
        "请从前往后答，尽量答到建议的对数：只答最少的几对，就没有多余的判断，前后是否一致无法检验。",
        "Answer from the top, as many as advised if you can: the least alone leave no redundant "
        "judgment, and whether they are consistent cannot be tested.",
    ),
)
_IN_BOLD: Final = Text(
    "每组排在前面、用粗体的几对是最少要答的：它们把所有项目连起来。",
    "The first pairs of each group, in bold, are the least to answer: they connect all items.",
)
_AT_LEAST: Final = Text(
    "共 {pairs} 对，至少答 {fewest} 对，建议答 {advised} 对",
    "pairs: {pairs}; answer {fewest} at least, better {advised}",
)


def write_questionnaire(
    layers: Sequence[Layer], scheme: str, path: Path, language: str
) -> dict[str, Any]:
    """Write a questionnaire about `layers` to `path`; return how much it asks.

    scheme: its id. language: which language comes first. Raises: NOTHING_TO_ASK, BAD_FORM_SUFFIX.
    """
    if not layers:
        raise NOTHING_TO_ASK.error()
    writers = {".xlsx": _workbook, ".csv": _csv, ".yaml": _yaml, ".yml": _yaml}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise BAD_FORM_SUFFIX.error()
    path.write_bytes(write(layers, scheme, language))
    return {
        "groups": [
            {
                "group": one.name,
                "items": len(one.items),
                "pairs": one.pairs,
                "fewest": one.fewest,
                "advised": one.advised,
            }
            for one in layers
        ],
        "pairs": sum(one.pairs for one in layers),
        "fewest": sum(one.fewest for one in layers),
        "advised": sum(one.advised for one in layers),
    }


def _ordered(layer: Layer) -> Iterator[tuple[int, int, bool]]:
    """Yield the pairs of a group, neighbours first, and whether each is one of the least."""
    for i, j in sorted(pairs_of(len(layer.items)), key=lambda pair: (pair[1] - pair[0], pair[0])):
        yield i, j, j == i + 1


def _both(text: Text, language: str) -> str:
    first, second = (text.zh, text.en) if language == "zh" else (text.en, text.zh)
    return f"{first}  {second}"


def _rows(layer: Layer, language: str) -> Iterator[tuple[list[str], bool]]:
    for i, j, least in _ordered(layer):
        a, b = (_both(layer.item_names[n], language) for n in (i, j))
        yield [layer.items[i], a, "", b, layer.items[j]], least


def _told(layer: Layer, language: str) -> str:
    told = _AT_LEAST.fill(pairs=layer.pairs, fewest=layer.fewest, advised=layer.advised)
    return f"{_both(layer.names, language)}: {_both(told, language)}"


# -- workbooks ------------------------------------------------------------------------------------


def _workbook(layers: Sequence[Layer], scheme: str, language: str) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  (slow to load)
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    book = Workbook()
    guide = book.worksheets[0]
    guide.title = _GUIDE
    guide.append([_EXPERT, None])
    guide.append([scheme])
    for advice in (*_ADVICE, _IN_BOLD):
        guide.append([_both(advice, language)])
    for layer in layers:
        guide.append([_told(layer, language)])
    guide.column_dimensions["A"].width = 100
    guide.column_dimensions["B"].width = 24
    guide["B1"].fill = PatternFill("solid", fgColor="FFF2CC")
    guide["B1"].number_format = "@"
    guide["A1"].font = Font(bold=True)
    for row in guide.iter_rows(min_row=2):
        row[0].alignment = Alignment(wrap_text=True)
    for layer in layers:
        _fill_sheet(book.create_sheet(layer.name[:31]), layer, language)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _fill_sheet(sheet: Worksheet, layer: Layer, language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    sheet.append([_GROUP, layer.name])
    sheet.append([_told(layer, language)])
    sheet.append(list(_HEADERS))
    for cell in (sheet["A1"], *sheet[3]):
        cell.font = Font(bold=True)
    for row, least in _rows(layer, language):
        sheet.append([value or None for value in row])
        line = sheet[sheet.max_row]
        line[2].number_format = "@"
        line[2].alignment = Alignment(horizontal="center")
        if least:
            line[2].fill = PatternFill("solid", fgColor="FFF2CC")
            for cell in line:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A4"
    offered = DataValidation("list", formula1=f'"{",".join(_CHOICES)}"', allow_blank=True)
    offered.error = "A9 ... A2, 1, B2 ... B9"
    offered.add(f"C4:C{sheet.max_row}")
    sheet.add_data_validation(offered)


# -- texts ----------------------------------------------------------------------------------------


def _csv(layers: Sequence[Layer], scheme: str, language: str) -> bytes:
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow([scheme])
    writer.writerows([_both(advice, language)] for advice in _ADVICE)
    writer.writerows([_told(layer, language)] for layer in layers)
    writer.writerow([_EXPERT, ""])
    writer.writerow([_GROUP, *_HEADERS])
    for layer in layers:
        writer.writerows([layer.name, *row] for row, _ in _rows(layer, language))
    return held.getvalue().encode("utf-8-sig")


def _yaml(layers: Sequence[Layer], scheme: str, language: str) -> bytes:
    lines = [f"# {_both(advice, language)}" for advice in _ADVICE]
    lines += [f"form: {QUESTIONNAIRE_FORM}", f"scheme: {scheme}", 'expert: ""', "groups:"]
    for layer in layers:
        lines.append(f"  # {_told(layer, language)}")
        lines += [f"  - group: {_quoted(layer.name)}", "    judgments:"]
        for row, _ in _rows(layer, language):
            pair = f"{{a: {_quoted(row[0])}, b: {_quoted(row[4])}, judgment: }}"
            lines.append(f"      - {pair}  # {row[1]} : {row[3]}")
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
