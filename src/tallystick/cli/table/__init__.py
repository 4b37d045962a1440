"""Every command, as data.

Owns the names, options and sentences of the command line. Rules: names and options, once released,
keep their meaning; nothing here is imported but words, so that `tally --help` is there at once.

    >>> [command.name for command in COMMANDS][:2]
    ['demo', 'init']
"""

from __future__ import annotations

from typing import NamedTuple

from tallystick.cli.syntax import DIR, FILE, NUMBER, Command, flag, option, path, whole
from tallystick.cli.table import (
    administration,
    evidence,
    facts,
    judgement,
    keeping,
    ledger,
    models,
    network,
    proof,
    reports,
    start,
    upkeep,
)
from tallystick.kernel.texts import LANGUAGES, Text

__all__ = ["COMMANDS", "GLOBAL_OPTIONS", "GROUPS", "Group", "find"]


class Group(NamedTuple):
    """Commands that belong together, under one heading."""

    name: Text
    commands: tuple[Command, ...]


GROUPS = (
    Group(Text("开始", "Getting started"), start.COMMANDS),
    Group(Text("数据与授权", "Facts and consent"), facts.COMMANDS),
    Group(Text("评价与认定", "Evaluation and decision"), judgement.COMMANDS),
    Group(Text("模型", "Models"), models.COMMANDS),
    Group(Text("报告", "Reports"), reports.COMMANDS),
    Group(Text("证据", "Proof"), (*proof.COMMANDS, *evidence.COMMANDS, *ledger.COMMANDS)),
    Group(Text("密钥与销毁", "Keys and erasure"), administration.COMMANDS),
    Group(Text("联盟", "Consortium"), network.COMMANDS),
    Group(Text("维护", "Upkeep"), (*keeping.COMMANDS, *upkeep.COMMANDS)),
)
COMMANDS = tuple(command for group in GROUPS for command in group.commands)

GLOBAL_OPTIONS = (
    option(
        "--workspace",
        DIR,
        Text(
            "工作区；默认为环境变量 TALLY_WORKSPACE 所指，否则为当前文件夹",
            "the workspace; by default the one TALLY_WORKSPACE names, otherwise this folder",
        ),
        convert=path,
    ),
    flag(
        "--json",
        Text(
            "在标准输出上只给出一个 JSON 文档；其余的话写到标准错误",
            "one JSON document on standard output, everything else on standard error",
        ),
    ),
    option(
        "--lang",
        Text("语言", "LANG"),
        Text("界面语言；默认随系统", "language of what is said; by default that of the system"),
        choices=LANGUAGES,
    ),
    option(
        "--passphrase-file",
        FILE,
        Text(
            "第一行是工作区口令的文件", "a file whose first line is the passphrase of the workspace"
        ),
        convert=path,
    ),
    flag("--quiet", Text("不显示进度和附带的话", "no progress and no remarks")),
    option(
        "--processes",
        NUMBER,
        Text("批量工作所用的进程数", "how many processes to use for bulk work"),
        convert=whole,
    ),
)


def find(words: list[str]) -> Command | None:
    """Return the command named by `words`, such as ["scheme", "lint"]; None if there is none."""
    among, found = COMMANDS, None
    for word in words:
        found = next((command for command in among if command.name == word), None)
        if found is None:
            return None
        among = found.parts
    return found
