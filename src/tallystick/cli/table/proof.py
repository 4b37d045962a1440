"""Commands of proof: receipts, their check by anybody, and the check of a whole workspace."""

from __future__ import annotations

from tallystick.cli.syntax import (
    AGE,
    CODE,
    FILE,
    RECORD,
    URL,
    Command,
    Example,
    age,
    argument,
    flag,
    option,
    path,
)
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
                Text(
                    "记录编号，或其开头 6 位以上；给出多条时，合为一份答复",
                    "the id of the record, or its first 6 digits; several are proved in one answer",
                ),
                many=True,
                needed=False,
            ),
            option(
                "--refresh",
                FILE,
                Text(
                    "为已有的回执换一张说明现在是否有效的新回执；默认写回原处",
                    "a newer receipt in the place of this one, which states what is in force now",
                ),
                convert=path,
            ),
            option(
                "--url",
                URL,
                Text(
                    "不用工作区，从 tally ledger serve --receipts 的地址取得新的证明",
                    "get the newer proof from where tally ledger serve --receipts is running, "
                    "without a workspace",
                ),
            ),
            flag(
                "--cose",
                Text("写成 COSE 回执（RFC 9942）", "as a COSE receipt (RFC 9942)"),
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
            Example(
                "tally receipt 3f9a1c2e 77b1f0aa -o answer.tally",
                Text("多条记录，一份答复", "several records, one answer"),
            ),
            Example(
                "tally receipt --refresh r.tally",
                Text("换新回执", "a newer receipt in its place"),
            ),
        ),
    ),
    Command(
        "verify",
        Text(
            "离线核验回执、报告或印出的码", "verify a receipt, a report or a printed code, offline"
        ),
        Text(
            "不需要网络，也不需要工作区。文件是回执、PDF 报告还是 HTML 报告，看内容而定。没有信任"
            "文件时，最多只能说“内容一致，签名人未知”，状态为 1：回执里的东西不能证明回执自己。"
            "印出的码只证明日志签过一个检查点；记录确在账本里，要用 --receipt 或 --workspace "
            "证明，否则状态为 1。",
            "Needs no network and no workspace. Whether a file is a receipt, a report in PDF or "
            "one in HTML is seen from its content. Without a trust file the best answer is "
            "“consistent, signer unknown”, with status 1: nothing in a receipt vouches for the "
            "receipt. A printed code proves by itself only that the log signed a checkpoint; that "
            "the record is in the ledger takes --receipt or --workspace, else the status is 1.",
        ),
        (
            argument(
                "file",
                FILE,
                Text("回执，或报告（PDF、HTML）", "the receipt, or the report (PDF, HTML)"),
                needed=False,
                convert=path,
            ),
            option(
                "--trust",
                FILE,
                Text(
                    "信任文件，须经另一途径取得",
                    "the trust file, which came by another way than the receipt",
                ),
                convert=path,
            ),
            option(
                "--max-age",
                AGE,
                Text(
                    "只认不早于这一时长的“有效”陈述，如 30m、12h、1d；否则状态为 1",
                    "fail unless the record is stated to be in force, not longer ago than this: "
                    "30m, 12h, 1d",
                ),
                convert=age,
            ),
            option(
                "--code",
                CODE,
                Text(
                    "报告上印的码（扫描二维码所得的文字）",
                    "the code printed on a report: the text a scanner reads from it",
                ),
            ),
            option(
                "--receipt",
                FILE,
                Text("码所指记录的回执", "a receipt of the record that the code names"),
                convert=path,
            ),
            option(
                "--chain",
                FILE,
                Text(
                    "联盟链的锚（tally network anchor），须经另一途径取得；与 --final 同用",
                    "an anchor of a consortium's chain (tally network anchor), which came another "
                    "way; goes with --final",
                ),
                convert=path,
            ),
            option(
                "--final",
                FILE,
                Text(
                    "终局证明（tally network prove）：多数验证人已定案回执的检查点",
                    "a proof of finality (tally network prove): the validators hold the checkpoint",
                ),
                convert=path,
            ),
        ),
        run="proof.verify",
        examples=(
            Example(
                "tally verify r.tally --trust trust.policy",
                Text("核验回执", "verify a receipt"),
            ),
            Example(
                "tally verify r.tally --trust trust.policy --max-age 1d",
                Text("并要求昨日以来仍有效", "and that it was in force within a day"),
            ),
            Example(
                "tally verify report.pdf --trust trust.policy",
                Text("核验报告", "verify a report"),
            ),
            Example(
                "tally verify --code TALLY1:... --receipt r.tally --trust trust.policy",
                Text("核验印出的码", "verify a printed code"),
            ),
        ),
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
