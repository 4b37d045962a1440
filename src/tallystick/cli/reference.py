"""The page of all commands, in both languages, made from the table.

Owns docs/commands.md: `python -m tallystick.cli.reference > docs/commands.md` makes it, and a test
says when it is not the one that comes out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from tallystick.cli.helping import command_lines, usage
from tallystick.cli.syntax import Command, Option
from tallystick.cli.table import GLOBAL_OPTIONS, GROUPS
from tallystick.kernel.texts import Text

_LINE_CELLS = 100
_HEAD = """\
# Commands 命令

Made from the command line itself by `python -m tallystick.cli.reference`; do not edit.
由命令行本身生成，请勿手改。

`tally --help` lists the commands, `tally COMMAND --help` explains one; `--lang zh` or `--lang en`
chooses the language, otherwise the locale does.
`tally --help` 列出命令，`tally 命令 --help` 说明一个；语言由 `--lang zh|en` 指定，否则随系统。

## For programs 供程序使用

- Exit status: `0` done; `1` refused, or a check failed; `2` wrong usage; `130` interrupted.
  退出状态：`0` 完成；`1` 被拒绝或核验不通过；`2` 用法不对；`130` 被中断。
- With `--json` standard output is one JSON document and nothing else; progress and remarks go to
  standard error. 用 `--json` 时，标准输出只有一个 JSON 文档；进度和其余的话写到标准错误。
- A refusal is `{"error": {"code", "message", "rule", "remedy"}}`; the code is stable, the sentence
  is not. 被拒绝时给出错误代码、说明、依据和办法；代码不变，说明的措辞可能会变。
- Environment: `TALLY_WORKSPACE` the workspace; `TALLY_LANG` the language; `TALLY_PASSPHRASE`,
  `TALLY_PASSPHRASE_FILE` the passphrase; `TALLY_OFFICER_PASSPHRASE` an officer's own passphrase;
  `NO_COLOR` no colours; `TALLY_DEBUG=1` details of a fault of the program.
  环境变量：`TALLY_WORKSPACE` 工作区；`TALLY_LANG` 语言；`TALLY_PASSPHRASE`、
  `TALLY_PASSPHRASE_FILE` 口令；`TALLY_OFFICER_PASSPHRASE` 认定人自己的口令；`NO_COLOR` 不用颜色；
  `TALLY_DEBUG=1` 程序出错时的细节。
"""
_EVERYWHERE = Text("通用选项", "Options of every command")
_OPTION = Text("选项", "option")
_EXPLAINED = Text("说明", "what it does")


def document() -> str:
    """Return the text of docs/commands.md."""
    blocks = [_HEAD.rstrip()]
    blocks.append(f"## {_EVERYWHERE.en} {_EVERYWHERE.zh}")
    blocks.append(_table(GLOBAL_OPTIONS))
    for group in GROUPS:
        blocks.append(f"## {group.name.en} {group.name.zh}")
        for command in group.commands:
            blocks += _section(command, ())
    return "\n\n".join(blocks) + "\n"


def _section(command: Command, above: Sequence[str]) -> Iterable[str]:
    path = (*above, command.name)
    yield f"{'#' * (2 + len(path))} tally {' '.join(path)}"
    yield f"`{usage(path, command, 'en')}`"
    for zh_or_en in ("en", "zh"):
        summary = command.summary.in_language(zh_or_en)
        stop = "。" if zh_or_en == "zh" else "."
        about = command.about.in_language(zh_or_en)
        space = "" if zh_or_en == "zh" or not about else " "
        yield f"{summary[:1].upper()}{summary[1:]}{stop}{space}{about}"
    if command.options:
        yield _table(command.options)
    if command.examples:
        lines = ["```sh"]
        for example in command.examples:
            lines.append(f"# {example.why.en} {example.why.zh}")
            lines += command_lines(example.line, _LINE_CELLS)
        yield "\n".join([*lines, "```"])
    for part in command.parts:
        yield from _section(part, path)


def _table(options: Iterable[Option]) -> str:
    lines = [f"| {_OPTION.en} {_OPTION.zh} | {_EXPLAINED.en} | {_EXPLAINED.zh} |", "|---|---|---|"]
    for option in options:
        value = option.metavar.en
        named = ", ".join(f"`{flag}`" for flag in option.flags)
        named += f" `{value}`" if named and value else f"`{value}`" if value else ""
        choices = ", ".join(f"`{choice}`" for choice in option.choices)
        en, zh = option.help.en, option.help.zh
        if choices:
            en, zh = f"{en}: {choices}", f"{zh}：{choices}"
        if option.needed and option.flags:
            en, zh = f"{en} (needed)", f"{zh}（必须）"
        lines.append(f"| {named} | {en} | {zh} |")
    return "\n".join(lines)


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
