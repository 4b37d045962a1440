"""Commands of the pages other people read."""

from __future__ import annotations

from tallystick.cli.syntax import (
    FILE,
    SCHEME,
    USCC,
    Command,
    Example,
    argument,
    flag,
    option,
    path,
)
from tallystick.kernel.texts import Text

_REPORT = Command(
    "report",
    Text(
        "出具一家组织的信用报告（画像），或全体会员的总览",
        "give out the credit report of one organisation, or that of the membership",
    ),
    Text(
        "网页（.html，自成一体）或 PDF（.pdf，PDF/A-3a，可长期保存），由文件名的后缀决定。写明"
        "身份、等级或预评、得分构成、命中的规则、标签、每条事实的来源与期限、未读取的信息、谁看过。没有"
        "认定的，每页都标明“预评”。报告供参考；出具一次，就留下一条使用记录。--all 把全体会员"
        "写成一个网页：分布、矩阵、可排序筛选的名单、各维度比较、一家与同业、较上一轮的变化、缺什么；只用"
        "已封存的预评和认定，不重新评价，每家各留一条使用记录。",
        "A web page (.html, one file that needs nothing else) or a PDF (.pdf, PDF/A-3a, to keep), "
        "by the ending of the name. It holds identity, grade or proposal, how the score is made "
        "up, rules hit, tags, the source and term of every fact, what was withheld, and who "
        "looked. What nobody decided on is marked PROPOSAL on every page. A report is for "
        "reference; giving one out leaves a use record. --all writes the whole membership as one "
        "web page: distribution, matrix, a list to sort and filter, comparison by dimension, one "
        "member and its peers, movements since the last round, what is missing. It takes what is "
        "sealed, evaluates nothing again, and leaves a use record for each member.",
    ),
    (
        argument(
            "subject",
            USCC,
            Text("报告的主体：信用代码或 LEI", "the organisation: USCC or LEI"),
            needed=False,
        ),
        flag("--all", Text("全体会员的总览，写成网页", "the whole membership, as a web page")),
        option(
            "--scheme",
            SCHEME,
            Text(
                "与 --all 同用：按哪个方案的结果；默认为最近一次评价所用的",
                "with --all: the results of which scheme; by default that of the last evaluation",
            ),
        ),
        option(
            "-o --output",
            FILE,
            Text(
                "写入的文件，以 .html 或 .pdf 结尾；默认为当前文件夹里的 PDF，名含代码和日期；"
                "--all 只写 .html",
                "the file, ending in .html or .pdf; by default a PDF in this folder, its name made "
                "of code, name and day; .html only with --all",
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
        Example(
            "tally report --all -o members.html",
            Text("全体会员的总览", "the whole membership on one page"),
        ),
    ),
)

COMMANDS = (_REPORT,)
