"""Commands that keep a ledger over the years: backup, restore, figures of the disk, archive."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DIR,
    FILE,
    NAME,
    NUMBER,
    PATH,
    Command,
    Example,
    argument,
    flag,
    option,
    path,
    whole,
)
from tallystick.kernel.texts import Text

_KEYS = option(
    "--keys",
    DIR,
    Text(
        "密钥另放在哪个文件夹；默认与其余的放在一起",
        "the folder the keys are kept in, if apart; by default beside the rest",
    ),
    convert=path,
)

COMMANDS = (
    Command(
        "backup",
        Text("备份工作区，写入期间也可以", "back a workspace up, also while it is written to"),
        Text(
            "不需要口令，也不打扰正在写的程序。只增不改的文件存一份并续写；每次备份各有一套密钥，可"
            "另放并较早删去。写完全部重读并核对，才算完成；中断的备份不算备份。",
            "Needs no passphrase and disturbs no writer. What only grows is stored once and "
            "extended; each backup has keys of its own, which can be kept apart and for a shorter "
            "time. Everything is read again and compared before it counts; an interrupted backup "
            "is none.",
        ),
        (
            option("-o --output", DIR, Text("备份到哪个文件夹", "into which folder"), convert=path),
            option(
                "--list", DIR, Text("列出其中的快照", "list the snapshots in there"), convert=path
            ),
            option(
                "--check",
                DIR,
                Text("重读并核对其中的快照", "read the snapshots in there again and check them"),
                convert=path,
            ),
            _KEYS,
            option(
                "--keep",
                NUMBER,
                Text("只留最新的多少个快照；默认全留", "how many snapshots to keep; default all"),
                convert=whole,
            ),
        ),
        run="keeping.backup",
        examples=(
            Example("tally backup -o /media/disk/tally", Text("备份", "back it up")),
            Example("tally backup --list /media/disk/tally", Text("列出快照", "list snapshots")),
        ),
    ),
    Command(
        "restore",
        Text("由备份恢复工作区", "make a workspace again from a backup"),
        Text(
            "备份之后封存的销毁，先重新执行，文件夹才成为工作区。这些销毁取自同一备份中较新的证据，"
            "或 --later 给出的：较新的工作区、另一份备份、带状态日志的导出账本、销毁记录的回执。"
            "恢复后核查全部，并说明丢失了多少条记录。",
            "Erasures sealed after the backup are carried out again before the folder becomes a "
            "workspace. They are learnt from newer evidence in the same backup, or from what "
            "--later names: a newer workspace, another backup, an exported log with its journal of "
            "status, receipts of erasures. The result is audited, and what was lost is said.",
        ),
        (
            argument("folder", DIR, Text("备份", "the backup"), convert=path),
            option(
                "-o --output",
                DIR,
                Text("新工作区的文件夹", "the folder of the new workspace"),
                needed=True,
                convert=path,
            ),
            option(
                "--snapshot",
                NUMBER,
                Text("哪个快照；默认最新", "which snapshot; the newest by default"),
                convert=whole,
            ),
            option(
                "--later",
                PATH,
                Text(
                    "说明此后销毁了什么的文件或文件夹；可多次给出",
                    "a file or folder that tells what was erased since; may be given several times",
                ),
                many=True,
                convert=path,
            ),
            flag(
                "--as-of-backup",
                Text(
                    "接受：不知道备份之后的销毁",
                    "accept that erasures after the backup are not known",
                ),
            ),
            _KEYS,
            option(
                "--archive",
                DIR,
                Text(
                    "较早的承诺值所在的归档", "the archive that earlier commitments were moved to"
                ),
                convert=path,
            ),
            option(
                "--trust",
                FILE,
                Text(
                    "较新的信任文件，用来核验销毁回执",
                    "a newer trust file, to check receipts of erasures by",
                ),
                convert=path,
            ),
            option(
                "--with",
                NAME,
                Text(
                    "认不出此后的销毁由谁签署时，由哪位认定人重新签署：姓名或密钥文件",
                    "the officer who signs later erasures anew where it is not known who signed "
                    "them: a name or a key file",
                ),
            ),
        ),
        run="keeping.restore",
        examples=(
            Example(
                "tally restore /media/disk/tally -o again --later members",
                Text("恢复，并补做此后的销毁", "restore it, later erasures included"),
            ),
        ),
    ),
)

LEDGER_PARTS = (
    Command(
        "stats",
        Text("磁盘用在哪里", "what uses the disk"),
        Text(
            "按文件、按每条记录说明用量，一年增长多少，哪些可以归档。不需要口令。",
            "By file and by record; how much a year adds; what could go to an archive. Needs no "
            "passphrase.",
        ),
        run="keeping.stats",
        examples=(Example("tally ledger stats", Text("看用量", "show it")),),
    ),
    Command(
        "archive",
        Text("把较早的承诺值移入归档", "move old commitments into an archive"),
        Text(
            "移走的部分按 256 个条目一包写出，重读核对后才从工作区移除。打开工作区仍需要归档在"
            "手边：换了地方，用 --attach 指明。",
            "What is moved is written in bundles of 256 entries and read again before it leaves "
            "the workspace. To open the workspace the archive must be at hand: after moving it, "
            "say where it is with --attach.",
        ),
        (
            option("-o --output", DIR, Text("归档的文件夹", "the folder of it"), convert=path),
            option(
                "--keep-records",
                NUMBER,
                Text(
                    "留下最新的多少条；默认 1000000",
                    "how many of the newest to keep; 1000000 by default",
                ),
                convert=whole,
            ),
            option("--attach", DIR, Text("归档现在何处", "where the archive is now"), convert=path),
            option("--check", DIR, Text("重读并核对归档", "read it again, check it"), convert=path),
            flag(
                "--bring-back",
                Text("把移走的放回工作区", "put back into the workspace what was moved"),
            ),
        ),
        run="keeping.archive",
        examples=(
            Example(
                "tally ledger archive -o /media/disk/old --keep-records 100000",
                Text("移走较早的", "move the old ones"),
            ),
        ),
    ),
)
