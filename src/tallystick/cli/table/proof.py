"""Commands of proof: receipts, their check by anybody, and the check of a whole workspace."""

from __future__ import annotations

from tallystick.cli.syntax import FILE, RECORD, Command, Example, argument, flag, option, path
from tallystick.kernel.texts import Text

COMMANDS = (
    Command(
        "receipt",
        Text("出具回执", "write a receipt"),
        Text(
            "回执是一个文件，持有信任文件的任何人都能离线核验。它含有记录的内容；只想证明“有此记录”"
            "而不出示内容时，用 --no-content。",
            "A receipt is one file that anybody who holds the trust file can verify offline. It "
            "holds what the record says; to prove only that there is such a record, "
            "use --no-content.",
        ),
        (
            argument(
                "record",
                RECORD,
                Text("记录编号，或其开头 6 位以上", "the id of the record, or its first 6 digits"),
            ),
            option(
                "-o --output",
                FILE,
                Text(
                    "写到哪里；默认在工作区的 receipts 文件夹",
                    "where to write it; by default the folder `receipts` of the workspace",
                ),
                convert=path,
            ),
            flag("--no-content", Text("不含记录的内容", "without what the record says")),
        ),
        run="proof.receipt",
        examples=(
            Example("tally receipt 3f9a1c2e -o r.tally", Text("出具回执", "write a receipt")),
        ),
    ),
    Command(
        "verify",
        Text("离线核验回执", "verify a receipt, offline"),
        Text(
            "不需要网络，也不需要工作区。没有信任文件时，最多只能说“内容一致，签名人未知”，状态为 "
            "1：回执里的东西不能证明回执自己。",
            "Needs no network and no workspace. Without a trust file the best answer is "
            "“consistent, signer unknown”, with status 1: nothing in a receipt vouches for the "
            "receipt.",
        ),
        (
            argument("file", FILE, Text("回执", "the receipt"), convert=path),
            option(
                "--trust",
                FILE,
                Text(
                    "信任文件，须经另一途径取得",
                    "the trust file, which came by another way than the receipt",
                ),
                convert=path,
            ),
        ),
        run="proof.verify",
        examples=(Example("tally verify r.tally --trust trust.policy", Text("核验", "verify")),),
    ),
    Command(
        "audit",
        Text("核查整个工作区", "check the whole workspace"),
        Text(
            "重新计算一切：证据的每个字节、内容的每个字节。发现问题时指出文件与位置，状态为 1。",
            "Recomputes everything: every byte of evidence, every byte of a body. A fault is named "
            "with file and place, with status 1.",
        ),
        run="proof.audit",
        examples=(Example("tally audit --workspace members", Text("核查", "check it")),),
    ),
)
