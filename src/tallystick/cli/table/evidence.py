"""The command of evidence packages."""

from __future__ import annotations

from tallystick.cli.syntax import DIR, FILE, RECORD, Command, Example, argument, flag, option, path
from tallystick.kernel.texts import Text

COMMANDS = (
    Command(
        "evidence",
        Text("制作证据包，或核验一个", "make an evidence package, or check one"),
        Text(
            "证据包是一个文件夹，可以交给法院保存：每条记录的内容和回执、检查点、信任文件的副本、"
            "全部文件的 SHA-256、中英文核验报告（网页和 PDF），以及独立的核验程序 "
            "check_receipt.py（只有一个文件）。"
            "含内容的，与出具回执一样过门、留下使用记录。整个写成，或一点不写。核验用 --check，"
            "信任文件须经另一途径取得；不需要工作区和网络。",
            "A package is a folder for a court to keep: content and receipt of each record, the "
            "checkpoint, a copy of the trust file, the SHA-256 of every file, a verification "
            "report in Chinese and English (web page and PDF), and check_receipt.py, an "
            "independent verifier of one file. With content it passes the door like a receipt, "
            "and leaves a use record. It is written whole or not at all. --check checks one, by a "
            "trust file obtained another way, without workspace or network.",
        ),
        (
            argument(
                "record",
                RECORD,
                Text("记录编号，或其开头 6 位以上", "the id of a record, or its first 6 digits"),
                many=True,
                needed=False,
            ),
            option(
                "-o --output",
                DIR,
                Text("写到哪个文件夹，须为新的或空的", "the folder to write, new or empty"),
                convert=path,
            ),
            option(
                "--file",
                FILE,
                Text(
                    "附上一份原件；其 SHA-256 须为某条记录所写明",
                    "put in an original, whose SHA-256 one of the records must name",
                ),
                many=True,
                convert=path,
            ),
            flag("--no-content", Text("不含记录的内容", "without what the records say")),
            option(
                "--check",
                DIR,
                Text("核验这个证据包", "check this package"),
                convert=path,
            ),
            option(
                "--trust",
                FILE,
                Text(
                    "与 --check 同用：信任文件，须经另一途径取得",
                    "with --check: the trust file, which came by another way than the package",
                ),
                convert=path,
            ),
        ),
        run="evidence.evidence",
        examples=(
            Example("tally evidence 3f9a1c2e -o case-17", Text("制作", "make one")),
            Example(
                "tally evidence 3f9a1c2e 77b1f0aa --file court.csv -o case-17",
                Text("附上原件", "with an original"),
            ),
            Example(
                "tally evidence --check case-17 --trust trust.policy",
                Text("核验", "check one"),
            ),
        ),
    ),
)
