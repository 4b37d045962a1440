"""Commands of the pages other people read."""

from __future__ import annotations

from tallystick.cli.syntax import FILE, USCC, Command, Example, argument, option, path
from tallystick.kernel.texts import Text

_REPORT = Command(
    "report",
    Text("出具一家组织的信用报告（画像）", "give out the credit report of one organisation"),
    Text(
        "网页（.html，自成一体）或 PDF（.pdf，PDF/A-3a，可长期保存），由文件名的后缀决定。写明"
        "身份、等级或预评、得分构成、命中的规则、标签、每条事实的来源与期限、未读取的信息、谁看过。没有"
        "认定的，每页都标明“预评”。报告供参考；出具一次，就留下一条使用记录。",
        "A web page (.html, one file that needs nothing else) or a PDF (.pdf, PDF/A-3a, to keep), "
        "by the ending of the name. It holds identity, grade or proposal, how the score is made "
        "up, rules hit, tags, the source and term of every fact, what was withheld, and who "
        "looked. What nobody decided on is marked PROPOSAL on every page. A report is for "
        "reference; giving one out leaves a use record.",
    ),
    (
        argument(
            "subject",
            USCC,
            Text("报告的主体：信用代码或 LEI", "the organisation: USCC or LEI"),
        ),
        option(
            "-o --output",
            FILE,
            Text(
                "写入的文件，以 .html 或 .pdf 结尾；默认为当前文件夹里的 PDF，名含代码和日期",
                "the file, ending in .html or .pdf; by default a PDF in this folder, its name made "
                "of code, name and day",
            ),
            convert=path,
        ),
    ),
    run="reports.report",
    examples=(
        Example(
            "tally report 91310110631568129R -o report.pdf",
            Text("出一份 PDF", "write a PDF"),
        ),
        Example(
            "tally report 91310110631568129R -o report.html --lang en",
            Text("出一份英文网页", "write a web page in English"),
        ),
    ),
)

COMMANDS = (_REPORT,)
